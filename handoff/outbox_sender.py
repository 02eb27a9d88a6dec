"""Sends what stands in the outbox: texts on one lane, letters on another, so that neither waits for the other."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

from sqlalchemy import exists, select, update

from billing.clock import Clock
from billing.outbox import OutboxMessage
from handoff.channels.twilio.carrier import TwilioCarrier
from handoff.channels.twilio.config import twilio_config
from handoff.db import Sessions, reading
from handoff.document_printer import DocumentPrinter
from handoff.email_carrier import DemoMailbox, EmailCarrier, SmtpCarrier, smtp_config
from handoff.email_lane import EmailLane
from handoff.settings import Settings
from handoff.sms_carrier import DemoPhone, SmsCarrier
from handoff.sms_lane import LEASE_SECONDS, SmsLane

__all__ = ["LEASE_SECONDS", "OutboxSender"]

POLL_SECONDS = 0.3
TIDY_SECONDS = 30.0
CODE_LIFE = timedelta(minutes=10)
STOP_PATIENCE_SECONDS = 5.0
log = logging.getLogger(__name__)


class Lane(Protocol):
    """Sends the messages of one kind."""

    async def send_due(self) -> int: ...


class OutboxSender:
    """Background tasks of handoff; any number of replicas may run them."""

    def __init__(
        self,
        session_factory: Sessions,
        settings: Settings,
        clock: Clock,
        *,
        carrier: SmsCarrier | None = None,
        mailer: EmailCarrier | None = None,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._sessions = session_factory
        self._clock = clock
        self._printer = DocumentPrinter(session_factory)
        self._carrier = carrier or _choose_carrier(settings)
        self._mailer = mailer or _choose_mailer(settings, self._printer)
        self._lanes: list[Lane] = []
        if self._carrier is not None:
            self._lanes.append(SmsLane(session_factory, clock, self._carrier, jitter))
        if self._mailer is not None:
            self._lanes.append(EmailLane(session_factory, clock, self._mailer, jitter))
        self._wake_ups = [asyncio.Event() for _ in self._lanes]
        self._stopped = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        if self._carrier is None:
            log.warning("no carrier for text messages: they stay in the outbox")
        if self._mailer is None:
            log.warning("no mail server: letters stay in the outbox")
        runs = [self._run(lane.send_due, woken) for lane, woken in zip(self._lanes, self._wake_ups, strict=True)]
        self._tasks = {asyncio.create_task(run, name="outbox-sender") for run in (*runs, self._tidy())}

    async def stop(self) -> None:
        """Finish what is being sent, but do not wait for it long: the lease and the carrier's list settle the rest."""
        self._stopped.set()
        self.wake()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_PATIENCE_SECONDS)
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._printer.close()
        if isinstance(self._carrier, TwilioCarrier):
            self._carrier.close()

    def wake(self) -> None:
        for woken in self._wake_ups:
            woken.set()

    async def send_due(self) -> int:
        """Send what is due and return how many messages were taken up."""
        return sum(await asyncio.gather(*(lane.send_due() for lane in self._lanes)))

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

    async def _run(self, send_due: Callable[[], Awaitable[int]], woken: asyncio.Event) -> None:
        while not self._stopped.is_set():
            woken.clear()
            try:
                taken = await send_due()
            except Exception as error:
                # The next round may go well. Only the kind is logged: the text may hold a phone or a code.
                log.error("outbox round failed: %s", type(error).__name__)
                taken = 0
            if not taken:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), POLL_SECONDS)

    async def _tidy(self) -> None:
        while True:
            try:
                await self.forget_codes()
            except Exception as error:
                log.error("codes were not forgotten: %s", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), TIDY_SECONDS)
                return


def _choose_carrier(settings: Settings) -> SmsCarrier | None:
    config = twilio_config(settings)
    if config.can_send:
        return TwilioCarrier(config)
    return DemoPhone() if settings.demo else None


def _choose_mailer(settings: Settings, printer: DocumentPrinter) -> EmailCarrier | None:
    config = smtp_config(settings)
    if config.can_send:
        return SmtpCarrier(config, printer)
    return DemoMailbox() if settings.demo else None
