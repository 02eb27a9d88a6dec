"""Two wishes in one message are both found; a greeting, an aside and a list of words are no second wish."""

import asyncio
from typing import Any

import pytest

from bot.two_wishes import GLANCES, MAX_CHARACTERS, find_wishes, split

KNOWN = {
    "why is my bill so high": ("why_bill_higher", 0.95),
    "when is it due": ("check_balance_due", 0.9),
    "hi there": ("greet", 0.99),
    "thanks a lot": ("thank", 0.99),
    "get me a human": ("speak_to_human", 0.95),
    "name and address": ("update_details", 0.9),
    "change my name": ("update_details", 0.95),
    "my address": ("update_details", 0.7),
    "explain the bill": ("explain_bill", 0.9),
    "the data on it": ("buy_option", 0.3),
    "my number is 53464097": ("verify_identity", 0.9),
    "it stands on the letter": ("ask_customer_number_location", 0.9),
    "what a disgrace": ("complain", 0.9),
    "i will cancel my contract": ("cancel_service", 0.95),
    "if you do not correct this bill": ("dispute_charge", 0.9),
    "wenn das nicht korrigiert wird": ("dispute_charge", 0.9),
    "kündige ich": ("cancel_service", 0.95),
    "jos laskua ei korjata": ("dispute_charge", 0.9),
    "irtisanon sopimukseni": ("cancel_service", 0.95),
    "in two parts please": ("payment_plan", 0.95),
}


def wishes_of(text: str, whole: tuple[str, float] = ("nlu_fallback", 0.3)) -> list[dict[str, Any]]:
    async def understand(clause: str) -> dict[str, Any]:
        name, confidence = KNOWN.get(clause.lower(), whole)
        numbers = [{"entity": "customer_number", "value": "53464097"}] if "53464097" in clause else []
        return {"text": clause, "intent": {"name": name, "confidence": confidence}, "entities": numbers}

    return asyncio.run(find_wishes(text, understand))


def asked_about(text: str, whole: tuple[str, float], hint: tuple[str, float]) -> list[str]:
    """Return what was put to understanding when the words of each clause give this hint."""
    asked: list[str] = []

    async def understand(clause: str) -> dict[str, Any]:
        asked.append(clause)
        name, confidence = whole if clause == text else KNOWN[clause]
        glances = {GLANCES: [[{"name": hint[0], "confidence": hint[1]}]] * 2} if clause == text else {}
        return {"text": clause, "intent": {"name": name, "confidence": confidence}, "entities": [], **glances}

    asyncio.run(find_wishes(text, understand))
    return asked


def intents(wishes: list[dict[str, Any]]) -> list[str]:
    return [wish["intent"]["name"] for wish in wishes]


@pytest.mark.parametrize(
    "text",
    [
        "why is my bill so high and when is it due",
        "Why is my bill so high? And when is it due?",
        "hi there, why is my bill so high, also when is it due",
        "why is my bill so high, oh and when is it due, thanks a lot",
    ],
)
def test_two_wishes_are_found_in_their_order(text: str) -> None:
    assert intents(wishes_of(text)) == ["why_bill_higher", "check_balance_due"]


def test_two_clear_wishes_outweigh_a_whole_that_looks_like_one() -> None:
    wishes = wishes_of("why is my bill so high and when is it due", whole=("why_bill_higher", 0.95))

    assert intents(wishes) == ["why_bill_higher", "check_balance_due"]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("change my name and my address", ("update_details", 0.97)),
        ("explain the bill and the data on it", ("explain_bill", 0.95)),
        ("why is my bill so high? explain the bill", ("why_bill_higher", 0.8)),
        ("it stands on the letter: 53464097", ("verify_identity", 0.95)),
        ("what a disgrace, why is my bill so high", ("why_bill_higher", 0.8)),
    ],
)
def test_one_wish_stays_whole(text: str, whole: tuple[str, float]) -> None:
    (wish,) = wishes_of(text, whole)

    assert (wish["text"], wish["intent"]["name"]) == (text, whole[0])


