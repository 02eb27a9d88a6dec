"""Sends what stands in the outbox, each message once as far as a carrier without keys allows.

A message is claimed with a lease and the claim is committed before it is sent. If nobody learned what became of an
earlier attempt, the carrier is asked for a message alike before it is sent again.
"""

import asyncio
import contextlib
import logging
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, select, update
from sqlalchemy.orm import Session

from billing.clock import Clock
from billing.outbox import OutboxMessage, OutboxStatus, claim_due, give_back, is_due, mark_failed, mark_sent
from handoff.channels.twilio.carrier import TwilioCarrier
from handoff.channels.twilio.config import twilio_config
from handoff.channels.twilio.opt_outs import find_opted_out, opt_out
from handoff.db import Sessions, reading
from handoff.settings import Settings
from handoff.sms_carrier import DemoPhone, RecipientOptedOut, Sms, SmsCarrier, SmsNotTaken

POLL_SECONDS = 0.3
BATCH = 8
LEASE_SECONDS = 60
SLOWEST_SEND = timedelta(seconds=25)
JITTER_SECONDS = 5.0
TIDY_SECONDS = 30.0
CODE_LIFE = timedelta(minutes=10)
STOP_PATIENCE_SECONDS = 5.0
log = logging.getLogger(__name__)


class OutboxSender:
    """A background task of handoff; any number of replicas may run one."""

    def __init__(
        self,
        session_factory: Sessions,
        settings: Settings,
        clock: Clock,
        *,
        carrier: SmsCarrier | None = None,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._sessions = session_factory
        self._clock = clock
        self._carrier = carrier or _choose_carrier(settings)
        self._jitter = jitter
        self._woken = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        if self._carrier is None:
            log.warning("no carrier for text messages: they stay in the outbox")
        self._task = asyncio.create_task(self._run(), name="outbox-sender")

    async def stop(self) -> None:
        """Finish what is being sent, but do not wait for it long: the lease and the carrier's list settle the rest."""
        self._stopping = True
        self._woken.set()
        if self._task is None:
            return
        await asyncio.wait({self._task}, timeout=STOP_PATIENCE_SECONDS)
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        if isinstance(self._carrier, TwilioCarrier):
            self._carrier.close()

    def wake(self) -> None:
        self._woken.set()

    async def send_due(self) -> int:
        """Send what is due and return how many messages were taken up."""
        if self._carrier is None or not await self._is_anything_due():
            return 0
        claimed, opted_out = await self._claim()
        queues: dict[str, list[OutboxMessage]] = defaultdict(list)
        for message in claimed:
            queues[message.recipient].append(message)
        sending = [self._send_in_order(self._carrier, queue, opted_out) for queue in queues.values()]
        for outcome in await asyncio.gather(*sending, return_exceptions=True):
            if isinstance(outcome, Exception):
                log.error("sending failed unexpectedly: %s", type(outcome).__name__)
        return len(claimed)

    async def forget_codes(self) -> None:
        """Empty the bodies of codes that nobody can use any more."""
        now = self._clock.now()
        is_old = (OutboxMessage.expires_at <= now) | (OutboxMessage.created_at <= now - CODE_LIFE)
        old_codes = (OutboxMessage.sensitive.is_(True), OutboxMessage.body != "", is_old)
        async with reading(self._sessions) as session:
            if not await session.scalar(select(exists().where(*old_codes))):
                return
        async with self._sessions.begin() as session:
            await session.execute(update(OutboxMessage).where(*old_codes).values(body=""))

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        tidied_at = loop.time() - TIDY_SECONDS
        while not self._stopping:
            self._woken.clear()
            try:
                taken = await self.send_due()
                if loop.time() - tidied_at >= TIDY_SECONDS:
                    await self.forget_codes()
                    tidied_at = loop.time()
            except Exception as error:
                # The next round may go well. Only the kind is logged: the text may hold a phone or a code.
                log.error("outbox round failed: %s", type(error).__name__)
                taken = 0
            if not taken:
                await self._rest()

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)

    async def _is_anything_due(self) -> bool:
        due = select(exists().where(is_due(self._clock.now())))
        async with reading(self._sessions) as session:
            return bool(await session.scalar(due))

    async def _claim(self) -> tuple[Sequence[OutboxMessage], frozenset[str]]:
        now = self._clock.now()
        async with self._sessions.begin() as session:
            claimed = await session.run_sync(claim_due, now=now, limit=BATCH, lease_seconds=LEASE_SECONDS)
            opted_out = await find_opted_out(session, {message.recipient for message in claimed})
        return claimed, opted_out

    async def _send_in_order(
        self, carrier: SmsCarrier, queue: Sequence[OutboxMessage], opted_out: frozenset[str]
    ) -> None:
        for position, message in enumerate(queue, 1):
            if self._clock.now() + SLOWEST_SEND > message.due_at:
                return  # The lease would run out while it is being sent; the next round takes it again.
            if message.recipient in opted_out:
                await self._note_failure(message, RecipientOptedOut("opted_out"))
            elif not await self._send_one(carrier, message):
                await self._give_back(queue[position:], message.due_at)
                return

    async def _give_back(self, following: Sequence[OutboxMessage], due_at: datetime) -> None:
        """Nobody tried to send them: they wait until the one before them is tried again."""
        async with self._sessions.begin() as session:
            await session.run_sync(give_back, following, due_at=due_at)

    async def _send_one(self, carrier: SmsCarrier, message: OutboxMessage) -> bool:
        """Return whether the message is settled: sent, or given up."""
        sms = Sms.from_outbox(message)
        try:
            sid = await self._find_earlier(carrier, message, sms) or await carrier.send(sms, now=self._clock.now())
        except SmsNotTaken as problem:
            await self._note_failure(message, problem)
            return message.status is OutboxStatus.FAILED
        async with self._sessions.begin() as session:
            await session.run_sync(mark_sent, message, provider_sid=sid, now=self._clock.now())
        log.info("outbox message %s sent", message.id)
        return True

    async def _find_earlier(self, carrier: SmsCarrier, message: OutboxMessage, sms: Sms) -> str | None:
        """Return the id under which the carrier already has this message, if an earlier attempt got that far."""
        if message.attempts == 1:
            return None
        alike = await carrier.list_sent(sms)
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
        log.warning("outbox message %s not sent: %s", message.id, problem.code)


def _fail(session: Session, message: OutboxMessage, problem: SmsNotTaken, now: datetime) -> None:
    mark_failed(session, message, error=problem.code, now=now, permanent=problem.permanent)


def _known_sids(sids: Sequence[str]) -> Select[str | None]:
    return select(OutboxMessage.provider_sid).where(OutboxMessage.provider_sid.in_(sids))


def _choose_carrier(settings: Settings) -> SmsCarrier | None:
    config = twilio_config(settings)
    if config.can_send:
        return TwilioCarrier(config)
    return DemoPhone() if settings.demo else None
