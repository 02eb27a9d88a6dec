"""Where everybody in line stands among those who wait for the same language, and who was let ahead of whom."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.routing.models import QueueEntry
from handoff.routing.places import OPEN
from handoff.routing.policy import MOST_URGENT, Rank
from handoff.routing.queues import Queues, queues_of

_A_FEW: Final = 20


@dataclass(frozen=True)
class Place:
    """`overtaken`: somebody more urgent has come in since and stands ahead."""

    position: int
    overtaken: bool


def places(entries: Sequence[QueueEntry], queues: Queues, now: datetime) -> dict[UUID, Place]:
    """Return everybody's place, beginning with 1. Who waits for a later time competes with nobody yet."""
    lines: dict[str, list[QueueEntry]] = defaultdict(list)
    for entry in entries:
        lines[entry.language].append(entry)
    return {entry_id: place for line in lines.values() for entry_id, place in _in_line(line, queues, now)}


def _in_line(line: list[QueueEntry], queues: Queues, now: datetime) -> list[tuple[UUID, Place]]:
    ordered = sorted(line, key=lambda entry: _rank(entry, queues, now))
    latest: dict[int, datetime] = {}
    found: list[tuple[UUID, Place]] = []
    ahead = 0
    for entry in ordered:
        overtaken = any(
            entered_at > entry.entered_at for priority, entered_at in latest.items() if priority < entry.priority
        )
        found.append((entry.id, Place(ahead + 1, overtaken)))
        if entry.not_before is None or entry.not_before <= now:
            ahead += 1
            latest[entry.priority] = max(entry.entered_at, latest.get(entry.priority, entry.entered_at))
    return found


def _rank(entry: QueueEntry, queues: Queues, now: datetime) -> Rank:
    """The priority class after ageing, by the rule of the policy, and then the age."""
    lifted = (now - entry.requested_at).total_seconds() // queues[entry.queue].ageing_seconds
    return max(MOST_URGENT, entry.priority - max(0, int(lifted))), entry.requested_at, entry.id.int


async def is_overtaken(session: AsyncSession, entry: QueueEntry, now: datetime) -> bool:
    """Say the same as `places` of one entry, without reading the whole line."""
    urgent = (
        QueueEntry.status.in_(OPEN),
        QueueEntry.language == entry.language,
        QueueEntry.priority < entry.priority,
        QueueEntry.entered_at > entry.entered_at,
        or_(QueueEntry.not_before.is_(None), QueueEntry.not_before <= now),
    )
    # Ageing may have lifted this entry above some of them, the latest of them first.
    wanted = select(QueueEntry).where(*urgent).order_by(QueueEntry.priority, QueueEntry.requested_at).limit(_A_FEW)
    queues = queues_of(session)
    own = _rank(entry, queues, now)
    return any(_rank(other, queues, now) < own for other in await session.scalars(wanted))
