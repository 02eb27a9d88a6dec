"""Brings the line and the free agents together: at every change of capacity, and when time alone changes something."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.clock import Clock
from handoff.alarms.models import AlarmKind
from handoff.alarms.raising import raise_alarm
from handoff.db import Sessions, reading, unbroken
from handoff.due_loop import do_each
from handoff.errors import HandoffError
from handoff.failure_log import log_failure
from handoff.live import ROUTING_STREAM, LiveEvents
from handoff.routing import line, offering, offers
from handoff.routing.models import Offer, OfferStatus, QueueEntry
from handoff.routing.offering import Pair
from handoff.routing.policy import SPARE_FOR_CALLS, choose
from handoff.routing.queues import queues_of

log = logging.getLogger(__name__)

SWEEP_SECONDS: Final = 10.0
# An event that is just being worked on is given this long before the sweep calls it missed.
GRACE_SECONDS: Final = 1.0
_PAUSE_AFTER_ERROR: Final = 1.0
_SHORTEST_PAUSE: Final = 0.01
_TRIES: Final = 3
# While a transaction makes offers, nobody else writes on SQLite: it is to be over soon.
_OFFERS_AT_ONCE: Final = 20


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
            again = await self._expire_due()
            due = await self._offer_all()
            return min((moment for moment in (again, due) if moment), default=None)

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
        async with reading(self._sessions) as session:
            pairs, _ = await self._placeable(session)
        return {entry_id for entry_id, _ in pairs}

    async def _report(self, forgotten: set[UUID]) -> None:
        now = self._clock.now()
        await do_each((partial(self._report_one, entry_id, now) for entry_id in sorted(forgotten)), now)

    @unbroken
    async def _report_one(self, entry_id: UUID, now: datetime) -> None:
        async with self._sessions.begin() as session:
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

    async def _expire_due(self) -> datetime | None:
        """One offer that cannot be taken back keeps nobody else waiting; return when to try it again."""
        now = self._clock.now()
        due = select(Offer.id).where(Offer.status == OfferStatus.PENDING, Offer.expires_at <= now)
        async with reading(self._sessions) as session:
            offer_ids = (await session.scalars(due.order_by(Offer.expires_at))).all()
        return await do_each((partial(self._expire, offer_id, now) for offer_id in offer_ids), now)

    async def _expire(self, offer_id: UUID, now: datetime) -> None:
        async with self._sessions.begin() as session:
            await offers.expire_offer(session, offer_id, now)

    async def _offer_all(self) -> datetime | None:
        """Offer until nothing is left to offer: what a rival took meanwhile is looked at anew, but not for ever.

        Return when time alone will change something: an offer runs out, or somebody asks for less.
        """
        this = _Pass(self._clock.now())
        while True:
            async with reading(self._sessions) as session:
                pairs, due = await self._placeable(session, without=this.hopeless())
                expiry = await _next_expiry(session, this.begun_at)
            made = [offer for some in _portions(pairs) for offer in await self._make(some, this)]
            if len(made) == len(pairs):
                moments = (due, expiry, this.again, *(offer.expires_at for offer in made))
                return min((moment for moment in moments if moment), default=None)

    async def _make(self, pairs: Sequence[Pair], this: "_Pass") -> Sequence[Offer]:
        """What cannot be offered must not keep those behind it waiting: where many fail, each is tried alone."""
        try:
            made = await self.make_offers(pairs)
        except Exception as error:
            if len(pairs) > 1:
                return [offer for pair in pairs for offer in await self._make([pair], this)]
            log_failure(log, error, "entry %s cannot be offered", pairs[0][0])
            this.give_up(pairs[0][0], again=not isinstance(error, HandoffError))
            return []
        this.tries.update(entry_id for entry_id, _ in pairs)
        return made

    async def make_offers(self, pairs: Sequence[Pair]) -> Sequence[Offer]:
        async with self._sessions.begin() as session:
            return await offering.make_offers(session, pairs, self._clock.now())

    async def _placeable(
        self, session: AsyncSession, without: Set[UUID] = frozenset()
    ) -> tuple[Sequence[Pair], datetime | None]:
        now = self._clock.now()
        view = await line.read_view(session, queues_of(session), now, spare=len(without))
        has_calls = bool(view.waiting) and await line.has_lately_had_calls(session, now)
        waiting = [entry for entry in view.waiting if entry.entry_id not in without]
        pairs = choose(waiting, view.servers, now, spare_for_calls=SPARE_FOR_CALLS if has_calls else 0)
        return [(entry.entry_id, server.agent_id) for entry, server in pairs], view.due


@dataclass
class _Pass:
    """What one pass has tried; `again` is when it is worth another."""

    begun_at: datetime
    tries: Counter[UUID] = field(default_factory=Counter)
    again: datetime | None = None

    def hopeless(self) -> frozenset[UUID]:
        return frozenset(entry_id for entry_id, number in self.tries.items() if number >= _TRIES)

    def give_up(self, entry_id: UUID, *, again: bool) -> None:
        self.tries[entry_id] = _TRIES
        if again:
            self.again = self.begun_at + timedelta(seconds=_PAUSE_AFTER_ERROR)


def _portions(pairs: Sequence[Pair]) -> Iterator[Sequence[Pair]]:
    return (pairs[start : start + _OFFERS_AT_ONCE] for start in range(0, len(pairs), _OFFERS_AT_ONCE))


async def _next_expiry(session: AsyncSession, now: datetime) -> datetime | None:
    """What could not be taken back in time is not waited for: it is tried again anyway."""
    pending = Offer.status == OfferStatus.PENDING
    return await session.scalar(select(func.min(Offer.expires_at)).where(pending, Offer.expires_at > now))
