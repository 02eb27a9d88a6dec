"""Where everybody in line stands among those who wait for the same language, and who was let ahead of whom."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from handoff.routing.models import QueueEntry
from handoff.routing.policy import MOST_URGENT
from handoff.routing.queues import Queues


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
    ordered = sorted(line, key=lambda entry: (_urgency(entry, queues, now), entry.requested_at, entry.id.int))
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


def _urgency(entry: QueueEntry, queues: Queues, now: datetime) -> int:
    """The priority class after ageing, by the rule of the policy."""
    lifted = (now - entry.requested_at).total_seconds() // queues[entry.queue].ageing_seconds
    return max(MOST_URGENT, entry.priority - max(0, int(lifted)))
