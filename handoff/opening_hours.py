"""When a queue is open: several intervals a day in its own time zone, closed on holidays.

The wall clock decides: whenever it shows a time within an interval, the queue is open. An hour that comes twice counts
both times; an interval that begins or ends in an hour that does not exist begins or ends where the clock jumps.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from handoff.routing.queues import WEEKDAYS, Holidays, Queue

_INTERVAL: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_DAY: Final = timedelta(days=1)
# The longest sensible pause, a season, is shorter than this.
_FORESEEN: Final = 400


class OpeningHoursInvalid(ValueError):
    """An interval is not of the form 08:00-12:00, or ends before it begins."""


@dataclass(frozen=True)
class Opening:
    """From `start` until just before `end`, as instants."""

    start: datetime
    end: datetime


def is_open(queue: Queue, now: datetime) -> bool:
    first = next(openings(queue, now), None)
    return first is not None and first.start <= now


def next_opening(queue: Queue, now: datetime) -> datetime | None:
    """Return the first moment from `now` on at which the queue is open: `now` itself while it is. None: never."""
    first = next(openings(queue, now), None)
    return max(first.start, now) if first else None


def openings(queue: Queue, now: datetime) -> Iterator[Opening]:
    """Yield the intervals that are not over, the earliest first, as far as they are foreseen."""
    if not any(queue.hours.values()):
        return
    zone = ZoneInfo(queue.time_zone)
    yesterday = now.astimezone(zone).date() - _DAY
    for days in range(_FORESEEN):
        for opening in _openings_of(queue, yesterday + days * _DAY, zone):
            if opening.end > now:
                yield opening


def _openings_of(queue: Queue, day: date, zone: ZoneInfo) -> Iterator[Opening]:
    if queue.holidays is not None and _is_holiday(queue.holidays, day):
        return
    for begins, ends in sorted(_parse(each, day) for each in queue.hours.get(WEEKDAYS[day.weekday()], ())):
        start, end = _instant(begins, zone, fold=0), _instant(ends, zone, fold=1)
        if start < end:
            yield Opening(start, end)


def _parse(interval: str, day: date) -> tuple[datetime, datetime]:
    match = _INTERVAL.fullmatch(interval)
    if match is None:
        raise OpeningHoursInvalid(interval)
    midnight = datetime.combine(day, time())
    first_hour, first_minute, last_hour, last_minute = map(int, match.groups())
    begins = midnight + timedelta(hours=first_hour, minutes=first_minute)
    ends = midnight + timedelta(hours=last_hour, minutes=last_minute)
    if not begins < ends <= midnight + _DAY:
        raise OpeningHoursInvalid(interval)
    return begins, ends


def _instant(wall: datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    """Return when the wall clock shows `wall`: the first time or, with fold 1, the last; in a gap, when it jumps."""
    chosen = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if chosen.astimezone(zone).replace(tzinfo=None) == wall:
        return chosen
    return _jump(wall, zone)


def _jump(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment of the jump over `wall`, to the minute; on either side of it the offsets differ."""
    before, after = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) / 2
        middle = middle.replace(second=0, microsecond=0)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def _is_holiday(kept: Holidays, day: date) -> bool:
    return day in _calendar(kept.country, kept.subdivision, day.year)


@lru_cache
def _calendar(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))
