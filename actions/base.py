"""The frame of every action: who acts is verified, the work is one transaction in a thread, the edge commits."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from actions.formatting import Wording
from actions.reply import Reply
from actions.slots import Dialogue, Event
from billing.accounts import time_zone_of
from billing.clock import Clock
from billing.db import READ_ONLY, JsonObject, is_busy
from billing.effects import run_once
from billing.turn_token import TurnRef, verify_turn


@dataclass(frozen=True)
class Runtime:
    """What the process hands to its actions."""

    sessions: sessionmaker[Session]
    clock: Clock
    turn_secret: str
    code_pepper: str
    payment_page: str | None = None


@dataclass(frozen=True)
class Work:
    """One action in one turn: its transaction, the turn it acts for, and the dialogue it answers."""

    session: Session
    turn: TurnRef
    dialogue: Dialogue
    runtime: Runtime

    @property
    def conversation_id(self) -> UUID:
        return self.turn.conversation_id

    def once(self, action: str, effect: Callable[[], JsonObject]) -> JsonObject:
        """Carry out an effect, or return what it came to when this turn ran before."""
        # Two wishes of one message may need the same action: each has its own effect.
        key = f"{action}#2" if self.dialogue.is_second_wish else action
        return run_once(self.session, self.turn, key, effect, now=self.runtime.clock.now())

    def about(self, details: Mapping[str, str]) -> "Work":
        """Return the same work, seen with the values of an earlier question."""
        return replace(self, dialogue=replace(self.dialogue, details=details))

    def today(self, customer_id: UUID) -> date:
        return self.runtime.clock.today(time_zone_of(self.session, customer_id))

    def wording(self, customer_id: UUID) -> Wording:
        return Wording(self.dialogue.language, self.today(customer_id))


class SaldoAction(Action, ABC):
    """Verifies the turn token, then answers within one transaction."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime

    @abstractmethod
    def name(self) -> str: ...

    @abstractmethod
    def answer(self, work: Work, reply: Reply) -> None:
        """Do the work of one turn; called in a thread, may only flush."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        reply = await asyncio.to_thread(self._work, Dialogue(tracker))
        dispatcher.messages.extend(reply.messages)
        return reply.events

    def _work(self, dialogue: Dialogue) -> Reply:
        """Most answers only read: begin without the write lock, and once more with it when somebody wrote meanwhile."""
        try:
            return self._transact(dialogue, takes_lock=False)
        except OperationalError as error:
            if not is_busy(error):
                raise
            return self._transact(dialogue, takes_lock=True)

    def _transact(self, dialogue: Dialogue, *, takes_lock: bool) -> Reply:
        turn = verify_turn(dialogue.turn_token, secret=self.runtime.turn_secret, now=self.runtime.clock.now())
        reply = Reply()
        with self.runtime.sessions.begin() as session:
            session.connection(execution_options={READ_ONLY: not takes_lock})
            self.answer(Work(session, turn, dialogue, self.runtime), reply)
        return reply


__all__ = ["Event", "Runtime", "SaldoAction", "Work"]
