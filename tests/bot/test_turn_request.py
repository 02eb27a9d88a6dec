"""The body of a turn: either untrusted text or a trusted intent, and complete."""

from typing import Any

import pytest

from bot.turn_request import InvalidTurn, TrustedIntent, read_turn

TURN: dict[str, Any] = {
    "conversation_id": "c-1",
    "text": "hello",
    "intent": None,
    "language": "de",
    "channel": "webchat",
    "turn_token": "token",
    "state": None,
}


def test_a_turn_with_text() -> None:
    turn = read_turn(TURN)

    assert (turn.text, turn.intent, turn.language, turn.state) == ("hello", None, "de", None)


def test_a_turn_with_an_intent() -> None:
    turn = read_turn({**TURN, "text": None, "intent": {"name": "code_checked", "entities": {"outcome": "wrong"}}})

    assert turn.intent == TrustedIntent("code_checked", {"outcome": "wrong"})


def test_an_intent_needs_no_entities() -> None:
    assert read_turn({**TURN, "text": None, "intent": {"name": "greet"}}).intent == TrustedIntent("greet", {})


def test_an_empty_text_is_a_text() -> None:
    assert read_turn({**TURN, "text": ""}).text == ""


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": None}, "text or intent"),
        ({"intent": {"name": "greet"}}, "text or intent"),
        ({"text": 7}, "text"),
        ({"text": None, "intent": "greet"}, "intent"),
        ({"text": None, "intent": {"name": ""}}, "name"),
        ({"text": None, "intent": {"name": "greet", "entities": {"a": 1}}}, "intent.entities"),
        ({"text": None, "intent": {"name": "greet", "entities": ["a"]}}, "intent.entities"),
        ({"language": "sv"}, "language"),
        ({"channel": "fax"}, "channel"),
        ({"turn_token": None}, "turn_token"),
        ({"conversation_id": ""}, "conversation_id"),
        ({"state": "slots"}, "state"),
    ],
)
def test_a_wrong_field_is_named_and_not_quoted(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidTurn) as refusal:
        read_turn({**TURN, **change})

    assert str(refusal.value) == field


@pytest.mark.parametrize("body", [None, [], "turn", 7])
def test_a_body_that_is_no_object_is_refused(body: Any) -> None:
    with pytest.raises(InvalidTurn):
        read_turn(body)
