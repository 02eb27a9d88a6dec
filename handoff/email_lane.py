"""Sends the letters of the outbox. They do not wait for one another; a mail server that is away lets all of them wait.

A letter goes out twice only if the server took it and its answer did not reach us, or we died before we noted it; both
copies then carry the same Message-ID.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from billing.clock import Clock
from billing.human_tasks import close_task, raise_task, reopen_task
from billing.models.human_task import TaskKind
from billing.outbox import EMAIL, OutboxMessage, claim_due, give_back, is_due, mark_failed, mark_sent
from handoff.db import Sessions, reading
from handoff.email_carrier import EmailCarrier, Letter, LetterNotTaken, MailServerUnavailable, RelayRefused

BATCH = 8
# Longer than a server can take at its slowest: a connection, TLS, and four answers.
LEASE_SECONDS = 300
JITTER_SECONDS = 20.0
PAUSE = timedelta(seconds=60)
# A server that restarts needs nobody; one that stays away does.
PATIENCE_WITH_SERVER = timedelta(minutes=10)
SERVER_TASK = "delivery:mail-server"
log = logging.getLogger(__name__)


class EmailLane:
    """Claims with a lease and commits the claim before it sends."""

    def __init__(
        self, sessions: Sessions, clock: Clock, carrier: EmailCarrier, jitter: Callable[[float, float], float]
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._carrier = carrier
        self._jitter = jitter
        self._paused_until: datetime | None = None
        self._away_since: datetime | None = None
        self._is_task_open = True  # of an earlier process, perhaps: the first letter that goes out closes it

    async def send_due(self) -> int:
        """Send what is due and return how many letters were taken up."""
        now = self._clock.now()
        if self._paused_until is not None and now < self._paused_until:
            return 0
        if not await self._is_anything_due(now):
            return 0
        async with self._sessions.begin() as session:
            claimed = await session.run_sync(
                claim_due, now=now, limit=BATCH, lease_seconds=LEASE_SECONDS, kinds=(EMAIL,)
            )
        outcomes = await asyncio.gather(*(self._send_one(letter) for letter in claimed), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception) and not isinstance(outcome, MailServerUnavailable):
                log.error("sending failed unexpectedly: %s", type(outcome).__name__)
        await self._judge_server(claimed, outcomes)
        return len(claimed)

    async def _judge_server(self, letters: Sequence[OutboxMessage], outcomes: Sequence[bool | BaseException]) -> None:
        """Rest if the server takes nothing from us; where it took a letter, it may refuse to relay another."""
        took_any = any(outcome is True for outcome in outcomes)
        problems: list[tuple[OutboxMessage, MailServerUnavailable]] = []
        for letter, outcome in zip(letters, outcomes, strict=True):
            if took_any and isinstance(outcome, RelayRefused):
                await self._note_failure(letter, LetterNotTaken(outcome.code))
            elif isinstance(outcome, MailServerUnavailable):
                problems.append((letter, outcome))
        if problems:
            await self._pause([letter for letter, _ in problems], problems[0][1])
        elif took_any:
            await self._note_server_is_back()

    async def _is_anything_due(self, now: datetime) -> bool:
        async with reading(self._sessions) as session:
            return bool(await session.scalar(select(exists().where(is_due(now, (EMAIL,))))))

    async def _send_one(self, message: OutboxMessage) -> bool:
        """Return whether the letter was taken; raise MailServerUnavailable where that was not the letter's fault."""
        try:
            message_id = await self._carrier.send(Letter.from_outbox(message), now=self._clock.now())
        except MailServerUnavailable:
            raise
        except LetterNotTaken as problem:
            await self._note_failure(message, problem)
            return False
        except Exception as accident:
            # A document that cannot be printed, say: tried again, and in the end a person's.
            await self._note_failure(message, LetterNotTaken(type(accident).__name__))
            return False
        async with self._sessions.begin() as session:
            await session.run_sync(mark_sent, message, provider_sid=message_id, now=self._clock.now())
        log.info("outbox message %s sent", message.id)
        return True

    async def _note_failure(self, message: OutboxMessage, problem: LetterNotTaken) -> None:
        async with self._sessions.begin() as session:
            await session.run_sync(_fail, message, problem, self._clock.now())
            if not problem.permanent:
                message.due_at += timedelta(seconds=self._jitter(0, JITTER_SECONDS))
        log.warning("outbox message %s not sent: %s", message.id, problem.code)

    async def _pause(self, letters: Sequence[OutboxMessage], problem: MailServerUnavailable) -> None:
        """Give the letters back untried, rest, and call a person if this lasts."""
        now = self._clock.now()
        self._away_since = self._away_since or now
        self._paused_until = now + PAUSE
        async with self._sessions.begin() as session:
            # Refused to this address: others go first then, for if one of them is taken, it is the address.
            rest = PAUSE if isinstance(problem, RelayRefused) else timedelta()
            await session.run_sync(give_back, letters, due_at=self._paused_until + rest)
            if now - self._away_since >= PATIENCE_WITH_SERVER:
                await session.run_sync(_call_person, problem.code, self._away_since, now)
                self._is_task_open = True
        log.warning("no letter can be sent: %s", problem.code)

    async def _note_server_is_back(self) -> None:
        self._paused_until = self._away_since = None
        if self._is_task_open:
            async with self._sessions.begin() as session:
                await session.run_sync(close_task, SERVER_TASK, now=self._clock.now())
            self._is_task_open = False


def _fail(session: Session, message: OutboxMessage, problem: LetterNotTaken, now: datetime) -> None:
    mark_failed(session, message, error=problem.code, now=now, permanent=problem.permanent)


def _call_person(session: Session, error: str, away_since: datetime, now: datetime) -> None:
    facts = {"error": error, "away_since": away_since.isoformat()}
    if not raise_task(session, TaskKind.DELIVERY_FAILED, SERVER_TASK, facts=facts, now=now):
        reopen_task(session, SERVER_TASK, facts=facts)
