"""Brings the line and the free agents together: at every change of capacity, and when an offer's time is over."""

import asyncio
import logging
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from billing.clock import Clock
from handoff.conversations.models import Conversation
from handoff.conversations.posting import announce_change, lock
from handoff.db import Sessions, reading, unbroken
from handoff.failure_log import log_failure
from handoff.live import ROUTING_STREAM, LiveEvents
from handoff.routing import line, offers, queue
from handoff.routing.matching import choose_pair
from handoff.routing.models import Offer, OfferStatus, QueueEntry

log = logging.getLogger(__name__)

SWEEP_SECONDS: Final = 5.0
_PAUSE_AFTER_ERROR: Final = 1.0


class Dispatcher:
    """One per process. Its work is safe to repeat and to run in several processes: the rows decide."""

    def __init__(self, sessions: Sessions, live: LiveEvents, clock: Clock) -> None:
        self._sessions = sessions
        self._live = live
        self._clock = clock
        self._busy = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="offer dispatcher")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @unbroken
    async def tick(self) -> None:
        """Expire what is due, offer all that can be offered, tell those who moved up in line."""
        async with self._busy:
            await self._expire_due()
            while await self._offer_next():
                pass
            await self._announce_positions()

    async def _run(self) -> None:
        async with self._live.subscribe(ROUTING_STREAM) as signals:
            while True:
                pause = await self._tick_safely()
                try:
                    async with asyncio.timeout(pause):
                        await anext(signals)
                except TimeoutError:
                    continue

    async def _tick_safely(self) -> float:
        try:
            await self.tick()
            return await self._seconds_to_next_expiry()
        except Exception as error:
            log_failure(log, error, "routing stumbled; it goes on")
            return _PAUSE_AFTER_ERROR

    async def _seconds_to_next_expiry(self) -> float:
        pending = select(Offer.expires_at).where(Offer.status == OfferStatus.PENDING)
        async with reading(self._sessions) as session:
            expires_at = await session.scalar(pending.order_by(Offer.expires_at).limit(1))
        if expires_at is None:
            return SWEEP_SECONDS
        return min(SWEEP_SECONDS, max(0.01, (expires_at - self._clock.now()).total_seconds()))

    async def _expire_due(self) -> None:
        now = self._clock.now()
        due = select(Offer.id).where(Offer.status == OfferStatus.PENDING, Offer.expires_at <= now)
        async with reading(self._sessions) as session:
            offer_ids = (await session.scalars(due.order_by(Offer.expires_at))).all()
        for offer_id in offer_ids:
            async with self._sessions.begin() as session:
                await offers.expire_offer(session, offer_id, now)

    async def _offer_next(self) -> bool:
        now = self._clock.now()
        async with reading(self._sessions) as session:
            agents = await line.list_free_agents(session)
            pair = choose_pair(await line.list_waiting(session, now), agents) if agents else None
        if pair is None:
            return False
        async with self._sessions.begin() as session:
            await offers.make_offer(session, pair[0].entry_id, pair[1].agent_id, now)
        return True

    async def _announce_positions(self) -> None:
        async with reading(self._sessions) as session:
            entries = await queue.list_open_entries(session)
        for position, entry in enumerate(entries, start=1):
            if entry.announced_position != position:
                await self._announce_position(entry.id, position, self._clock.now())

    async def _announce_position(self, entry_id: UUID, position: int, now: datetime) -> None:
        async with self._sessions.begin() as session:
            entry = await session.get_one(QueueEntry, entry_id)
            conversation = await session.get_one(Conversation, entry.conversation_id)
            await lock(session, conversation)
            entry.announced_position = position
            await announce_change(session, conversation, now)
