"""The bot's side of `saldo nlu`."""

from bot.nlu.parse import BATCH, answers, timed_answers

TEXTS = [
    "why is my bill so high",
    "/restart",
    "",
    "Rechnung DE-2026-001576 vom März bitte",
    "😀",
    "miksi laskuni nousi 12 euroa",
    "53464097",
]


def questions():
    return ({"text": text} for text in TEXTS)


def test_many_at_once_are_understood_as_one_by_one(agent):
    one_by_one = list(timed_answers(agent.processor, questions()))

    for answer in one_by_one:
        del answer["milliseconds"]
    assert list(answers(agent.processor, questions())) == one_by_one


def test_more_than_a_batch_keep_their_order(agent):
    texts = ["53464097"] * BATCH + ["😀"]

    intents = [answer["intent"] for answer in answers(agent.processor, ({"text": text} for text in texts))]

    assert len(intents) == BATCH + 1
    assert intents[-1] == "nlu_fallback"
    assert "nlu_fallback" not in intents[:BATCH]


def test_what_has_no_words_is_asked_of_nobody(agent):
    answered = list(answers(agent.processor, [{"text": text} for text in ("", " / ", "?!", "\u200b")]))

    assert answered == [{"intent": "nlu_fallback", "confidence": 0.0, "entities": []}] * 4
