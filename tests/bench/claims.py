"""Let many workers in several processes claim the same conversations, and count double owners and overloaded agents.

    .venv/bin/python -m tests.bench.claims [--workers 50] [--processes 5] [--conversations 10000] [--only sqlite]

Every conversation is claimed twice at about the same time, by different workers for different agents: by accepting an
offer, by hand, by assignment, or by transfer from whoever has it. Meanwhile dispatchers in two of the processes offer
the same conversations to whoever has room, who accepts. There is less room than there are conversations, so agents fill
up, too. All speak every language.
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.clock import SystemClock
from handoff.agents.models import Agent, AgentSkill
from handoff.contact_log import ContactEvent, ContactEventKind
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.db import Sessions, make_async_engine, make_sessions, unbroken
from handoff.errors import HandoffError
from handoff.live import LiveEvents
from handoff.routing import claims, offers
from handoff.routing.dispatcher import Dispatcher
from handoff.routing.limits import WHOLE_PERSON, count_held, load_of
from handoff.routing.models import Offer, QueueEntry
from handoff.routing.offering import Pair, make_offers
from tests.bench.queue_world import LANGUAGES, Centre, fill
from tests.databases import KINDS, of_kind

CAPACITY = 20
ROOM_SHARE = 0.8
BUSY = "tried again"
DISPATCHERS = 2
WAYS = ("accepted", "taken", "assigned", "transferred")


@dataclass(frozen=True)
class Crew:
    """The claims of one process, for each of its workers in the order of the conversations."""

    url: str
    claims: Sequence[Sequence[tuple[UUID, UUID, str]]]  # entry, agent, way
    dispatches: bool


def run(url: str, *, workers: int, processes: int, conversations: int) -> dict[str, Any]:
    """Fill the database, let the workers loose, and return what came of it."""
    agents = max(1, round(conversations * ROOM_SHARE / CAPACITY))
    centre = asyncio.run(_prepare(url, agents, conversations))
    shares = _shares(centre, workers)
    crews = [Crew(url, shares[number::processes], number < DISPATCHERS) for number in range(processes)]
    started = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        outcomes: Counter[str] = sum(pool.map(_work, crews), Counter())
    seconds = time.perf_counter() - started
    return {
        "workers": workers,
        "processes": processes,
        "conversations": conversations,
        "claims": 2 * conversations,
        "seconds": round(seconds, 1),
        "claims_per_second": round(2 * conversations / seconds, 1),
        "outcomes": dict(outcomes),
        **asyncio.run(_judge(url)),
    }


def _shares(centre: Centre, workers: int) -> list[list[tuple[UUID, UUID, str]]]:
    random = Random(2)
    shares: list[list[tuple[UUID, UUID, str]]] = [[] for _ in range(workers)]
    for entry in centre.entries:
        # Two different agents: one who claims twice would win twice, and rightly.
        rivals = random.sample(centre.agents, min(2, len(centre.agents)))
        for worker, agent in zip(random.sample(range(workers), len(rivals)), rivals, strict=True):
            shares[worker].append((entry, agent, random.choice(WAYS)))
    return shares


def _work(crew: Crew) -> Counter[str]:
    return asyncio.run(_work_together(crew))


async def _work_together(crew: Crew) -> Counter[str]:
    engine, sessions = _connect(crew.url)
    by_offer: Counter[str] = Counter()
    rival = asyncio.create_task(_dispatch(sessions, by_offer)) if crew.dispatches else None
    try:
        outcomes = await asyncio.gather(*(_work_alone(sessions, share) for share in crew.claims))
    finally:
        if rival is not None:
            rival.cancel()
            await asyncio.gather(rival, return_exceptions=True)
        await engine.dispose()
    return sum(outcomes, by_offer)


class _Eager(Dispatcher):
    """Keeps the offers that it has made."""

    made: list[Offer]

    async def make_offers(self, pairs: Sequence[Pair]) -> Sequence[Offer]:
        made = await super().make_offers(pairs)
        self.made += made
        return made


async def _dispatch(sessions: Sessions, outcomes: Counter[str]) -> None:
    dispatcher = _Eager(sessions, LiveEvents(), SystemClock())
    while True:
        dispatcher.made = []
        with contextlib.suppress(OperationalError):
            await dispatcher.tick()
        for offer in dispatcher.made:
            outcomes[await _accept_safely(sessions, offer)] += 1
        await asyncio.sleep(0.2)


@unbroken
async def _accept_safely(sessions: Sessions, offer: Offer) -> str:
    try:
        async with sessions.begin() as session:
            agent = await session.get_one(Agent, offer.agent_id)
            await offers.accept_offer(session, offer.id, agent, datetime.now(UTC))
    except (HandoffError, OperationalError) as error:
        return f"{type(error).__name__} of a dispatcher's offer"
    return "accepted"


async def _work_alone(sessions: Sessions, share: Sequence[tuple[UUID, UUID, str]]) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    for entry_id, agent_id, way in share:
        while (outcome := await _try(sessions, entry_id, agent_id, way)) == BUSY:
            outcomes[BUSY] += 1
        outcomes[outcome] += 1
    return outcomes


async def _try(sessions: Sessions, entry_id: UUID, agent_id: UUID, way: str) -> str:
    """So many writers at once make SQLite's own patience end at times; who is turned away tries again."""
    try:
        return await _claim(sessions, entry_id, agent_id, way)
    except HandoffError as error:
        return type(error).__name__
    except OperationalError as error:
        if "locked" not in str(error):
            raise
        return BUSY


