"""The body of a turn as handoff sends it: either untrusted text or a trusted intent, never both."""

from dataclasses import dataclass
from typing import Any, Dict, Optional

LANGUAGES = frozenset({"en", "de", "fi"})
CHANNELS = frozenset({"webchat", "sms", "voice"})


class InvalidTurn(ValueError):
    """The body is not a turn; says which field, never what stood in it."""


@dataclass(frozen=True)
class TrustedIntent:
    """What a pressed button or handoff itself means; not subject to understanding."""

    name: str
    entities: Dict[str, str]


@dataclass(frozen=True)
class TurnRequest:
    """One customer turn."""

    conversation_id: str
    text: Optional[str]
    intent: Optional[TrustedIntent]
    language: str
    channel: str
    turn_token: str
    state: Optional[Dict[str, Any]]


def read_turn(body: Any) -> TurnRequest:
    """Return the turn or raise InvalidTurn with the name of the first field that is wrong."""
    fields = _require(isinstance(body, dict), "body", body)
    text, intent = fields.get("text"), fields.get("intent")
    _require((text is None) != (intent is None), "text or intent", None)
    return TurnRequest(
        conversation_id=_read_name(fields, "conversation_id"),
        text=_require(text is None or isinstance(text, str), "text", text),
        intent=None if intent is None else _read_intent(intent),
        language=_require(fields.get("language") in LANGUAGES, "language", fields.get("language")),
        channel=_require(fields.get("channel") in CHANNELS, "channel", fields.get("channel")),
        turn_token=_read_name(fields, "turn_token"),
        state=_require(isinstance(fields.get("state"), (dict, type(None))), "state", fields.get("state")),
    )


def _read_intent(intent: Any) -> TrustedIntent:
    fields = _require(isinstance(intent, dict), "intent", intent)
    entities = fields.get("entities") or {}
    is_flat = isinstance(entities, dict) and all(
        isinstance(name, str) and isinstance(value, str) for name, value in entities.items()
    )
    return TrustedIntent(_read_name(fields, "name"), _require(is_flat, "intent.entities", entities))


def _read_name(fields: Dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return str(_require(isinstance(value, str) and 0 < len(value) <= 1000, name, value))


def _require(holds: bool, field: str, value: Any) -> Any:
    if not holds:
        raise InvalidTurn(field)
    return value
