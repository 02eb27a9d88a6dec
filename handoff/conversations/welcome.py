"""What handoff says without the bot: the greeting, and the way to a person when the bot is silent."""

from typing import Final

from billing.db import JsonObject
from handoff.conversations.models import Sender
from handoff.conversations.posting import NewButton, NewMessage
from handoff.texts import server_texts

_FIRST_QUESTIONS: Final = ("why_bill_higher", "check_balance_due", "payment_status")
_HANDOFF_PAYLOAD: Final[JsonObject] = {"handoff": "request"}


def greeting(language: str, company: str) -> NewMessage:
    """Introduce the assistant as an assistant, with the questions that most people have."""
    texts = server_texts()
    questions = tuple(
        NewButton(texts.text(f"button.{intent}", language), {"name": intent, "entities": {}})
        for intent in _FIRST_QUESTIONS
    )
    text = texts.text("greeting", language, company=company)
    return NewMessage(Sender.BOT, text, buttons=(*questions, person_button(language)))


def bot_is_silent(language: str, *, can_press: bool) -> NewMessage:
    """Admit that no answer came; where buttons exist, offer a person."""
    key = "bot.unavailable" if can_press else "bot.unavailable_queued"
    buttons = (person_button(language),) if can_press else ()
    return NewMessage(Sender.SYSTEM, server_texts().text(key, language), buttons=buttons)


def person_button(language: str) -> NewButton:
    return NewButton(server_texts().text("button.person", language), dict(_HANDOFF_PAYLOAD))


def is_handoff_payload(payload: JsonObject) -> bool:
    return payload == _HANDOFF_PAYLOAD
