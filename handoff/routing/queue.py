"""The line of waiting conversations: the one rule is how long ago the person was asked for."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from handoff.conversations.models import Conversation
from handoff.db import touch
from handoff.live import CONSOLES_STREAM, ROUTING_STREAM, Signal
from handoff.routing.models import EntryStatus, QueueEntry
from handoff.routing.queues import FALLBACK

OPEN = (EntryStatus.WAITING, EntryStatus.OFFERED)


async def enter(session: AsyncSession, conversation: Conversation, *, reason: str, topic: str, now: datetime) -> None:
    """Put the conversation at the end of the line; it must be locked and not in the line yet."""
    waiting = await session.scalar(select(func.count()).where(QueueEntry.status.in_(OPEN)))
    entry = QueueEntry(
        conversation_id=conversation.id,
        status=EntryStatus.WAITING,
        language=conversation.language,
        queue=FALLBACK,
        topic=topic,
        channel=conversation.channel,
        reason=reason,
        requested_seq=conversation.last_seq,
        requested_at=now,
        entered_at=now,
        announced_position=(waiting or 0) + 1,
    )
    session.add(entry)
    await session.flush()
    line_changed(session)


async def find_open_entry(session: AsyncSession, conversation_id: UUID) -> QueueEntry | None:
    wanted = select(QueueEntry).where(QueueEntry.conversation_id == conversation_id, QueueEntry.status.in_(OPEN))
    return await session.scalar(wanted.execution_options(populate_existing=True))


async def find_last_entry(session: AsyncSession, conversation_id: UUID) -> QueueEntry | None:
    wanted = select(QueueEntry).where(QueueEntry.conversation_id == conversation_id)
    return await session.scalar(wanted.order_by(QueueEntry.requested_at.desc(), QueueEntry.id.desc()).limit(1))


async def list_open_entries(session: AsyncSession) -> Sequence[QueueEntry]:
    wanted = select(QueueEntry).where(QueueEntry.status.in_(OPEN))
    return (await session.scalars(wanted.order_by(QueueEntry.requested_at, QueueEntry.id))).all()


async def position_of(session: AsyncSession, conversation_id: UUID) -> int | None:
    """Return the place in line, beginning with 1; None when the conversation does not wait."""
    own, other = aliased(QueueEntry), aliased(QueueEntry)
    is_ahead_or_self = or_(
        other.requested_at < own.requested_at,
        and_(other.requested_at == own.requested_at, other.id <= own.id),
    )
    counted = (
        select(func.count(other.id))
        .select_from(own)
        .join(other, and_(other.status.in_(OPEN), is_ahead_or_self))
        .where(own.conversation_id == conversation_id, own.status.in_(OPEN))
    )
    return await session.scalar(counted) or None


async def summary(session: AsyncSession, now: datetime) -> dict[str, int | None]:
    wanted = select(func.count(), func.min(QueueEntry.requested_at)).where(QueueEntry.status.in_(OPEN))
    waiting, oldest = (await session.execute(wanted)).one()
    return {"waiting": waiting, "oldest_wait_seconds": int((now - oldest).total_seconds()) if oldest else None}


def line_changed(session: AsyncSession) -> None:
    """After the commit, look for a free agent and show the consoles the new line."""
    touch(session, ROUTING_STREAM)
    touch(session, CONSOLES_STREAM, Signal("queue"))
