"""When a callback can be: windows of up to two hours within the opening hours. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from handoff.opening_hours import openings
from handoff.routing.queues import Queue

LENGTH: Final = timedelta(hours=2)
SHORTEST: Final = timedelta(minutes=30)
FAR: Final = timedelta(days=7)
OFFERED: Final = 6
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Slot:
    """We call or write between `start` and `until`."""

    start: datetime
    until: datetime


def offered_slots(queue: Queue, now: datetime) -> list[Slot]:
    """Return the next windows: the first one when the queue opens, or from the next full hour on while it is open."""
    return list(islice(_slots(queue, now), OFFERED))


def find_slot(queue: Queue, start: datetime, now: datetime) -> Slot | None:
    """Return the window that begins at `start`; None when we are closed then, it is over, or it is too far away."""
    if not now <= start <= now + FAR:
        return None
    opening = next(openings(queue, start), None)
    if opening is None or opening.start > start:
        return None
    return Slot(start, min(start + LENGTH, opening.end))


def _slots(queue: Queue, now: datetime) -> Iterator[Slot]:
    for opening in openings(queue, now):
        start = opening.start if opening.start > now else _next_full_hour(now)
        while opening.end - start >= SHORTEST:
            if start > now + FAR:
                return
            yield Slot(start, min(start + LENGTH, opening.end))
            start += LENGTH


def _next_full_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) + _HOUR
