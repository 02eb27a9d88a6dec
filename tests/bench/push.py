"""How fast the next customer is offered, after random events with the sweep off, in a flood and with a long line; and
how fast the board of a long day is read.

    .venv/bin/python -m tests.bench.push [--events 1000] [--history 20000] [--only sqlite|postgresql]

The latency of an event is the time from the return of its commit to the commit of the offer that it made possible.
`history` contacts are over and lie in the tables. Machines are shared: read the figures as an upper bound.
"""

import argparse
import asyncio
import contextlib
import json
import statistics
import time
from collections.abc import Callable, Coroutine, Sequence
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
from handoff.errors import OfferExpired
from handoff.live import LiveEvents
from handoff.routing import line, offers
from handoff.routing.dispatcher import Dispatcher, Pair
from handoff.routing.models import Offer, OfferStatus
from handoff.routing.policy import choose
from handoff.routing.queues import queues_of
from handoff.supervision.acting import change_limit
from handoff.supervision.kept_log import KeptLog
from handoff.supervision.snapshot import load_board
from tests.bench.history import add_history, add_today
from tests.bench.queue_world import LANGUAGES, Centre, fill
from tests.databases import KINDS, of_kind

DECISIONS = 200
TODAY = 10_000
BOARDS = 8
FLOOD = 600
CUSTOMERS_AT_ONCE = 4
AGENTS_AT_ONCE = 8
PATIENCE_SECONDS = 2.0
FLOOD_SECONDS = 120.0


class Floor:
    """One process with a dispatcher whose sweep is off, and all that agents and customers do to it."""

    def __init__(self, url: str) -> None:
        self.engine: AsyncEngine = make_async_engine(url)
        self.live = LiveEvents()
        self.sessions: Sessions = make_sessions(self.engine, self.live)
        self.dispatcher = Dispatcher(self.sessions, self.live, SystemClock())
        self.random = Random(3)
        self.made: list[float] = []
        self.offered: asyncio.Queue[Offer] = asyncio.Queue()
        self.passed = 0.0
        self._look_inside()

    def _look_inside(self) -> None:
        """Note when offers have been committed, and when the last pass that is over began."""
        make, tick = self.dispatcher.make_offers, self.dispatcher.tick

        async def noted(pairs: Sequence[Pair]) -> Sequence[Offer]:
            made = await make(pairs)
            self.made += [time.perf_counter()] * len(made)
            for offer in made:
                self.offered.put_nowait(offer)
            return made

        async def timed() -> datetime | None:
            begun = time.perf_counter()
            due = await tick()
            self.passed = begun
            return due

        self.dispatcher.make_offers = noted  # type: ignore[method-assign]  # a bench may look inside
        self.dispatcher.tick = timed  # type: ignore[method-assign]  # the same

    async def stop(self) -> None:
        await self.dispatcher.stop()
        await self.engine.dispose()

    async def placeable(self) -> int:
        view = await self.view()
        return len(choose(view.waiting, view.servers, datetime.now(UTC)))

    async def view(self) -> line.View:
        async with reading(self.sessions) as session:
            return await line.read_view(session, queues_of(session), datetime.now(UTC))

    async def settle(self, since: float) -> None:
        """Wait for a pass of the dispatcher that began later; asking the database meanwhile would slow it down."""
        patience = time.perf_counter() + PATIENCE_SECONDS
        while self.passed <= since and time.perf_counter() < patience:
            await asyncio.sleep(0.002)
        while await self.placeable():  # the pass was too early, or an offer runs out at this moment
            if time.perf_counter() > patience + PATIENCE_SECONDS:
                raise SystemExit("an event brought no offer")
            await asyncio.sleep(0.05)

    async def happen(self) -> bool:
        """One random change of capacity or demand; False if nobody was there for it."""
        step = self.random.choice(
            (self.accept, self.accept, self.accept, self.close, self.close, self.arrive, self.away)
        )
        return await step()

    async def accept(self) -> bool:
        is_open = (Offer.status == OfferStatus.PENDING, Offer.expires_at > datetime.now(UTC))
        offer = await self._any(select(Offer).where(*is_open))
        return offer is not None and await self.accept_this(offer)

    async def accept_this(self, offer: Offer) -> bool:
        """An offer that has run out meanwhile is no event."""
        with contextlib.suppress(OfferExpired):
            async with self.sessions.begin() as session:
                agent = await session.get_one(Agent, offer.agent_id)
                await offers.accept_offer(session, offer.id, agent, datetime.now(UTC))
            return True
        return False

    async def close(self) -> bool:
        active = await self._any(select(Conversation).where(Conversation.status == ConversationStatus.ACTIVE))
        if active is None:
            return False
        async with self.sessions.begin() as session:
            conversation = await session.get_one(Conversation, active.id)
            await close_conversation(session, conversation, datetime.now(UTC))
        return True

    async def arrive(self) -> bool:
        await self.ask(await self.open())
        return True

    async def open(self, language: str = "en") -> UUID:
        async with self.sessions.begin() as session:
            conversation, _ = await open_conversation(
                session, channel=Channel.WEBCHAT, language=language, address=None, now=datetime.now(UTC)
            )
        return conversation.id

    async def ask(self, conversation_id: UUID) -> None:
        """Somebody who talked with the assistant wants a person."""
        async with self.sessions.begin() as session:
            conversation = await session.get_one(Conversation, conversation_id)
            now = datetime.now(UTC)
            await request_handoff(session, conversation, reason="asked_for_person", topic="bills", now=now)

    async def away(self) -> bool:
        """Somebody goes and comes back, or may hold one more."""
        agent = await self._any(select(Agent))
        for wish in (Presence.AWAY, Presence.AVAILABLE):
            async with self.sessions.begin() as session:
                await set_presence(session, await session.get_one(Agent, agent.id), wish, datetime.now(UTC))
        async with self.sessions.begin() as session:
            await change_limit(session, agent.id, self.random.randint(2, 5), agent.id, datetime.now(UTC))
        return True

    async def _any(self, wanted: Any) -> Any:  # Any: whatever row the statement finds
        async with reading(self.sessions) as session:
            rows = (await session.scalars(wanted.limit(200))).all()
        return self.random.choice(rows) if rows else None


