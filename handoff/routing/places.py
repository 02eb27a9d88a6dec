"""The place in line: how many of those who need an agent of the same language come first by the policy's rank."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.routing.models import EntryStatus, QueueEntry
from handoff.routing.policy import MOST_URGENT
from handoff.routing.queues import Queues, queues_of

OPEN: Final = (EntryStatus.WAITING, EntryStatus.OFFERED)

Rank = tuple[int, datetime, UUID]


async def position_of(session: AsyncSession, conversation_id: UUID, now: datetime) -> int | None:
    """Return the place in line, beginning with 1; None when the conversation does not wait."""
    wanted = select(QueueEntry).where(QueueEntry.conversation_id == conversation_id, QueueEntry.status.in_(OPEN))
    entry = await session.scalar(wanted)
    return None if entry is None else await place_of(session, entry, now)


async def place_of(session: AsyncSession, entry: QueueEntry, now: datetime) -> int:
    """Count in the database: nobody's row is read."""
    competing = (QueueEntry.status.in_(OPEN), QueueEntry.language == entry.language, _has_started(now))
    kinds = select(QueueEntry.queue, QueueEntry.priority).where(*competing).distinct()
    queues = queues_of(session)
    own = _rank(entry.queue, entry.priority, entry.requested_at, entry.id, queues, now)
    ahead = [_comes_before(own, queue, priority, queues, now) for queue, priority in await session.execute(kinds)]
    counted = select(func.count()).where(*competing, QueueEntry.id != entry.id, or_(false(), *ahead))
    return (await session.scalar(counted) or 0) + 1


async def positions(session: AsyncSession, now: datetime) -> dict[UUID, int]:
    """Return every waiting conversation's place, for whoever tells them all."""
    wanted = select(
        QueueEntry.conversation_id,
        QueueEntry.language,
        QueueEntry.queue,
        QueueEntry.priority,
        QueueEntry.requested_at,
        QueueEntry.id,
    ).where(QueueEntry.status.in_(OPEN), _has_started(now))
    queues = queues_of(session)
    lines: dict[str, list[tuple[Rank, UUID]]] = {}
    for row in await session.execute(wanted):
        rank = _rank(row.queue, row.priority, row.requested_at, row.id, queues, now)
        lines.setdefault(row.language, []).append((rank, row.conversation_id))
    return dict(place for line in lines.values() for place in _numbered(line))


def _numbered(line: Iterable[tuple[Rank, UUID]]) -> Iterable[tuple[UUID, int]]:
    return ((conversation_id, place) for place, (_, conversation_id) in enumerate(sorted(line), start=1))


def _has_started(now: datetime) -> ColumnElement[bool]:
    """A callback that is due later competes with nobody yet."""
    return or_(QueueEntry.not_before.is_(None), QueueEntry.not_before <= now)


def _rank(queue: str, priority: int, requested_at: datetime, entry_id: UUID, queues: Queues, now: datetime) -> Rank:
    lifted = max(0, (now - requested_at) // timedelta(seconds=queues[queue].ageing_seconds))
    return max(MOST_URGENT, priority - lifted), requested_at, entry_id


def _comes_before(own: Rank, queue: str, priority: int, queues: Queues, now: datetime) -> ColumnElement[bool]:
    """Put the rank into SQL: an entry of this queue and priority is lifted to a class from a certain moment on."""
    urgency, requested_at, entry_id = own
    ageing = timedelta(seconds=queues[queue].ageing_seconds)
    is_more_urgent = _is_lifted(priority - urgency + 1, ageing, now) if urgency > MOST_URGENT else false()
    same_moment = and_(QueueEntry.requested_at == requested_at, QueueEntry.id < entry_id)
    is_older = or_(QueueEntry.requested_at < requested_at, same_moment)
    comes_first = or_(is_more_urgent, and_(_is_lifted(priority - urgency, ageing, now), is_older))
    return and_(QueueEntry.queue == queue, QueueEntry.priority == priority, comes_first)


def _is_lifted(classes: int, ageing: timedelta, now: datetime) -> ColumnElement[bool]:
    return true() if classes <= 0 else QueueEntry.requested_at <= now - classes * ageing
