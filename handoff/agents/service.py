"""What happens to agents: they are added, become available, go away and leave."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.errors import UnknownSkill
from handoff.agents.models import DEFAULT_CAPACITY, Agent, AgentSkill, Presence, PresenceReason, Role
from handoff.agents.passwords import hash_password
from handoff.agents.presence import change, come_back, is_live
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.db import touch
from handoff.errors import AgentExists, ConversationsHeld
from handoff.events import open_stream
from handoff.live import ROUTING_STREAM, agent_stream
from handoff.routing import claims, offers
from handoff.routing.models import Offer, OfferStatus
from handoff.wrap_up import service as wrap_up
from handoff.wrap_up.models import WrapUp

_SKILL: Final = re.compile(r"[a-z][a-z0-9_]*(:[a-z0-9_]+)?")
LONGEST_SKILL: Final = 60


@dataclass(frozen=True)
class NewAgent:
    """Who is hired. Without skills it is the language of their console that they serve."""

    email: str
    name: str
    language: str
    password: str
    role: Role = Role.AGENT
    skills: tuple[str, ...] = ()
    capacity: int = DEFAULT_CAPACITY


async def add_agent(session: AsyncSession, new: NewAgent, now: datetime) -> Agent:
    """Add an agent who is offline; hashing comes first, so that the transaction stays short."""
    password_hash = await hash_password(new.password)
    if await find_agent_by_email(session, new.email) is not None:
        raise AgentExists
    agent = Agent(
        email=new.email.strip().lower(),
        name=new.name,
        language=new.language,
        password_hash=password_hash,
        role=new.role,
        capacity=new.capacity,
        presence=Presence.OFFLINE,
        presence_since=now,
    )
    session.add(agent)
    await session.flush()
    await set_skills(session, agent, new.skills or (f"language:{new.language}",))
    open_stream(session, agent_stream(agent.id))
    return agent


async def set_skills(session: AsyncSession, agent: Agent, skills: tuple[str, ...]) -> None:
    """Replace what the agent can do."""
    wrong = [skill for skill in skills if not is_skill(skill)]
    if wrong:
        raise UnknownSkill(wrong[0])
    await session.execute(delete(AgentSkill).where(AgentSkill.agent_id == agent.id))
    session.add_all(AgentSkill(agent_id=agent.id, skill=skill) for skill in sorted(set(skills)))
    await session.flush()
    touch(session, ROUTING_STREAM)


def is_skill(word: str) -> bool:
    """Say whether it is written as a skill is: "language:de", "topic:payments", "complaints"."""
    return len(word) <= LONGEST_SKILL and _SKILL.fullmatch(word) is not None


async def find_agent_by_email(session: AsyncSession, email: str) -> Agent | None:
    return await session.scalar(select(Agent).where(Agent.email == email.strip().lower()))


async def set_presence(session: AsyncSession, agent: Agent, presence: Presence, now: datetime) -> Agent:
    """Store what the agent says; whoever stops being available gives back what was just offered."""
    if presence is not Presence.AVAILABLE:
        await offers.withdraw_from_agent(session, agent.id, now)
    stored = (await claims.lock_agents(session, [agent.id]))[agent.id]
    if presence is not Presence.OFFLINE:
        await _hear(session, stored, now)
    if presence is Presence.AVAILABLE:
        stored.missed_in_row = 0
    change(session, stored, presence, PresenceReason.CHOSEN, now)
    if presence is not Presence.AVAILABLE:
        await offers.withdraw_late(session, agent.id, now)
    return stored


async def set_language(session: AsyncSession, agent: Agent, language: str) -> Agent:
    """Speak to the agent in this language from now on; what languages they serve is a matter of their skills."""
    stored = (await claims.lock_agents(session, [agent.id]))[agent.id]
    stored.language = language
    await session.flush()
    return stored


async def _hear(session: AsyncSession, agent: Agent, now: datetime) -> None:
    """Who chooses sits there: the console's socket has the grace to open."""
    was_live = is_live(agent, now)
    agent.seen_at = max(agent.seen_at or now, now)
    if not was_live:
        await come_back(session, agent.id, now)


async def sign_out(session: AsyncSession, agent: Agent, now: datetime) -> None:
    """Leave for good, unless customers are still with the agent: nobody else would answer them.

    Counted last, when no offer can be made or accepted any more; a refusal undoes the rest.
    """
    await _lock_conversations(session, agent.id)
    await wrap_up.end_all_of_agent(session, agent.id, now)
    await set_presence(session, agent, Presence.OFFLINE, now)
    held = select(func.count()).select_from(Conversation)
    held = held.where(Conversation.agent_id == agent.id, Conversation.status == ConversationStatus.ACTIVE)
    count = await session.scalar(held) or 0
    if count > 0:
        raise ConversationsHeld(count)


async def _lock_conversations(session: AsyncSession, agent_id: UUID) -> None:
    """Hold all that is about to change before any stream is held: in the other order two transactions could block."""
    wrapped_up = select(WrapUp.conversation_id).where(WrapUp.agent_id == agent_id, WrapUp.finished_at.is_(None))
    offered = select(Offer.conversation_id).where(Offer.agent_id == agent_id, Offer.status == OfferStatus.PENDING)
    concerned = select(Conversation.id).where(Conversation.id.in_(wrapped_up.union(offered)))
    await session.execute(concerned.order_by(Conversation.id).with_for_update())
