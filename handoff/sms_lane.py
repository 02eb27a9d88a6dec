"""Sends the text messages of the outbox, those to one phone in their order, each once as far as Twilio allows.

If nobody learned what became of an earlier attempt, the carrier is asked for a message alike before it is sent again.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from billing.clock import Clock
from billing.outbox import SMS, OutboxMessage, OutboxStatus, claim_due, give_back, is_due, mark_failed, mark_sent
from handoff.channels.twilio.opt_outs import find_opted_out, opt_out
from handoff.console.delivery import announce_state
from handoff.db import Sessions, reading
from handoff.sms_carrier import RecipientOptedOut, Sms, SmsCarrier, SmsNotTaken

BATCH = 8
LEASE_SECONDS = 60
SLOWEST_SEND = timedelta(seconds=25)
JITTER_SECONDS = 5.0
log = logging.getLogger(__name__)


class SmsLane:
    """Claims with a lease and commits the claim before it sends."""

    def __init__(
        self, sessions: Sessions, clock: Clock, carrier: SmsCarrier, jitter: Callable[[float, float], float]
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._carrier = carrier
        self._jitter = jitter

    async def send_due(self) -> int:
        """Send what is due and return how many messages were taken up."""
        if not await self._is_anything_due():
            return 0
        claimed, opted_out = await self._claim()
        queues: dict[str, list[OutboxMessage]] = defaultdict(list)
        for message in claimed:
            queues[message.recipient].append(message)
        sending = [self._send_in_order(queue, opted_out) for queue in queues.values()]
        for outcome in await asyncio.gather(*sending, return_exceptions=True):
            if isinstance(outcome, Exception):
                log.error("sending failed unexpectedly: %s", type(outcome).__name__)
        return len(claimed)

    async def _is_anything_due(self) -> bool:
        due = select(exists().where(is_due(self._clock.now(), (SMS,))))
        async with reading(self._sessions) as session:
            return bool(await session.scalar(due))

    async def _claim(self) -> tuple[Sequence[OutboxMessage], frozenset[str]]:
        now = self._clock.now()
        async with self._sessions.begin() as session:
            claimed = await session.run_sync(claim_due, now=now, limit=BATCH, lease_seconds=LEASE_SECONDS, kinds=(SMS,))
            opted_out = await find_opted_out(session, {message.recipient for message in claimed})
        return claimed, opted_out

    async def _send_in_order(self, queue: Sequence[OutboxMessage], opted_out: frozenset[str]) -> None:
        for position, message in enumerate(queue, 1):
            if self._clock.now() + SLOWEST_SEND > message.due_at:
                return  # The lease would run out while it is being sent; the next round takes it again.
            if message.recipient in opted_out:
                await self._note_failure(message, RecipientOptedOut("opted_out"))
            elif not await self._send_one(message):
                await self._give_back(queue[position:], message.due_at)
                return

    async def _give_back(self, following: Sequence[OutboxMessage], due_at: datetime) -> None:
        """Nobody tried to send them: they wait until the one before them is tried again."""
        async with self._sessions.begin() as session:
            await session.run_sync(give_back, following, due_at=due_at)

    async def _send_one(self, message: OutboxMessage) -> bool:
        """Return whether the message is settled: sent, or given up."""
        sms = Sms.from_outbox(message)
        try:
            sid = await self._find_earlier(message, sms) or await self._carrier.send(sms, now=self._clock.now())
        except SmsNotTaken as problem:
            await self._note_failure(message, problem)
            return message.status is OutboxStatus.FAILED
        async with self._sessions.begin() as session:
            await session.run_sync(mark_sent, message, provider_sid=sid, now=self._clock.now())
            await announce_state(session, message.dedupe_key)
        log.info("outbox message %s sent", message.id)
        return True

    async def _find_earlier(self, message: OutboxMessage, sms: Sms) -> str | None:
        """Return the id under which the carrier already has this message, if an earlier attempt got that far."""
        if message.attempts == 1:
            return None
        alike = await self._carrier.list_sent(sms)
        if not alike:
            return None
        async with reading(self._sessions) as session:
            known = set(await session.scalars(_known_sids(alike)))
        return next((sid for sid in alike if sid not in known), None)

    async def _note_failure(self, message: OutboxMessage, problem: SmsNotTaken) -> None:
        now = self._clock.now()
        async with self._sessions.begin() as session:
            await session.run_sync(_fail, message, problem, now)
            if isinstance(problem, RecipientOptedOut):
                await opt_out(session, message.recipient, now=now)
            elif not problem.permanent:
                message.due_at += timedelta(seconds=self._jitter(0, JITTER_SECONDS))
            await announce_state(session, message.dedupe_key)
        log.warning("outbox message %s not sent: %s", message.id, problem.code)


def _fail(session: Session, message: OutboxMessage, problem: SmsNotTaken, now: datetime) -> None:
    mark_failed(session, message, error=problem.code, now=now, permanent=problem.permanent)


def _known_sids(sids: Sequence[str]) -> Select[str | None]:
    return select(OutboxMessage.provider_sid).where(OutboxMessage.provider_sid.in_(sids))
