"""What happens to agents: they are added, become available, go away and leave."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, Presence
from handoff.agents.passwords import hash_password
from handoff.agents.presence import presence_changed
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.errors import AgentExists, ConversationsHeld
from handoff.events import open_stream
from handoff.live import agent_stream
from handoff.routing import offers


async def add_agent(
    session: AsyncSession, *, email: str, name: str, language: str, password: str, now: datetime
) -> Agent:
    """Add an agent who is offline; hashing comes first, so that the transaction stays short."""
    password_hash = await hash_password(password)
    if await find_agent_by_email(session, email) is not None:
        raise AgentExists
    agent = Agent(
        email=email.strip().lower(),
        name=name,
        language=language,
        password_hash=password_hash,
        presence=Presence.OFFLINE,
        presence_since=now,
    )
    session.add(agent)
    await session.flush()
    open_stream(session, agent_stream(agent.id))
    return agent


async def find_agent_by_email(session: AsyncSession, email: str) -> Agent | None:
    return await session.scalar(select(Agent).where(Agent.email == email.strip().lower()))


async def set_presence(session: AsyncSession, agent: Agent, presence: Presence, now: datetime) -> Agent:
    """Store what the agent says; whoever stops being available gives back what was just offered."""
    if presence is not Presence.AVAILABLE:
        await offers.withdraw_from_agent(session, agent.id, now)
    stored = await session.get_one(Agent, agent.id, with_for_update=True)
    if stored.presence is not presence:
        stored.presence, stored.presence_since = presence, now
        presence_changed(session, stored.id)
    return stored


async def sign_out(session: AsyncSession, agent: Agent, now: datetime) -> None:
    """Leave for good, unless customers are still with the agent: nobody else would answer them.

    Counted last, when no offer can be made or accepted any more; a refusal undoes the rest.
    """
    await set_presence(session, agent, Presence.OFFLINE, now)
    held = select(func.count()).select_from(Conversation)
    held = held.where(Conversation.agent_id == agent.id, Conversation.status == ConversationStatus.ACTIVE)
    count = await session.scalar(held) or 0
    if count > 0:
        raise ConversationsHeld(count)
