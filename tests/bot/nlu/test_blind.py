"""What the trained model makes of texts by somebody who never saw what it learned from."""

import pytest

from bot.nlu.parse import answers
from tests.bot.blind_sets import OUT_OF_SCOPE, blind_texts
from tests.bot.domain_files import LANGUAGES

REJECTIONS = {OUT_OF_SCOPE, "nlu_fallback"}
ACCURACY = 0.92
OUT_OF_SCOPE_RECALL = 0.85
IN_SCOPE_LOST = 0.03


@pytest.fixture(scope="module")
def meant_and_understood(agent):
    return {language: _understood(agent, list(blind_texts(language)), language) for language in LANGUAGES}


@pytest.fixture(scope="module")
def in_scope(meant_and_understood):
    return {
        language: [pair for pair in pairs if pair[0] != OUT_OF_SCOPE]
        for language, pairs in meant_and_understood.items()
    }


def _understood(agent, meant_texts, language):
    questions = ({"text": text, "language": language} for _, text in meant_texts)
    understood = [answer["intent"] for answer in answers(agent.processor, questions)]
    return list(zip([intent for intent, _ in meant_texts], understood, strict=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_in_scope_are_understood(in_scope, language):
    pairs = in_scope[language]

    right = sum(meant == understood for meant, understood in pairs)

    assert right / len(pairs) >= ACCURACY


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_out_of_scope_are_rejected(meant_and_understood, language):
    understood = [understood for meant, understood in meant_and_understood[language] if meant == OUT_OF_SCOPE]

    rejected = sum(intent in REJECTIONS for intent in understood)

    assert rejected / len(understood) >= OUT_OF_SCOPE_RECALL


@pytest.mark.parametrize("language", LANGUAGES)
def test_few_texts_in_scope_are_lost_by_that(in_scope, language):
    pairs = in_scope[language]

    lost = sum(understood in REJECTIONS for _, understood in pairs)

    assert lost / len(pairs) <= IN_SCOPE_LOST
