"""A caller who was cut off in line and rings again soon has the former place, once.

The number proves nobody's name, and a switchboard shows the same one for all: it is worth a place in the same line and
ends the call that we promised on our own account, but not one that somebody has asked for.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.callbacks import booking
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.conversations.posting import lock, move
from handoff.routing import claims, queue
from handoff.routing.models import QueueEntry
from handoff.routing.queues import queues_of

_LONGEST_WAIT: Final = timedelta(days=1)


async def note_cut_off(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    """Whoever stands in line has no line to us any more; the conversation must be locked."""
    entry = await queue.find_open_entry(session, conversation.id)
    if entry is not None:
        entry.gone_at = now


async def take_former_place(
    session: AsyncSession, conversation: Conversation, topic: str, now: datetime
) -> datetime | None:
    """Return since when a caller counts as waiting who was cut off in the line of this topic. Nobody has it after."""
    former = await _find_former(session, conversation, queues_of(session).of_topic(topic).key, now)
    if former is None:
        return None
    before = await session.get_one(Conversation, former.conversation_id)
    await lock(session, before)
    unused = update(QueueEntry).where(QueueEntry.id == former.id, QueueEntry.gone_at.is_not(None))
    if await session.scalar(unused.values(gone_at=None).returning(QueueEntry.id)) is None:
        return None
    if before.status in booking.WAITING:
        await claims.leave_line(session, before, now, why="closed")
        await booking.cancel(session, before, now, how="cancelled")
        await move(session, before, ConversationStatus.CLOSED, now)
    return former.requested_at


async def _find_former(
    session: AsyncSession, conversation: Conversation, queue_key: str, now: datetime
) -> QueueEntry | None:
    if conversation.channel is not Channel.VOICE or conversation.address is None:
        return None
    cut_off = (
        QueueEntry.channel == Channel.VOICE,
        QueueEntry.requested_at > now - _LONGEST_WAIT,
        QueueEntry.gone_at >= now - queue.PLACE_KEPT,
        QueueEntry.queue == queue_key,
        # Somebody could grow old in line by ringing now and then.
        QueueEntry.requested_at == QueueEntry.entered_at,
    )
    of_number = select(QueueEntry).join(Conversation, Conversation.id == QueueEntry.conversation_id)
    wanted = of_number.where(*cut_off, Conversation.address == conversation.address)
    return await session.scalar(wanted.order_by(QueueEntry.requested_at).limit(1))
