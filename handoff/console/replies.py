"""What an agent does in a conversation that is theirs: answer and close."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent
from handoff.callbacks.attempts import require_outcome
from handoff.conversations.models import Conversation, ConversationStatus, Message, Sender
from handoff.conversations.posting import NewMessage, lock, post_message
from handoff.conversations.service import clean_text, require_client_msg_id
from handoff.errors import ConversationClosed, ConversationNotFound, NotYourConversation
from handoff.routing import offers
from handoff.routing.queues import Queues
from handoff.wrap_up.closing import close_active

_ENDED = (ConversationStatus.WRAP_UP, ConversationStatus.CLOSED)


@dataclass(frozen=True)
class StoredReply:
    seq: int
    repeated: bool


async def get_visible(session: AsyncSession, agent: Agent, conversation_id: UUID) -> Conversation:
    """Return a conversation that the agent holds or is offered; any other does not exist for them."""
    conversation = await session.get(Conversation, conversation_id)
    if conversation is not None and conversation.agent_id == agent.id:
        return conversation
    offer = await offers.find_pending_offer(session, agent.id)
    if conversation is None or offer is None or offer.conversation_id != conversation_id:
        raise ConversationNotFound
    return conversation


async def reply(
    session: AsyncSession, agent: Agent, conversation_id: UUID, *, client_msg_id: str, text: str, now: datetime
) -> StoredReply:
    require_client_msg_id(client_msg_id)
    clean = clean_text(text)
    conversation = await get_visible(session, agent, conversation_id)
    await lock(session, conversation)
    known = select(Message.seq).where(
        Message.conversation_id == conversation_id,
        Message.sender == Sender.AGENT,
        Message.client_msg_id == client_msg_id,
    )
    seq = await session.scalar(known)
    if seq is not None:
        return StoredReply(seq, repeated=True)
    _require_active(conversation, agent)
    new = NewMessage(Sender.AGENT, clean, client_msg_id=client_msg_id, agent_id=agent.id)
    return StoredReply((await post_message(session, conversation, new, now)).seq, repeated=False)


async def close(
    session: AsyncSession, agent: Agent, conversation_id: UUID, queues: Queues, now: datetime
) -> Conversation:
    """End the conversation and begin the wrap-up; ending an ended one changes nothing."""
    conversation = await get_visible(session, agent, conversation_id)
    await lock(session, conversation)
    if conversation.status in _ENDED and conversation.agent_id == agent.id:
        return conversation
    _require_active(conversation, agent)
    await require_outcome(session, conversation, now)
    await close_active(session, conversation, agent, queues, now)
    return conversation


def _require_active(conversation: Conversation, agent: Agent) -> None:
    if conversation.status is ConversationStatus.CLOSED:
        raise ConversationClosed
    if conversation.status is not ConversationStatus.ACTIVE or conversation.agent_id != agent.id:
        raise NotYourConversation
