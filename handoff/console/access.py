"""Who may read a conversation and who may write in it. For everybody else it does not exist."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, Role
from handoff.console.errors import HeldByAnother
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.errors import ConversationNotFound

# Long enough to finish what was promised; afterwards what a customer told is no longer the agent's to read.
READABLE_AFTER_THE_END: Final = timedelta(hours=24)
_HELD = (ConversationStatus.ACTIVE, ConversationStatus.WRAP_UP)


async def get_readable(session: AsyncSession, agent: Agent, conversation_id: UUID, now: datetime) -> Conversation:
    """Return the conversation if the agent may read it and see the customer's account."""
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None or not may_read(agent, conversation, now):
        raise ConversationNotFound
    return conversation


def may_read(agent: Agent, conversation: Conversation, now: datetime) -> bool:
    """Who holds it or had it until lately; a supervisor may join any.

    An offer opens nothing: it carries all that an agent decides by, and who declines has read nobody's bills.
    """
    is_theirs = conversation.agent_id == agent.id and not is_long_over(conversation, now)
    return is_theirs or agent.role is Role.SUPERVISOR


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
