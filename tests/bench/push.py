"""How fast the next customer is offered: after random events with the sweep off, in a flood, and with a long line.

    .venv/bin/python -m tests.bench.push [--events 1000] [--only sqlite|postgresql]

The latency of an event is the time from the return of its commit to the commit of the offer that it made possible.
Machines are shared: read the figures as an upper bound.
"""

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.clock import SystemClock
from handoff.agents.models import Agent, Presence
from handoff.agents.service import set_presence
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.conversations.service import close_conversation, open_conversation, request_handoff
from handoff.db import Sessions, make_async_engine, make_sessions, reading
from handoff.live import LiveEvents
from handoff.routing import line, offers
from handoff.routing.dispatcher import Dispatcher
from handoff.routing.models import EntryStatus, Offer, OfferStatus, QueueEntry
from handoff.routing.policy import choose
from handoff.routing.queues import queues_of
from handoff.supervision.acting import change_limit
from tests.bench.queue_world import Centre, fill
from tests.databases import KINDS, of_kind

DECISIONS = 200
FLOOD = 200
PATIENCE_SECONDS = 5.0


class Floor:
    """One process with a dispatcher whose sweep is off, and all that agents and customers do to it."""

    def __init__(self, url: str) -> None:
        self.engine: AsyncEngine = make_async_engine(url)
        self.live = LiveEvents()
        self.sessions: Sessions = make_sessions(self.engine, self.live)
        self.dispatcher = Dispatcher(self.sessions, self.live, SystemClock())
        self.random = Random(3)

    async def placeable(self) -> int:
        view = await self.view()
        return len(choose(view.waiting, view.servers, datetime.now(UTC)))

    async def view(self) -> line.View:
        async with reading(self.sessions) as session:
            return await line.read_view(session, queues_of(session), datetime.now(UTC))

    async def seconds_to_offer(self) -> float | None:
        """Wait until nobody could be offered anything any more; None when nothing was to be offered."""
        started = time.perf_counter()
        if not await self.placeable():
            return None
        while await self.placeable():
            if time.perf_counter() - started > PATIENCE_SECONDS:
                raise SystemExit("an event brought no offer")
        return time.perf_counter() - started

    async def happen(self) -> None:
        """One random change of capacity or demand."""
        step = self.random.choice(
            (self.accept, self.accept, self.accept, self.close, self.close, self.arrive, self.away)
        )
        await step()

    async def accept(self) -> None:
        offer = await self._any(select(Offer).where(Offer.status == OfferStatus.PENDING))
        if offer is not None:
            async with self.sessions.begin() as session:
                agent = await session.get_one(Agent, offer.agent_id)
                await offers.accept_offer(session, offer.id, agent, datetime.now(UTC))

    async def close(self) -> None:
        active = await self._any(select(Conversation).where(Conversation.status == ConversationStatus.ACTIVE))
        if active is not None:
            async with self.sessions.begin() as session:
                conversation = await session.get_one(Conversation, active.id)
                await close_conversation(session, conversation, datetime.now(UTC))

    async def arrive(self) -> None:
        async with self.sessions.begin() as session:
            now = datetime.now(UTC)
            conversation, _ = await open_conversation(
                session, channel=Channel.WEBCHAT, language="en", address=None, now=now
            )
            await request_handoff(session, conversation, reason="asked_for_person", topic="bills", now=now)

    async def away(self) -> None:
        """Somebody goes and comes back, or may hold one more."""
        agent = await self._any(select(Agent))
        for wish in (Presence.AWAY, Presence.AVAILABLE):
            async with self.sessions.begin() as session:
                await set_presence(session, await session.get_one(Agent, agent.id), wish, datetime.now(UTC))
        async with self.sessions.begin() as session:
            await change_limit(session, agent.id, self.random.randint(2, 5), agent.id, datetime.now(UTC))

    async def _any(self, wanted: Any) -> Any:  # Any: whatever row the statement finds
        async with reading(self.sessions) as session:
            rows = (await session.scalars(wanted.limit(200))).all()
        return self.random.choice(rows) if rows else None