@pytest.mark.parametrize("hint", [("check_balance_due", 0.3), ("cancel_service", 0.9)])
def test_clauses_are_understood_when_their_words_hint_at_another_wish(hint: tuple[str, float]) -> None:
    text = "why is my bill so high and when is it due"

    assert asked_about(text, ("why_bill_higher", 0.95), hint) == [text, "why is my bill so high", "when is it due"]


@pytest.mark.parametrize(
    "hint", [("check_balance_due", 0.1), ("why_bill_higher", 0.9), ("explain_bill", 0.9), ("complain", 0.9)]
)
def test_a_clear_message_whose_words_hint_at_nothing_else_is_understood_once(hint: tuple[str, float]) -> None:
    text = "why is my bill so high and when is it due"

    assert asked_about(text, ("why_bill_higher", 0.95), hint) == [text]


@pytest.mark.parametrize("whole", [("nlu_fallback", 0.9), ("why_bill_higher", 0.4)])
def test_the_clauses_of_an_unclear_message_are_always_understood(whole: tuple[str, float]) -> None:
    text = "why is my bill so high and when is it due"

    assert len(asked_about(text, whole, ("check_balance_due", 0.05))) == 3


def test_an_aside_does_not_hide_the_wish_and_its_number_counts() -> None:
    (wish,) = wishes_of("hi there, my number is 53464097, why is my bill so high", whole=("verify_identity", 0.6))

    assert wish["intent"]["name"] == "why_bill_higher"
    assert [entity["value"] for entity in wish["entities"]] == ["53464097"]


def test_each_of_two_wishes_gets_the_customer_number() -> None:
    wishes = wishes_of("my number is 53464097, why is my bill so high and when is it due")

    assert [[entity["value"] for entity in wish["entities"]] for wish in wishes] == [["53464097"], ["53464097"]]


@pytest.mark.parametrize(
    "text",
    [
        "If you do not correct this bill, I will cancel my contract",
        "Wenn das nicht korrigiert wird, kündige ich",
        "Jos laskua ei korjata, irtisanon sopimukseni.",
    ],
)
@pytest.mark.parametrize("whole", [("dispute_charge", 0.7), ("cancel_service", 0.7), ("nlu_fallback", 0.3)])
def test_a_threat_to_cancel_is_no_wish_of_its_own(text: str, whole: tuple[str, float]) -> None:
    (wish,) = wishes_of(text, whole)

    assert wish["intent"]["name"] != "cancel_service" or wish["text"] == text


def test_a_cancellation_beside_another_sentence_with_a_condition_is_a_wish() -> None:
    wishes = wishes_of("I will cancel my contract! When is it due? Call me if there is anything.")

    assert intents(wishes) == ["cancel_service", "check_balance_due"]


def test_a_person_comes_first() -> None:
    assert intents(wishes_of("why is my bill so high, get me a human")) == ["speak_to_human", "why_bill_higher"]


def test_what_asks_for_a_yes_comes_last() -> None:
    assert intents(wishes_of("in two parts please and when is it due")) == ["check_balance_due", "payment_plan"]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("I paid 1,000.50 on 3.4.2026 and it is gone", ["I paid 1,000.50 on 3.4.2026", "it is gone"]),
        ("warum ist es so teuer und außerdem will ich weg", ["warum ist es so teuer", "will ich weg"]),
        ("paljonko olen velkaa sekä milloin eräpäivä on", ["paljonko olen velkaa", "milloin eräpäivä on"]),
        ("Ja, ich will kündigen", ["ich will kündigen"]),
        ("hei", ["hei"]),
        ("standing order", ["standing order"]),
    ],
)
def test_a_message_is_taken_apart_between_its_clauses(text: str, clauses: list[str]) -> None:
    assert split(text) == clauses


def test_a_letter_stays_whole() -> None:
    text = "why is my bill so high and when is it due. " * 20

    assert len(text) > MAX_CHARACTERS
    assert split(text) == [text]
