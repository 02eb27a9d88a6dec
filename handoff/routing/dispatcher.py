"""Brings the line and the free agents together: at every change of capacity, and when time alone changes something."""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence, Set
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from billing.clock import Clock
from handoff.db import Sessions, reading, unbroken
from handoff.errors import HandoffError
from handoff.failure_log import log_failure
from handoff.live import ROUTING_STREAM, LiveEvents
from handoff.routing import line, offers
from handoff.routing.models import Offer, OfferStatus, QueueEntry
from handoff.routing.policy import SPARE_FOR_CALLS, choose
from handoff.routing.queues import queues_of
from handoff.supervision.models import AlarmKind
from handoff.supervision.raising import raise_alarm

log = logging.getLogger(__name__)

SWEEP_SECONDS: Final = 10.0
# An event that is just being worked on is given this long before the sweep calls it missed.
GRACE_SECONDS: Final = 1.0
_PAUSE_AFTER_ERROR: Final = 1.0
_SHORTEST_PAUSE: Final = 0.01
_TRIES: Final = 3

Pair = tuple[UUID, UUID]  # entry, agent


class Dispatcher:
    """One per process. Its work is safe to repeat and to run in several processes: the rows decide.

    Events and due moments do all the work. The sweep only makes sure of it: `sweep_hits` counts what it found.
    """

    def __init__(self, sessions: Sessions, live: LiveEvents, clock: Clock) -> None:
        self._sessions = sessions
        self._live = live
        self._clock = clock
        self._busy = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self.sweep_hits = 0

    def start(self, *, with_sweep: bool = True) -> None:
        self._tasks = [asyncio.create_task(self._run(), name="offer dispatcher")]
        if with_sweep:
            self._tasks.append(asyncio.create_task(self._sweep_regularly(), name="safety sweep"))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @unbroken
    async def tick(self) -> datetime | None:
        """Expire what is due and offer all that can be offered; return when time alone will change something."""
        async with self._busy:
            await self._expire_due()
            due = await self._offer_all()
            return min((moment for moment in (due, await self._next_expiry()) if moment), default=None)

    async def sweep(self, grace_seconds: float = GRACE_SECONDS) -> int:
        """Offer what no event brought, and count and report it: such a pair is a mistake in our events.

        Does the rest of what a process left undone that has died, too.
        """
        found = await self._look()
        if found:
            await asyncio.sleep(grace_seconds)
            found &= await self._look()
        if found:
            self.sweep_hits += len(found)
            log.error("the sweep found %d contacts that no event had offered", len(found))
            await self._report(found)
        await self.tick()
        return len(found)

    @unbroken
    async def _look(self) -> set[UUID]:
        pairs, _ = await self._placeable()
        return {entry_id for entry_id, _ in pairs}

    @unbroken
    async def _report(self, forgotten: set[UUID]) -> None:
        now = self._clock.now()
        async with self._sessions.begin() as session:
            for entry_id in sorted(forgotten):
                entry = await session.get_one(QueueEntry, entry_id)
                await raise_alarm(session, AlarmKind.SWEEP_HIT, now, entry=entry)

    async def _sweep_regularly(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self.sweep()
            except Exception as error:
                log_failure(log, error, "the sweep stumbled; it goes on")

    async def _run(self) -> None:
        async with self._live.subscribe(ROUTING_STREAM) as signals:
            while True:
                pause = await self._tick_safely()
                try:
                    async with asyncio.timeout(pause):
                        await anext(signals)
                except TimeoutError:
                    continue

    async def _tick_safely(self) -> float | None:
        """Return how many seconds to sleep if no event comes; None for as long as it takes."""
        try:
            due = await self.tick()
        except Exception as error:
            log_failure(log, error, "routing stumbled; it goes on")
            return _PAUSE_AFTER_ERROR
        return None if due is None else max(_SHORTEST_PAUSE, (due - self._clock.now()).total_seconds())

    async def _next_expiry(self) -> datetime | None:
        async with reading(self._sessions) as session:
            return await session.scalar(select(func.min(Offer.expires_at)).where(Offer.status == OfferStatus.PENDING))

    async def _expire_due(self) -> None:
        now = self._clock.now()
        due = select(Offer.id).where(Offer.status == OfferStatus.PENDING, Offer.expires_at <= now)
        async with reading(self._sessions) as session:
            offer_ids = (await session.scalars(due.order_by(Offer.expires_at))).all()
        for offer_id in offer_ids:
            async with self._sessions.begin() as session:
                await offers.expire_offer(session, offer_id, now)

    async def _offer_all(self) -> datetime | None:
        """Offer until nothing is left to offer: what a rival took meanwhile is looked at anew, but not for ever."""
        tries: Counter[UUID] = Counter()
        while True:
            hopeless = {entry_id for entry_id, number in tries.items() if number >= _TRIES}
            pairs, due = await self._placeable(without=hopeless)
            if not pairs:
                return due
            for entry_id, agent_id in pairs:
                tries[entry_id] += 1 if await self._offer(entry_id, agent_id) else _TRIES

    async def _offer(self, entry_id: UUID, agent_id: UUID) -> bool:
        """Return False when this entry cannot be offered at all: it must not keep those behind it waiting."""
        try:
            await self.make_offer(entry_id, agent_id)
        except HandoffError as error:
            log_failure(log, error, "entry %s cannot be offered", entry_id)
            return False
        return True

    async def make_offer(self, entry_id: UUID, agent_id: UUID) -> None:
        async with self._sessions.begin() as session:
            await offers.make_offer(session, entry_id, agent_id, self._clock.now())

    async def _placeable(self, without: Set[UUID] = frozenset()) -> tuple[Sequence[Pair], datetime | None]:
        now = self._clock.now()
        async with reading(self._sessions) as session:
            view = await line.read_view(session, queues_of(session), now, spare=len(without))
            has_calls = bool(view.waiting) and await line.has_lately_had_calls(session, now)
        waiting = [entry for entry in view.waiting if entry.entry_id not in without]
        pairs = choose(waiting, view.servers, now, spare_for_calls=SPARE_FOR_CALLS if has_calls else 0)
        return [(entry.entry_id, server.agent_id) for entry, server in pairs], view.due
