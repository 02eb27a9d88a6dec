"""Whatever happens in whatever order: nobody waits while somebody on duty who may serve them has room."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select

from handoff.agents import service as agents_service
from handoff.agents.models import Agent, AgentSkill, Presence
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.conversations.posting import lock
from handoff.conversations.service import close_conversation, return_to_bot
from handoff.live import ROUTING_STREAM
from handoff.routing import claims, offering, offers
from handoff.routing.dispatcher import Dispatcher
from handoff.routing.line import AGAIN_AFTER
from handoff.routing.models import EntryStatus, Offer, OfferStatus, QueueEntry
from handoff.supervision.acting import change_limit
from tests.handoff.routing.crowd import Crowd

STEPS = 40
SETTLED_WITHIN = 5.0
SKILLS = (["language:en"], ["language:en", "language:de"], ["language:fi", "language:de"])
REFUSED = (OfferStatus.DECLINED, OfferStatus.EXPIRED)


class DispatcherDies(Exception):
    """In the middle of a pass, with some offers made and others not."""


class Day:
    """A day in the contact centre, step by step; knows by itself, from the rows alone, who could be offered whom."""

    def __init__(self, crowd: Crowd, random: Random, monkeypatch: pytest.MonkeyPatch) -> None:
        self.crowd, self.random, self.monkeypatch = crowd, random, monkeypatch
        self.agents: list[Agent] = []
        self.steps: list[Callable[[], Awaitable[object]]] = [
            self.arrive, self.arrive, self.arrive, self.accept, self.accept, self.decline, self.wait,
            self.close, self.close, self.change_presence, self.change_limit, self.pass_on, self.lose, self.leave,
            self.die, self.restart,
        ]  # fmt: skip

    async def open(self) -> None:
        for number, skills in enumerate(SKILLS * 2):
            self.agents.append(await self.crowd.agent(f"Agent{number}", capacity=1 + number % 3, skills=skills))

    async def run(self) -> None:
        for _ in range(STEPS):
            step = self.random.choice(self.steps)
            await step()
            await self.settle(step.__name__)

    async def settle(self, after: str) -> None:
        """Only events move the dispatcher: nobody here calls it."""
        patience = asyncio.get_running_loop().time() + SETTLED_WITHIN
        while pairs := await self.placeable():
            assert asyncio.get_running_loop().time() < patience, f"{len(pairs)} pairs forgotten after {after}"
            await asyncio.sleep(0.02)
        assert await self.overloaded() == []

    # What may happen

    async def arrive(self) -> None:
        channel = self.random.choice([Channel.WEBCHAT, Channel.WEBCHAT, Channel.SMS])
        topic, language = self.random.choice(["bills", "payments", "other"]), self.random.choice(["en", "de", "fi"])
        address = f"+49{self.random.randrange(10**9)}"
        await self.crowd.customer(topic=topic, language=language, channel=channel, address=address)

    async def accept(self) -> None:
        pending = await self.pick(Offer, Offer.status == OfferStatus.PENDING)
        if pending:
            agent = next(agent for agent in self.agents if agent.id == pending.agent_id)
            await self.crowd.attempt(lambda s: offers.accept_offer(s, pending.id, agent, self.crowd.now))

    async def decline(self) -> None:
        pending = await self.pick(Offer, Offer.status == OfferStatus.PENDING)
        if pending:
            agent = next(agent for agent in self.agents if agent.id == pending.agent_id)
            await self.crowd.attempt(lambda s: offers.decline_offer(s, pending.id, agent, self.crowd.now))

    async def wait(self) -> None:
        """The clock of the tests moves no timers, so the moment is told like an event."""
        self.crowd.clock.advance(seconds=self.random.choice([5, 20, 61]))
        self.crowd.live.notify(ROUTING_STREAM)

    async def close(self) -> None:
        await self.with_active(lambda s, c: close_conversation(s, c, self.crowd.now))

    async def pass_on(self) -> None:
        queue = self.random.choice(["bills", "contracts"])
        await self.with_active(lambda s, c: claims.transfer(s, c, self.crowd.now, to_queue=queue))

    async def lose(self) -> None:
        async def requeue(session, conversation) -> None:
            await lock(session, conversation)
            await claims.requeue(session, conversation, self.crowd.now, why="agent_lost")

        await self.with_active(requeue)

    async def leave(self) -> None:
        waiting = await self.pick(QueueEntry, QueueEntry.status.in_([EntryStatus.WAITING, EntryStatus.OFFERED]))
        if waiting:
            leave = self.random.choice([close_conversation, return_to_bot])
            await self.crowd.with_conversation(waiting.conversation_id, lambda s, c: leave(s, c, self.crowd.now))

    async def change_presence(self) -> None:
        agent, wish = self.random.choice(self.agents), self.random.choice([Presence.AVAILABLE, Presence.AWAY])
        await self.crowd.attempt(lambda s: agents_service.set_presence(s, agent, wish, self.crowd.now))

    async def change_limit(self) -> None:
        agent, limit = self.random.choice(self.agents), self.random.randint(1, 4)
        await self.crowd.attempt(lambda s: change_limit(s, agent.id, limit, self.agents[0].id, self.crowd.now))

    async def die(self) -> None:
        """The next offer is not finished; what had been made before it stands."""
        make = offering.make_offers

        async def half(*args: object) -> None:
            self.monkeypatch.setattr(offering, "make_offers", make)
            await make(*args)  # type: ignore[arg-type]  # passed on as given
            raise DispatcherDies

        self.monkeypatch.setattr(offering, "make_offers", half)
        await self.arrive()

    async def restart(self) -> None:
        await self.crowd.dispatcher.stop()
        await self.arrive()
        self.crowd.dispatcher = Dispatcher(self.crowd.sessions, self.crowd.live, self.crowd.clock)
        self.crowd.dispatcher.start(with_sweep=False)

    async def with_active(self, work) -> None:
        active = await self.pick(Conversation, Conversation.status == ConversationStatus.ACTIVE)
        if active:
            await self.crowd.with_conversation(active.id, work)

    async def pick(self, model, condition):
        async with self.crowd.sessions() as session:
            rows = (await session.scalars(select(model).where(condition))).all()
        return self.random.choice(sorted(rows, key=lambda row: row.id)) if rows else None

    # What must hold

    async def placeable(self) -> list[tuple[UUID, UUID]]:
        async with self.crowd.sessions() as session:
            waiting = (await session.scalars(select(QueueEntry).where(QueueEntry.status == EntryStatus.WAITING))).all()
            agents = (await session.scalars(select(Agent).where(Agent.presence == Presence.AVAILABLE))).all()
            skills = {(row.agent_id, row.skill) for row in await session.scalars(select(AgentSkill))}
            refusals = (await session.scalars(select(Offer).where(Offer.status.in_(REFUSED)))).all()
            busy = set(await session.scalars(select(Offer.agent_id).where(Offer.status == OfferStatus.PENDING)))
            loads = await self.loads(session)
        pairs = []
        for entry in waiting:
            able = [agent for agent in agents if (agent.id, f"language:{entry.language}") in skills]
            refused = {offer.agent_id: offer.ended_at for offer in refusals if offer.entry_id == entry.id}
            fits = [
                agent
                for agent in able
                if agent.id not in busy and loads[agent.id] + _weight(entry.channel, agent.capacity) <= 1000
            ]
            asked = [agent for agent in fits if agent.id not in refused]
            again = [agent for agent in fits if _is_long_ago(refused.get(agent.id), self.crowd.now)]
            pairs += [(entry.id, agent.id) for agent in asked or again]
        return pairs

    async def loads(self, session) -> Counter[UUID]:
        loads: Counter[UUID] = Counter()
        limits = {agent.id: agent.capacity for agent in await session.scalars(select(Agent))}
        held = select(Conversation).where(Conversation.status == ConversationStatus.ACTIVE)
        for conversation in await session.scalars(held):
            loads[conversation.agent_id] += _weight(conversation.channel, limits[conversation.agent_id])
        return loads

    async def overloaded(self) -> list[str]:
        """Nobody is given more than fits; a limit that is lowered takes nothing away."""
        async with self.crowd.sessions() as session:
            loads = await self.loads(session)
            agents = {agent.id: agent for agent in await session.scalars(select(Agent))}
        before, self.before = getattr(self, "before", {}), {key: (loads[key], agents[key].capacity) for key in agents}
        return [
            agents[key].name
            for key, (load, limit) in self.before.items()
            if load > 1000 and load > before.get(key, (0, 0))[0] and before[key][1] == limit
        ]


def _weight(channel: Channel, limit: int) -> int:
    return {Channel.VOICE: 1000, Channel.WEBCHAT: 1000 // limit, Channel.SMS: 200}[channel]


def _is_long_ago(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now - max(AGAIN_AFTER, timedelta(seconds=60))


@pytest.mark.parametrize("seed", range(3))
async def test_nobody_waits_while_somebody_who_may_serve_them_has_room(crowd: Crowd, monkeypatch, seed: int):
    await crowd.dispatcher.stop()
    crowd.dispatcher.start(with_sweep=False)
    day = Day(crowd, Random(seed), monkeypatch)
    await day.open()
    try:
        await day.run()
    finally:
        await crowd.dispatcher.stop()
