"""The sentence embedder and the cache that makes a second training short."""

import numpy as np
import pytest

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


def test_alike_sentences_in_two_languages_lie_near_each_other(agent):
    english, german, other = (
        vector_of(agent, text)
        for text in ("why is my bill so high", "warum ist meine Rechnung so hoch", "mikä on Ruotsin pääkaupunki")
    )

    assert cosine(english, german) > 0.5 > cosine(english, other)


def vector_of(agent, text):
    from rasa.shared.nlu.training_data.message import Message

    embedder = next(
        node._component
        for node in agent.processor.graph_runner._instantiated_nodes.values()
        if "SentenceEmbedder" in node._component_class.__name__
    )
    (message,) = embedder.process([Message({"text": text})])
    return message.get_dense_features("text")[1].features[0]


def cosine(one, other):
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
