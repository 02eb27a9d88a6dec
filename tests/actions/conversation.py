"""Plays Rasa to the actions: sends a tracker with a signed turn token, keeps the slots that come back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from rasa_sdk.executor import ActionExecutor
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from actions.offers import key_of
from actions.questions import Question, read_questions, write_questions
from billing.identity import CodeOutcome, check_code, start_challenge
from billing.models.outbox import OutboxMessage
from billing.turn_token import TurnRef, sign_turn
from tests.fakes.clock import FixedClock

TURN_SECRET = "turn secret"
PEPPER = "pepper"


@dataclass
class Outcome:
    """What one action answered."""

    events: list[dict[str, Any]]
    messages: list[dict[str, Any]]

    @property
    def said(self) -> list[str]:
        return [message["response"] for message in self.messages if message["response"]]

    @property
    def cards(self) -> list[dict[str, Any]]:
        return [message["custom"]["card"] for message in self.messages if "card" in message["custom"]]

    @property
    def commands(self) -> list[dict[str, Any]]:
        return [message["custom"]["command"] for message in self.messages if "command" in message["custom"]]

    @property
    def goes_on_with(self) -> str | None:
        names = [event["name"] for event in self.events if event["event"] == "followup"]
        return names[-1] if names else None

    @property
    def ended_form(self) -> bool:
        return any(event["event"] == "active_loop" and event["name"] is None for event in self.events)

    def facts(self, response: str) -> dict[str, Any]:
        (message,) = [message for message in self.messages if message["response"] == response]
        return message


@dataclass
class Conversation:
    """One conversation, seen from the bot. `seq` is that of the turn being played."""

    executor: ActionExecutor
    sessions: sessionmaker[Session]
    clock: FixedClock
    conversation_id: UUID = field(default_factory=uuid4)
    seq: int = 1
    slots: dict[str, Any] = field(default_factory=lambda: {"language": "en"})
    active_loop: str | None = None
    past: list[dict[str, Any]] = field(default_factory=list)

    async def run(
        self,
        action: str,
        *,
        intent: str = "",
        entities: dict[str, str] | Sequence[tuple[str, str]] = (),
        text: str = "",
        token: str | None = None,
        sub_turn: int = 0,
        also: str | None = None,
    ) -> Outcome:
        """Play one action; without a text the customer pressed a button."""
        found = entities.items() if isinstance(entities, dict) else entities
        message = {
            "text": text,
            "intent": {"name": intent, "confidence": 1.0},
            "entities": [{"entity": name, "value": value} for name, value in found],
            "metadata": {"turn_token": self.token() if token is None else token, "sub_turn": sub_turn, "also": also},
        }
        user = {"event": "user", "parse_data": {"intent": {"name": intent}}}
        tracker = {
            "sender_id": str(self.conversation_id),
            "slots": dict(self.slots),
            "latest_message": message,
            "events": [*self.past, user],
            "paused": False,
            "active_loop": {"name": self.active_loop} if self.active_loop else {},
            "latest_action_name": "action_listen",
        }
        result = await self.executor.run({"next_action": action, "tracker": tracker, "domain": {}})
        assert result is not None
        self._keep(result.events)
        return Outcome(result.events, result.responses)

    def token(self, *, secret: str = TURN_SECRET, expires_at: datetime | None = None) -> str:
        turn = TurnRef(self.conversation_id, self.seq)
        return sign_turn(turn, secret=secret, expires_at=expires_at or self.clock.now() + timedelta(minutes=5))

    def press_yes(self, slot: str) -> dict[str, str]:
        """Return the values of the yes-button of what is offered now."""
        offer = self.slots.get(slot)
        return {"offer": key_of(offer)} if offer else {}

    def next_turn(self) -> None:
        self.seq += 1

    def verify_as(self, customer_number: str) -> None:
        """Give the right code, as handoff takes it."""
        with self.sessions.begin() as session:
            start_challenge(
                session,
                conversation_id=self.conversation_id,
                customer_number=customer_number,
                language="en",
                pepper=PEPPER,
                now=self.clock.now(),
            )
        assert self.enter_code(self.newest_code()) is CodeOutcome.VERIFIED

    def enter_code(self, code: str) -> CodeOutcome:
        with self.sessions.begin() as session:
            return check_code(
                session, conversation_id=self.conversation_id, code=code, pepper=PEPPER, now=self.clock.now()
            )

    def newest_code(self) -> str:
        return re.findall(r"\b\d{6}\b", self.text_messages()[-1].body)[0]

    def text_messages(self) -> Sequence[OutboxMessage]:
        """Return those that go to somebody; unknown numbers leave rows that nobody gets."""
        with self.sessions() as session:
            rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.created_at, OutboxMessage.id))
            return [row for row in rows if row.recipient]

    def was_said(self, intent: str, *responses: str) -> None:
        """Add a past turn: what the customer meant and what the bot said to it."""
        self.past.append({"event": "user", "parse_data": {"intent": {"name": intent}}})
        self.past += [{"event": "bot", "metadata": {"utter_action": response}} for response in responses]

    @property
    def waiting(self) -> list[str]:
        """Return the intents of the questions that wait for a verification."""
        return [question.intent for question in read_questions(self.slots.get("identity_waiting_questions"))]

    def let_wait(self, *intents: str) -> None:
        self.slots["identity_waiting_questions"] = write_questions(map(Question, intents))

    def _keep(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
            elif event["event"] == "active_loop":
                self.active_loop = event["name"]
