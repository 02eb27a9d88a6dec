"""What a supervisor does: gives a contact to an agent, takes it from one for another, changes a limit."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent
from handoff.agents.presence import presence_changed
from handoff.contact_log import ContactEventKind, record
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.errors import ConversationNotFound
from handoff.routing import claims, offers
from handoff.routing.claims import Decision
from handoff.routing.errors import NotWaiting
from handoff.routing.models import QueueEntry
from handoff.routing.queue import find_open_entry
from handoff.supervision.errors import AgentUnknown, EntryNotFound


async def assign(
    session: AsyncSession, entry_id: UUID, agent_id: UUID, by: UUID, now: datetime, *, override: bool = False
) -> Conversation:
    """Give a waiting contact to an agent who is there and has room; `override`: who does not speak the language."""
    if await session.get(QueueEntry, entry_id) is None:
        raise EntryNotFound
    await _known(session, agent_id)
    return await claims.claim(session, entry_id, agent_id, now, how="assigned", decision=Decision(by, override))


async def reassign(
    session: AsyncSession, conversation_id: UUID, agent_id: UUID, by: UUID, now: datetime, *, override: bool = False
) -> Conversation:
    """Pass a conversation that an agent holds to another; one that waits is assigned."""
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None:
        raise ConversationNotFound
    await _known(session, agent_id)
    entry = await find_open_entry(session, conversation_id)
    if entry is not None:
        return await claims.claim(session, entry.id, agent_id, now, how="assigned", decision=Decision(by, override))
    if conversation.status is not ConversationStatus.ACTIVE:
        raise NotWaiting
    if conversation.agent_id != agent_id:
        await claims.transfer(session, conversation, now, to_agent=agent_id, decision=Decision(by, override))
    return conversation


async def change_limit(session: AsyncSession, agent_id: UUID, capacity: int, by: UUID, now: datetime) -> Agent:
    """Set how many chats the agent may hold; more room is filled at once, what is held already stays."""
    await offers.keep_to_limit(session, agent_id, capacity, now)
    agent = (await claims.lock_agents(session, [agent_id])).get(agent_id)
    if agent is None:
        raise AgentUnknown
    if agent.capacity != capacity:
        agent.capacity = capacity
        record(session, ContactEventKind.LIMIT, now, agent_id=agent_id, capacity=capacity, by=str(by))
        presence_changed(session, agent_id)
    return agent


async def _known(session: AsyncSession, agent_id: UUID) -> None:
    if await session.get(Agent, agent_id) is None:
        raise AgentUnknown
