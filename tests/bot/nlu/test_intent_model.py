"""The intent model: what it learns, what it refuses, and that it comes back from its arrays as it was."""

import inspect

import numpy as np
import pytest

from bot.nlu import embedder, intent_model, intent_training, ngrams
from bot.nlu.intent_classifier import CalibratedIntentClassifier, rank
from bot.nlu.intent_model import IntentModel, Prediction, softmax
from bot.nlu.intent_training import Phrases, Settings, fit_mix, train
from bot.nlu.ngrams import Ngrams

TOPICS = {
    "pay": ["pay my bill now", "how can I pay", "payment link please", "I want to pay"],
    "move": ["I moved house", "new address for me", "change my address", "we moved to Graz"],
    "out_of_scope": ["weather in Turku", "play some music", "tell me a joke", "bake a cake"],
}
DIRECTION = {intent: np.eye(4)[place] for place, intent in enumerate(TOPICS)}


def vector_of(text):
    """A stand-in for sentence vectors: texts of one topic point the same way, with a little of their own."""
    own = np.random.default_rng(sum(text.encode())).normal(scale=0.05, size=4)
    topic = next((intent for intent, texts in TOPICS.items() if text.removesuffix(" !") in texts), None)
    return own + (DIRECTION[topic] if topic else np.eye(4)[3])


@pytest.fixture(scope="module")
def model():
    intents = sorted(TOPICS)
    pairs = [(text + end, intent) for end in ("", " !") for intent in intents for text in TOPICS[intent]]
    texts = [text for text, _ in pairs]
    labels = np.array([intents.index(intent) for _, intent in pairs])
    names = np.stack([DIRECTION[intent] for intent in intents])
    phrases = Phrases(texts, labels, np.stack([vector_of(text) for text in texts]), intents, names)
    return train(phrases, Settings(folds=2))


@pytest.mark.parametrize("intent", ["pay", "move"])
def test_what_was_taught_is_known(model, intent):
    for text in TOPICS[intent]:
        prediction = model.predict(text, vector_of)
        assert model.intents[prediction.probabilities.argmax()] == intent
        assert not prediction.foreign


def test_what_is_out_of_scope_is_foreign(model):
    assert all(model.predict(text, vector_of).foreign for text in TOPICS["out_of_scope"])


def test_a_model_comes_back_from_its_arrays(model):
    again = IntentModel.from_arrays(model.to_arrays())

    for text in ("pay my bill now", "change it", "weather"):
        before, after = model.predict(text, vector_of), again.predict(text, vector_of)
        assert after.probabilities == pytest.approx(before.probabilities, abs=1e-3)
        assert after.foreign == before.foreign


def test_a_word_never_seen_asks_for_the_vector(model):
    assert model.predict("pay zebra", vector_of).used_vector


def test_probabilities_add_up_to_one(model):
    assert model.predict("anything at all", vector_of).probabilities.sum() == pytest.approx(1.0)


def test_ngrams_know_a_number_by_its_shape():
    ngrams = Ngrams()
    ngrams.fit(["my number is 11111111", "hello there"])

    assert ngrams.knows_every_word("my number is 53464097")
    assert not ngrams.knows_every_word("my code is 53464097")
    assert not ngrams.knows_every_word("!?")


def test_one_text_is_weighed_as_many_are():
    ngrams = Ngrams()
    ngrams.fit(["pay my bill", "pay pay pay", "my Rechnung ist höher", "100 euros"])

    for text in ("pay pay my bill unknown", "höher als 50 EUROS", "", "zzz"):
        columns, values = ngrams.weigh(text)
        expected = ngrams.count([text]).toarray()[0]
        assert expected[columns] == pytest.approx(values, abs=1e-6)
        assert np.count_nonzero(expected) == len(columns)


def test_the_mix_makes_overconfident_scores_honest():
    chance = np.random.default_rng(7)
    labels = chance.integers(0, 3, 2000)
    right = np.where(chance.random(2000) < 0.7, labels, (labels + 1) % 3)
    scores = np.eye(3)[right][None] * 20.0

    (factor,) = fit_mix(scores, labels)

    assert softmax(factor * scores[0]).max(axis=1).mean() == pytest.approx(0.7, abs=0.05)


INTENTS = ["move", "out_of_scope", "pay"]


def name_of_best(probabilities, foreign):
    return rank(INTENTS, Prediction(np.array(probabilities), foreign, used_vector=True), ask_back_below=0.25)[0]["name"]


@pytest.mark.parametrize(
    ("probabilities", "foreign", "name"),
    [
        ([0.7, 0.1, 0.2], False, "move"),
        ([0.7, 0.1, 0.2], True, "nlu_fallback"),
        ([0.1, 0.8, 0.1], True, "out_of_scope"),
        ([0.15, 0.55, 0.3], False, "pay"),
    ],
)
def test_what_to_act_on(probabilities, foreign, name):
    assert name_of_best(probabilities, foreign) == name


def test_a_guess_too_weak_is_a_question_back():
    intents = [str(number) for number in range(8)]
    ranking = rank(intents, Prediction(np.full(8, 1 / 8), foreign=False, used_vector=True), ask_back_below=0.25)

    assert ranking[0]["name"] == "nlu_fallback"
    assert len(ranking) == 9


@pytest.mark.parametrize("module", [ngrams, intent_model, intent_training, embedder])
def test_another_way_of_training_is_trained_again(monkeypatch, module):
    before = CalibratedIntentClassifier.fingerprint_addon({})
    read = inspect.getsource
    monkeypatch.setattr(inspect, "getsource", lambda each: read(each) + ("# edited" if each is module else ""))

    assert CalibratedIntentClassifier.fingerprint_addon({}) != before
