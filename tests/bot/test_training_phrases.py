"""What the bot learns from is wide and without repeats, and the blind sets have nothing of it."""

from collections import Counter

import pytest

from handoff.language import detect_language, likely_language
from tests.bot.blind_sets import OUT_OF_SCOPE, SimilarTexts, blind_set, blind_texts, trigrams
from tests.bot.domain_files import LANGUAGES, training_phrases

ENOUGH_PHRASES = 60
ENOUGH_SMALLTALK = 30
SMALLTALK = {
    *("greet", "goodbye", "thank", "affirm", "deny", "bot_challenge"),
    *("repeat", "go_back", "start_over", "ask_capabilities", "change_language"),
}
ENOUGH_BLIND = 10
ENOUGH_BLIND_OUT_OF_SCOPE = 200
TOO_SIMILAR = 0.8
LANGUAGE_IDENTIFIED = 0.98
WORDS_FOR_A_LANGUAGE = 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_has_enough_phrases(language: str):
    counts = Counter(intent for intent, _ in training_phrases(language))

    too_few = {
        intent: count
        for intent, count in counts.items()
        if count < (ENOUGH_SMALLTALK if intent in SMALLTALK else ENOUGH_PHRASES)
    }

    assert too_few == {}


def test_every_language_teaches_the_same_intents():
    taught = {language: {intent for intent, _ in training_phrases(language)} for language in LANGUAGES}

    assert taught["de"] == taught["en"]
    assert taught["fi"] == taught["en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_is_taught_twice(language: str):
    counts = Counter(phrase.casefold() for _, phrase in training_phrases(language))

    assert [phrase for phrase, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_blind_set_asks_for_every_intent_that_is_taught(language: str):
    assert set(blind_set(language)) == {intent for intent, _ in training_phrases(language)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_blind_set_is_large_enough(language: str):
    too_few = {
        intent: len(texts)
        for intent, texts in blind_set(language).items()
        if len(texts) < (ENOUGH_BLIND_OUT_OF_SCOPE if intent == OUT_OF_SCOPE else ENOUGH_BLIND)
    }

    assert too_few == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_blind_text_means_two_things(language: str):
    counts = Counter(text.casefold() for _, text in blind_texts(language))

    assert [text for text, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_blind_text_is_like_a_phrase_that_is_taught(language: str):
    taught = SimilarTexts(phrase for _, phrase in training_phrases())

    # Only the blind text is named: who rewrites it must not see what is taught.
    too_similar = [
        (intent, text, round(similarity, 2))
        for intent, text in blind_texts(language)
        if (similarity := taught.most_similar(text)[0]) > TOO_SIMILAR
    ]

    assert too_similar == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_of_three_words_or_more_is_identified(language: str):
    texts = [text for _, text in blind_texts(language) if len(text.split()) >= WORDS_FOR_A_LANGUAGE]

    for identify in (likely_language, detect_language):
        right = sum(identify(text) == language for text in texts)
        assert right / len(texts) >= LANGUAGE_IDENTIFIED, identify.__name__


def test_likeness_is_the_dice_coefficient_of_the_trigrams():
    # " no ": " no", "no "; " not ": " no", "not", "ot ". One shared: 2 · 1 / (2 + 3).
    assert trigrams("No!") == {" no", "no "}
    assert SimilarTexts(["yes", "not"]).most_similar("no") == (0.4, "not")
    assert SimilarTexts(["My  bill?"]).most_similar("my bill")[0] == 1.0
    assert SimilarTexts(["abc"]).most_similar("xyz") == (0.0, "")
