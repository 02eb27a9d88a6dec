"""Who may read a conversation and who may write in it. For everybody else it does not exist."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, Role
from handoff.console.errors import HeldByAnother
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.errors import ConversationNotFound
from handoff.routing import pending

# Long enough to finish what was promised; afterwards what a customer told is no longer the agent's to read.
READABLE_AFTER_THE_END: Final = timedelta(hours=24)
_HELD = (ConversationStatus.ACTIVE, ConversationStatus.WRAP_UP)


async def get_readable(session: AsyncSession, agent: Agent, conversation_id: UUID, now: datetime) -> Conversation:
    """Return a conversation that the agent holds, had until lately or is offered; a supervisor may join any."""
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None:
        raise ConversationNotFound
    if agent.role is Role.SUPERVISOR:
        return conversation
    if conversation.agent_id == agent.id and not is_long_over(conversation, now):
        return conversation
    offer = await pending.find_offer_to(session, agent.id)
    if offer is None or offer.conversation_id != conversation_id:
        raise ConversationNotFound
    return conversation


async def get_shown(session: AsyncSession, agent: Agent, conversation_id: UUID, now: datetime) -> Conversation:
    """Return one whose account the agent may see: not for an offer, only who has or lately had it, or a supervisor."""
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None:
        raise ConversationNotFound
    is_theirs = conversation.agent_id == agent.id and not is_long_over(conversation, now)
    if not is_theirs and agent.role is not Role.SUPERVISOR:
        raise ConversationNotFound
    return conversation


def is_long_over(conversation: Conversation, now: datetime) -> bool:
    return conversation.closed_at is not None and now - conversation.closed_at > READABLE_AFTER_THE_END


def has_joined(agent: Agent, conversation: Conversation) -> bool:
    """A supervisor who reads what somebody else holds or nobody does."""
    return agent.role is Role.SUPERVISOR and conversation.agent_id != agent.id


async def refuse_others(session: AsyncSession, agent: Agent, conversation_id: UUID) -> None:
    """Raise HeldByAnother with the name of the agent who holds it, if that is somebody else."""
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None or conversation.agent_id in (None, agent.id) or conversation.status not in _HELD:
        return
    owner = await session.get_one(Agent, conversation.agent_id)
    raise HeldByAnother(owner.name)