async def _claim(sessions: Sessions, entry_id: UUID, agent_id: UUID, way: str) -> str:
    now = datetime.now(UTC)
    if way == "transferred":
        return await _transfer(sessions, entry_id, agent_id, now)
    if way != "accepted":
        async with sessions.begin() as session:
            await claims.claim(session, entry_id, agent_id, now, how="taken" if way == "taken" else "assigned")
        return way
    async with sessions.begin() as session:
        made = await make_offers(session, [(entry_id, agent_id)], now)
    if not made:
        return "not offered"
    async with sessions.begin() as session:
        await offers.accept_offer(session, made[0].id, await session.get_one(Agent, agent_id), now)
    return way


async def _transfer(sessions: Sessions, entry_id: UUID, agent_id: UUID, now: datetime) -> str:
    """Pass it on if somebody has it, else take it."""
    async with sessions.begin() as session:
        entry = await session.get_one(QueueEntry, entry_id)
        conversation = await session.get_one(Conversation, entry.conversation_id)
        if conversation.status is not ConversationStatus.ACTIVE:
            await claims.claim(session, entry_id, agent_id, now, how="transferred")
            return "taken"
        await claims.transfer(session, conversation, now, to_agent=agent_id)
    return "transferred"


async def _prepare(url: str, agents: int, conversations: int) -> Centre:
    engine, sessions = _connect(url)
    async with sessions.begin() as session:
        centre = await fill(session, agents=agents, waiting=conversations, capacity=CAPACITY)
        languages = [f"language:{language}" for language in LANGUAGES]
        await session.execute(delete(AgentSkill).where(AgentSkill.skill.in_(languages)))
        every = [{"agent_id": agent_id, "skill": skill} for agent_id in centre.agents for skill in languages]
        await session.execute(insert(AgentSkill), every)
    await engine.dispose()
    return centre


async def _judge(url: str) -> dict[str, int]:
    engine, sessions = _connect(url)
    async with sessions() as session:
        changes = select(ContactEvent.conversation_id, ContactEvent.kind, ContactEvent.agent_id)
        of_owners = changes.where(ContactEvent.kind.in_((ContactEventKind.TAKEN, ContactEventKind.TRANSFERRED)))
        rows = (await session.execute(of_owners.order_by(ContactEvent.number))).all()
        log = [(row.conversation_id, row.kind, row.agent_id) for row in rows]
        held = select(Conversation.id, Conversation.agent_id).where(Conversation.status == ConversationStatus.ACTIVE)
        owners = {row.id: row.agent_id for row in await session.execute(held)}
        loads = await count_held(session, None, datetime.now(UTC))
        agents = {agent.id: agent for agent in await session.scalars(select(Agent))}
        waiting = select(func.count()).where(Conversation.status != ConversationStatus.ACTIVE)
        left = await session.scalar(waiting) or 0
    await engine.dispose()
    return {
        "owned": len(owners),
        "left": left,
        "double_owners": _count_double_owners(log, owners),
        "agents_over_limit": sum(
            load_of(held_by, agents[agent_id].capacity) > WHOLE_PERSON for agent_id, held_by in loads.items()
        ),
        "agents_full": sum(
            load_of(held_by, agents[agent_id].capacity) == WHOLE_PERSON for agent_id, held_by in loads.items()
        ),
    }


def _count_double_owners(log: Sequence[tuple[UUID, ContactEventKind, UUID]], owners: Mapping[UUID, UUID]) -> int:
    """By the log in its order: taken while somebody had it, passed on by who had it not, or held by another at last."""
    holder: dict[UUID, UUID | None] = {}
    doubles = 0
    for conversation_id, kind, agent_id in log:
        has = holder.get(conversation_id)
        doubles += has is not None if kind is ContactEventKind.TAKEN else has != agent_id
        holder[conversation_id] = agent_id if kind is ContactEventKind.TAKEN else None
    return doubles + sum(owners.get(conversation_id) != agent_id for conversation_id, agent_id in holder.items())


def _connect(url: str) -> tuple[AsyncEngine, Sessions]:
    engine = make_async_engine(url)
    return engine, make_sessions(engine, LiveEvents())


def main() -> None:
    arguments = read_arguments()
    results = {}
    for kind in [arguments.only] if arguments.only else KINDS:
        databases = of_kind(kind)
        url = databases.create()
        results[kind] = run(
            url, workers=arguments.workers, processes=arguments.processes, conversations=arguments.conversations
        )
        print(json.dumps({kind: results[kind]}), flush=True)
        databases.drop(url)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=50)
    parser.add_argument("--processes", type=int, default=5)
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--only", choices=KINDS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
