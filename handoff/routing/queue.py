"""The line of waiting conversations. The rule is the policy's: urgency lifted by age, then the age of the request."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.contact_log import ContactEventKind, record
from handoff.conversations.models import Conversation
from handoff.db import touch
from handoff.live import CONSOLES_STREAM, ROUTING_STREAM, Signal
from handoff.routing.models import EntryStatus, QueueEntry
from handoff.routing.places import OPEN, place_of, position_of
from handoff.routing.queues import queues_of

__all__ = ["OPEN", "position_of"]

# Who goes back to the assistant and asks again this soon gets the old place: once without a loss, later less the time
# away, or somebody could grow old in line without waiting.
PLACE_KEPT: Final = timedelta(minutes=10)
_INSTANT: Final = timedelta(microseconds=1)


async def enter(
    session: AsyncSession,
    conversation: Conversation,
    *,
    reason: str,
    topic: str,
    now: datetime,
    as_old_as: datetime | None = None,
) -> QueueEntry:
    """Put the conversation in the line of its topic; it must be locked and not in a line yet."""
    queue = queues_of(session).of_topic(topic)
    left_at = await _recently_left(session, conversation.id, now)
    entry = QueueEntry(
        conversation_id=conversation.id,
        language=conversation.language,
        queue=queue.key,
        priority=queue.priority,
        topic=topic,
        channel=conversation.channel,
        reason=reason,
        requested_seq=conversation.last_seq,
        requested_at=as_old_as or left_at or now,
        announced_position=0,
    )
    await _add(session, entry, now)
    record(session, ContactEventKind.REQUESTED, now, subject=entry, topic=topic, reason=reason)
    return entry


async def enter_again(
    session: AsyncSession,
    conversation: Conversation,
    now: datetime,
    *,
    to_queue: str | None = None,
    to_language: str | None = None,
) -> QueueEntry:
    """Put a conversation that had a person back in line, as old as its first request.

    What was told of the wait still holds in the same line; in another one it is told anew. A time before which it was
    not to be served is over; a callback that is still to be made is noted by who keeps it.
    """
    last = await _last_entry(session, conversation)
    queue = queues_of(session)[to_queue] if to_queue else None
    conversation.language = to_language or conversation.language
    entry = QueueEntry(
        conversation_id=conversation.id,
        language=conversation.language,
        queue=queue.key if queue else last.queue,
        priority=queue.priority if queue else last.priority,
        topic=last.topic,
        channel=last.channel,
        reason=last.reason,
        requested_seq=last.requested_seq,
        requested_at=last.requested_at,
        announced_position=0,
    )
    if (entry.queue, entry.language) == (last.queue, last.language):
        entry.announced_position, entry.announced_bucket = last.announced_position, last.announced_bucket
        entry.announced_at, entry.raised_in_row = last.announced_at, last.raised_in_row
    # Entries of one conversation are told apart by when they entered, even within one moment.
    await _add(session, entry, max(now, last.entered_at + _INSTANT))
    return entry


async def reenter(
    session: AsyncSession, conversation: Conversation, now: datetime, *, sticky_agent_id: UUID | None
) -> QueueEntry:
    """Put a closed conversation in its line and topic of before; the wait begins anew."""
    last = await _last_entry(session, conversation)
    entry = QueueEntry(
        conversation_id=conversation.id,
        language=conversation.language,
        queue=last.queue,
        priority=queues_of(session)[last.queue].priority,
        topic=last.topic,
        channel=conversation.channel,
        reason=last.reason,
        requested_seq=conversation.last_seq,
        requested_at=now,
        sticky_agent_id=sticky_agent_id,
        announced_position=0,
    )
    await _add(session, entry, max(now, last.entered_at + _INSTANT))
    return entry


async def change_language(session: AsyncSession, entry: QueueEntry, language: str, now: datetime) -> None:
    """Move who waits to the line of another language, at the same age; there everything is told anew."""
    entry.language = language
    entry.announced_bucket = entry.announced_at = None
    entry.raised_in_row = 0
    await session.flush()
    entry.announced_position = await place_of(session, entry, now)
    line_changed(session)


async def find_open_entry(session: AsyncSession, conversation_id: UUID) -> QueueEntry | None:
    wanted = select(QueueEntry).where(QueueEntry.conversation_id == conversation_id, QueueEntry.status.in_(OPEN))
    return await session.scalar(wanted.execution_options(populate_existing=True))


async def find_last_entry(session: AsyncSession, conversation_id: UUID) -> QueueEntry | None:
    wanted = select(QueueEntry).where(QueueEntry.conversation_id == conversation_id)
    return await session.scalar(wanted.order_by(QueueEntry.entered_at.desc()).limit(1))


async def summary(session: AsyncSession, now: datetime) -> dict[str, int | None]:
    """Count who may be served now: neither callbacks before their time nor what is kept until we open."""
    counted = select(func.count(), func.min(QueueEntry.requested_at))
    wanted = counted.where(QueueEntry.status.in_(OPEN), is_due(now))
    waiting, oldest = (await session.execute(wanted)).one()
    return {"waiting": waiting, "oldest_wait_seconds": int((now - oldest).total_seconds()) if oldest else None}


def is_due(now: datetime) -> ColumnElement[bool]:
    return or_(QueueEntry.not_before.is_(None), QueueEntry.not_before <= now)


def line_changed(session: AsyncSession) -> None:
    """After the commit, look for a free agent and show the consoles the new line."""
    touch(session, ROUTING_STREAM)
    touch(session, CONSOLES_STREAM, Signal("queue"))


async def _last_entry(session: AsyncSession, conversation: Conversation) -> QueueEntry:
    last = await find_last_entry(session, conversation.id)
    assert last is not None, "a conversation that had a person was in line before"
    return last


async def _add(session: AsyncSession, entry: QueueEntry, now: datetime) -> None:
    entry.id, entry.status, entry.entered_at = uuid4(), EntryStatus.WAITING, now
    if not entry.announced_position:
        entry.announced_position = await place_of(session, entry, now)
    session.add(entry)
    await session.flush()
    line_changed(session)


async def _recently_left(session: AsyncSession, conversation_id: UUID, now: datetime) -> datetime | None:
    """Return since when a conversation counts as waiting that went back to the assistant a moment ago."""
    before = await find_last_entry(session, conversation_id)
    if before is None or before.status is not EntryStatus.LEFT:
        return None
    assert before.ended_at is not None, "who has left has left at some time"
    if before.ended_at < now - PLACE_KEPT:
        return None
    is_first = before.requested_at == before.entered_at
    return before.requested_at if is_first else before.requested_at + (now - before.ended_at)
