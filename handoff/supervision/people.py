"""The agents as they stand now, from their tables: presence, what each holds, what each can do."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, AgentSkill, Presence
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.routing.queues import Queue
from handoff.supervision.agent_log import AgentState, state_of
from handoff.wrap_up.models import WrapUp


@dataclass(frozen=True)
class Person:
    agent: Agent
    skills: frozenset[str]
    conversations: int
    wrap_ups: int

    @property
    def state(self) -> AgentState:
        return state_of(self.agent.presence.value, self.conversations, self.wrap_ups)

    @property
    def has_room(self) -> bool:
        """Available, with room for one more chat."""
        is_full = self.conversations + self.wrap_ups >= self.agent.capacity
        return self.agent.presence is Presence.AVAILABLE and not is_full

    def can_serve(self, queue: Queue, language: str) -> bool:
        return {f"language:{language}", *queue.required} <= self.skills


async def list_people(session: AsyncSession, now: datetime) -> Sequence[Person]:
    agents = (await session.scalars(select(Agent).order_by(Agent.name, Agent.id))).all()
    skills: dict[UUID, set[str]] = defaultdict(set)
    for row in await session.scalars(select(AgentSkill)):
        skills[row.agent_id].add(row.skill)
    held, wrapping = await _count_held(session), await _count_wrap_ups(session, now)
    return [
        Person(agent, frozenset(skills[agent.id]), held.get(agent.id, 0), wrapping.get(agent.id, 0)) for agent in agents
    ]


async def _count_held(session: AsyncSession) -> dict[UUID | None, int]:
    active = select(Conversation.agent_id, func.count()).where(Conversation.status == ConversationStatus.ACTIVE)
    return dict((await session.execute(active.group_by(Conversation.agent_id))).all())


async def _count_wrap_ups(session: AsyncSession, now: datetime) -> dict[UUID, int]:
    is_open = WrapUp.finished_at.is_(None), WrapUp.ends_at > now
    wanted = select(WrapUp.agent_id, func.count()).where(*is_open).group_by(WrapUp.agent_id)
    return dict((await session.execute(wanted)).all())
