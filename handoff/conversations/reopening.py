"""A customer who writes in a conversation that a person has ended: it goes on, unless they only say thanks."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations import service
from handoff.conversations.courtesy import is_courtesy
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.conversations.service import StoredMessage
from handoff.errors import ConversationClosed
from handoff.routing import queue
from handoff.routing.errors import ReopeningOver
from handoff.routing.queues import queues_of


async def receive_or_reopen(
    session: AsyncSession, conversation: Conversation, *, client_msg_id: str, text: str, pepper: str, now: datetime
) -> StoredMessage:
    """Store what the customer wrote; raise ConversationClosed where they must begin anew. Storing twice is once."""
    try:
        return await service.receive_message(
            session, conversation, client_msg_id=client_msg_id, text=text, pepper=pepper, now=now
        )
    except ConversationClosed:
        await _reopen(session, conversation, text, now)
    stored = await service.receive_message(
        session, conversation, client_msg_id=client_msg_id, text=text, pepper=pepper, now=now
    )
    entry = await queue.find_open_entry(session, conversation.id)
    if entry is not None:
        entry.requested_seq = stored.seq  # What they come back with is what they want.
    return stored


async def find_reopenable(session: AsyncSession, phone: str, text: str) -> Conversation | None:
    """Return the last conversation by text message of a phone that has none open; nobody is asked about the time."""
    ours = (Conversation.channel == Channel.SMS, Conversation.address == phone)
    ended = (Conversation.status == ConversationStatus.CLOSED, Conversation.agent_id.is_not(None))
    latest = select(Conversation).where(*ours, *ended).order_by(Conversation.closed_at.desc()).limit(1)
    return None if is_courtesy(text) else await session.scalar(latest)


async def reopens_until(session: AsyncSession, conversation: Conversation) -> datetime | None:
    """Return until when the customer can go on in a conversation on the website that is closed; None if at no time."""
    if conversation.closed_at is None or conversation.agent_id is None or conversation.channel is not Channel.WEBCHAT:
        return None
    entry = await queue.find_last_entry(session, conversation.id)
    hours = queues_of(session)[entry.queue].reopen_hours if entry else 0
    return conversation.closed_at + timedelta(hours=hours) if hours else None


async def _reopen(session: AsyncSession, conversation: Conversation, text: str, now: datetime) -> None:
    if is_courtesy(text):
        raise ConversationClosed
    try:
        await service.reopen(session, conversation, now)
    except ReopeningOver:
        raise ConversationClosed from None