async def measure_events(url: str, events: int, history: int) -> dict[str, Any]:
    floor = Floor(url)
    await _fill(floor, history, agents=30, waiting=400, capacity=3)
    floor.dispatcher.start(with_sweep=False)
    await floor.settle(time.perf_counter())  # the first offers of the day are not measured
    latencies: list[float] = []
    done = 0
    while done < events:
        before, begun = len(floor.made), time.perf_counter()
        if not await floor.happen():
            continue
        done, committed = done + 1, time.perf_counter()
        await floor.settle(begun)
        latencies += [max(0.0, moment - committed) for moment in floor.made[before:]]
    found = await floor.dispatcher.sweep(grace_seconds=0)
    await floor.stop()
    return {"events": events, "offers": len(latencies), **_quantiles(latencies), "sweep_hits": found}


async def measure_flood(url: str, history: int) -> dict[str, Any]:
    """All of them stand in line: from there to the agent who has accepted."""
    floor = Floor(url)
    await _fill(floor, history, agents=40, waiting=FLOOD, capacity=20)
    return await _let_flow(floor, [])


async def measure_wishes(url: str, history: int) -> dict[str, Any]:
    """The whole way, from the wish for a person to the agent who has accepted; CUSTOMERS_AT_ONCE ask at a time."""
    floor = Floor(url)
    await _fill(floor, history, agents=40, waiting=0, capacity=20)
    asking = [await floor.open(floor.random.choice(LANGUAGES)) for _ in range(FLOOD)]
    return await _let_flow(floor, asking)


async def _let_flow(floor: Floor, asking: Sequence[UUID]) -> dict[str, Any]:
    """Agents accept what they are offered, at once, until all have somebody."""
    wishes, done = iter(asking), 0

    async def ask() -> None:
        for conversation_id in wishes:
            await floor.ask(conversation_id)

    async def accept() -> None:
        nonlocal done
        while done < FLOOD:
            offer = await floor.offered.get()
            has_it = await floor.accept_this(offer)
            done += has_it  # not in one: another may have counted meanwhile

    started = time.perf_counter()
    floor.dispatcher.start(with_sweep=False)
    people = [asyncio.create_task(accept()) for _ in range(AGENTS_AT_ONCE)]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(FLOOD_SECONDS):
            await asyncio.gather(*(ask() for _ in range(CUSTOMERS_AT_ONCE)))
            await asyncio.wait(people, return_when=asyncio.FIRST_COMPLETED)
    seconds = time.perf_counter() - started
    for person in people:
        person.cancel()
    await asyncio.gather(*people, return_exceptions=True)
    await floor.stop()
    return {"handoffs": done, "handoffs_per_second": round(done / seconds, 1)}


async def measure_decisions(url: str, history: int) -> dict[str, Any]:
    """One agent of 500 becomes free while 5,000 wait: what reading and choosing cost."""
    floor = Floor(url)
    centre = await _fill(floor, history, agents=500, waiting=5000, capacity=3, presence=Presence.AWAY)
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


async def measure_board(url: str, history: int) -> dict[str, Any]:
    """The board in the evening of a long day: read for the first time, and again while contacts come in."""
    floor, kept = Floor(url), KeptLog()
    centre = await _fill(floor, history, agents=100, waiting=50, capacity=3)
    async with floor.sessions.begin() as session:
        now = datetime.now(UTC)
        await add_today(session, centre.agents, TODAY, now, spread=(now.hour * 60 + now.minute) * 30)
    seconds = []
    for _ in range(BOARDS):
        await floor.arrive()
        begun = time.perf_counter()
        async with reading(floor.sessions) as session:
            await load_board(session, queues_of(session), datetime.now(UTC), kept)
        seconds.append(time.perf_counter() - begun)
    await floor.stop()
    return {"contacts": TODAY, "first_ms": round(seconds[0] * 1000), "again": _quantiles(seconds[1:])}


async def _fill(floor: Floor, history: int, *, presence: Presence = Presence.AVAILABLE, **size: int) -> Centre:
    async with floor.sessions.begin() as session:
        centre = await fill(session, presence=presence, **size)
        await add_history(session, centre.agents, history, datetime.now(UTC))
    return centre


def _quantiles(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    if not ordered:
        return {}
    last = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return {"p50_ms": round(statistics.median(ordered) * 1000, 1), "p99_ms": round(last * 1000, 1)}


def main() -> None:
    arguments = read_arguments()
    measures: dict[str, Callable[[str], Coroutine[Any, Any, dict[str, Any]]]] = {
        "events": lambda url: measure_events(url, arguments.events, arguments.history),
        "flood": lambda url: measure_flood(url, arguments.history),
        "wishes": lambda url: measure_wishes(url, arguments.history),
        "decisions": lambda url: measure_decisions(url, arguments.history),
        "board": lambda url: measure_board(url, arguments.history),
    }
    for kind in [arguments.only] if arguments.only else KINDS:
        databases = of_kind(kind)
        for name in [arguments.measure] if arguments.measure else measures:
            url = databases.create()
            print(json.dumps({kind: {name: asyncio.run(measures[name](url))}}), flush=True)
            databases.drop(url)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--history", type=int, default=20_000)
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--measure", choices=("events", "flood", "wishes", "decisions", "board"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