async def measure_events(url: str, events: int) -> dict[str, Any]:
    floor = Floor(url)
    await _fill(floor, agents=30, waiting=400, capacity=3)
    made = _watch_offers(floor)
    floor.dispatcher.start(with_sweep=False)
    while await floor.placeable():  # the first offers of the day are not measured
        await asyncio.sleep(0.1)
    latencies: list[float] = []
    for _ in range(events):
        before = len(made)
        await floor.happen()
        committed = time.perf_counter()
        await floor.seconds_to_offer()
        latencies += [max(0.0, moment - committed) for moment in made[before:]]
    await floor.dispatcher.stop()
    await floor.engine.dispose()
    return {
        "events": events,
        "offers": len(latencies),
        **_quantiles(latencies),
        "sweep_hits": floor.dispatcher.sweep_hits,
    }


async def measure_flood(url: str) -> dict[str, Any]:
    """From the wish for a person to the accepted offer, as many as the dispatcher can bring together."""
    floor = Floor(url)
    await _fill(floor, agents=40, waiting=FLOOD, capacity=20)
    floor.dispatcher.start(with_sweep=False)
    started = time.perf_counter()
    while await _still_waiting(floor) and time.perf_counter() - started < 120:
        async with reading(floor.sessions) as session:
            pending = (await session.scalars(select(Offer).where(Offer.status == OfferStatus.PENDING))).all()
        await asyncio.gather(*(_accept(floor, offer) for offer in pending[:8]))
        await asyncio.sleep(0)
    seconds = time.perf_counter() - started
    done = FLOOD - await _still_waiting(floor)
    await floor.dispatcher.stop()
    await floor.engine.dispose()
    return {"handoffs": done, "handoffs_per_second": round(done / seconds, 1)}


async def measure_decisions(url: str) -> dict[str, Any]:
    """One agent of 500 becomes free while 5,000 wait: what reading and choosing cost."""
    floor = Floor(url)
    centre = await _fill(floor, agents=500, waiting=5000, capacity=3, presence=Presence.AWAY)
    results: dict[str, Any] = {}
    for free in (1, 10):
        async with floor.sessions.begin() as session:
            await session.execute(
                update(Agent).where(Agent.id.in_(centre.agents[:free])).values(presence=Presence.AVAILABLE)
            )
        reads, choices = [], []
        for _ in range(DECISIONS):
            begun = time.perf_counter()
            view = await floor.view()
            read = time.perf_counter()
            choose(view.waiting, view.servers, datetime.now(UTC))
            reads.append(read - begun)
            choices.append(time.perf_counter() - read)
        results[f"{free}_free"] = {"read": _quantiles(reads), "choose": _quantiles(choices), "rows": len(view.waiting)}
    await floor.engine.dispose()
    return results


def _watch_offers(floor: Floor) -> list[float]:
    """Note when each offer of the dispatcher has been committed."""
    made: list[float] = []
    make = floor.dispatcher.make_offer

    async def noted(entry_id: UUID, agent_id: UUID) -> None:
        await make(entry_id, agent_id)
        made.append(time.perf_counter())

    floor.dispatcher.make_offer = noted  # type: ignore[method-assign]  # a bench may look inside
    return made


async def _accept(floor: Floor, offer: Offer) -> None:
    async with floor.sessions.begin() as session:
        agent = await session.get_one(Agent, offer.agent_id)
        await offers.accept_offer(session, offer.id, agent, datetime.now(UTC))


async def _still_waiting(floor: Floor) -> int:
    async with reading(floor.sessions) as session:
        wanted = select(QueueEntry.id).where(QueueEntry.status.in_((EntryStatus.WAITING, EntryStatus.OFFERED)))
        return len((await session.scalars(wanted)).all())


async def _fill(floor: Floor, *, presence: Presence = Presence.AVAILABLE, **size: int) -> Centre:
    async with floor.sessions.begin() as session:
        return await fill(session, presence=presence, **size)


def _quantiles(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    if not ordered:
        return {}
    last = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return {"p50_ms": round(statistics.median(ordered) * 1000, 1), "p99_ms": round(last * 1000, 1)}


def main() -> None:
    arguments = read_arguments()
    measures = {
        "events": lambda url: measure_events(url, arguments.events),
        "flood": measure_flood,
        "decisions": measure_decisions,
    }
    for kind in [arguments.only] if arguments.only else KINDS:
        databases = of_kind(kind)
        for name, measure in measures.items():
            url = databases.create()
            print(json.dumps({kind: {name: asyncio.run(measure(url))}}), flush=True)
            databases.drop(url)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--only", choices=KINDS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
