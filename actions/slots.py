"""What an action reads from the tracker. Slots only mirror; who is verified says the database alone."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Tracker

from actions.questions import NOT_KEPT, Question, read_questions

LANGUAGES = ("en", "de", "fi")
# Between several values of one name; no value of ours holds it.
SEPARATOR = ","
CUSTOMER_NUMBER = re.compile(r"\d{8}")

# Any: Rasa's events and messages are JSON without a fixed shape.
Event = dict[str, Any]


@dataclass(frozen=True)
class Dialogue:
    """The tracker in our words. `details` are the values of the question that is being answered again or at last."""

    tracker: Tracker
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def language(self) -> str:
        language = self.tracker.get_slot("language")
        return language if language in LANGUAGES else "en"

    @property
    def is_text_message(self) -> bool:
        return bool(self.tracker.get_slot("channel") == "sms")

    @property
    def turn_token(self) -> str:
        return str(self._metadata.get("turn_token") or "")

    # Any: what the channel sent along, JSON.
    @property
    def _metadata(self) -> dict[str, Any]:
        return self.tracker.latest_message.get("metadata") or {}

    @property
    def intent(self) -> str:
        return str((self.tracker.latest_message.get("intent") or {}).get("name") or "")

    @property
    def customer_number(self) -> str | None:
        """The number last given, without spaces and dashes; None if there is none that can be one."""
        return _as_customer_number(self.tracker.get_slot("identity_customer_number"))

    @property
    def has_new_customer_number(self) -> bool:
        return _as_customer_number(self.find_entity("customer_number")) is not None

    @property
    def text(self) -> str:
        """What the customer wrote; empty when a button was pressed."""
        return str(self.tracker.latest_message.get("text") or "")

    @property
    def is_second_wish(self) -> bool:
        """Say whether the same message holds a wish that was served before this one."""
        return bool(self._metadata.get("sub_turn"))

    @property
    def other_wish(self) -> str | None:
        """The intent of the other wish in the same message."""
        return self._metadata.get("also")

    @property
    def waiting_questions(self) -> tuple[Question, ...]:
        """Those that could not be answered yet because nobody was verified, in the order they were asked."""
        return read_questions(self.tracker.get_slot("identity_waiting_questions"))

    @property
    def question(self) -> Question | None:
        """The question answered last, or being asked for now."""
        return next(reversed(read_questions(self.tracker.get_slot("questions"))), None)

    @property
    def question_before(self) -> Question | None:
        return next(reversed(read_questions(self.tracker.get_slot("questions"))[:-1]), None)

    @property
    def invoice_period(self) -> str | None:
        """The period of the bill that is meant, as the entity writes it; None means the newest."""
        return self.find_entity("period")

    @property
    def invoice_number(self) -> str | None:
        return self.find_entity("invoice_number")

    @property
    def new_details(self) -> dict[str, str]:
        """The values of the latest message that belong to a question; several of one name stand behind one another."""
        values: dict[str, list[str]] = {}
        for entity in self.tracker.latest_message.get("entities") or []:
            known = values.setdefault(entity["entity"], [])
            if str(entity["value"]) not in known:
                known.append(str(entity["value"]))
        return {name: SEPARATOR.join(several) for name, several in values.items() if name not in NOT_KEPT}

    @property
    def code_expires_at(self) -> str | None:
        return self.tracker.get_slot("identity_code_expires_at") or None

    @property
    def topic(self) -> str:
        return str(self.tracker.get_slot("handoff_topic") or "other")

    @property
    def has_complained(self) -> bool:
        return bool(self.tracker.get_slot("handoff_complained"))

    @property
    def is_form_active(self) -> bool:
        return bool(self.tracker.active_loop.get("name"))

    def find_entity(self, name: str) -> str | None:
        """Return the last value in the latest message, as people correct themselves to the right, or the kept one."""
        return next(reversed(self.find_entities(name)), None)

    def find_entities(self, name: str) -> tuple[str, ...]:
        """Return all values in the latest message, or else those that were kept."""
        entities = self.tracker.latest_message.get("entities") or []
        # A button of ours may hold several values in one, as a kept question does.
        values = SEPARATOR.join(str(entity["value"]) for entity in entities if entity.get("entity") == name)
        found = values or self.details.get(name)
        return tuple(found.split(SEPARATOR)) if found else ()

    def last_said(self) -> frozenset[str]:
        """Return the names of the responses that the latest message answers."""
        return frozenset(self.last_said_in_order())

    def last_said_in_order(self) -> tuple[str, ...]:
        names: list[str] = []
        for event in reversed(self._events_before_latest_message()):
            if event.get("event") == "user":
                break
            names.append(str((event.get("metadata") or {}).get("utter_action") or ""))
        return tuple(name for name in reversed(names) if name)

    def intents_in_a_row(self, intents: Collection[str]) -> int:
        """Count how many of the latest messages, the newest included, had one of these intents without a break."""
        count = 0
        for event in reversed(self.tracker.events):
            if event.get("event") == "user":
                if _intent_of(event) not in intents:
                    break
                count += 1
        return count

    def _events_before_latest_message(self) -> list[Event]:
        places = [place for place, event in enumerate(self.tracker.events) if event.get("event") == "user"]
        return self.tracker.events[: places[-1]] if places else []


def _as_customer_number(value: object) -> str | None:
    digits = re.sub(r"[ -]", "", str(value or ""))
    return digits if CUSTOMER_NUMBER.fullmatch(digits) else None


def _intent_of(event: Event) -> str:
    return str(((event.get("parse_data") or {}).get("intent") or {}).get("name") or "")
