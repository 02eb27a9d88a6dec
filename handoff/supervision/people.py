"""The agents as they stand now, from their tables: presence, what each holds, what each can do."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, AgentSkill, Presence
from handoff.agents.presence import is_live
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.routing.limits import WHOLE_PERSON, held_load
from handoff.routing.policy import weight
from handoff.routing.queues import Queue
from handoff.supervision.agent_log import AgentState, state_of
from handoff.wrap_up.models import WrapUp


@dataclass(frozen=True)
class Person:
    agent: Agent
    skills: frozenset[str]
    conversations: int
    wrap_ups: int
    load: int  # thousandths of a person, offers included
    is_live: bool

    @property
    def state(self) -> AgentState:
        return state_of(self.agent.presence.value, self.conversations, self.wrap_ups)

    @property
    def has_room(self) -> bool:
        """Would be given one more chat."""
        is_ready = self.is_live and self.agent.presence is Presence.AVAILABLE
        return is_ready and self.load + weight(Channel.WEBCHAT, self.agent.capacity) <= WHOLE_PERSON

    def can_serve(self, queue: Queue, language: str) -> bool:
        return {f"language:{language}", *queue.required} <= self.skills


async def list_people(session: AsyncSession, now: datetime) -> Sequence[Person]:
    agents = (await session.scalars(select(Agent).order_by(Agent.name, Agent.id))).all()
    skills: dict[UUID, set[str]] = defaultdict(set)
    for agent_id, skill in await session.execute(select(AgentSkill.agent_id, AgentSkill.skill)):
        skills[agent_id].add(skill)
    held, wrapping = await _count_held(session), await _count_wrap_ups(session, now)
    loads = await held_load(session, agents, now)
    return [
        Person(
            agent=agent,
            skills=frozenset(skills[agent.id]),
            conversations=held.get(agent.id, 0),
            wrap_ups=wrapping.get(agent.id, 0),
            load=loads[agent.id],
            is_live=is_live(agent, now),
        )
        for agent in agents
    ]


async def _count_held(session: AsyncSession) -> dict[UUID | None, int]:
    active = select(Conversation.agent_id, func.count()).where(Conversation.status == ConversationStatus.ACTIVE)
    return dict((await session.execute(active.group_by(Conversation.agent_id))).all())


async def _count_wrap_ups(session: AsyncSession, now: datetime) -> dict[UUID, int]:
    """A conversation that goes on again is no wrap-up any more."""
    is_open = WrapUp.finished_at.is_(None), WrapUp.ends_at > now, Conversation.status == ConversationStatus.WRAP_UP
    joined = select(WrapUp.agent_id, func.count()).join(Conversation, Conversation.id == WrapUp.conversation_id)
    return dict((await session.execute(joined.where(*is_open).group_by(WrapUp.agent_id))).all())
