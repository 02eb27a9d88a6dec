"""A day in half hours, and the last hour in steps: the board's chart and its sparklines. Pure."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from handoff.supervision.agent_log import Timeline, present_on_average
from handoff.supervision.contacts import Contact, seconds_between
from handoff.supervision.metrics import PromiseOf, share
from handoff.supervision.tally import Figures, Tally, count

HOUR: Final = timedelta(hours=1)
HALF_HOUR: Final = timedelta(minutes=30)
HISTORY: Final = timedelta(minutes=60)
_HISTORY_STEP: Final = timedelta(minutes=2)
_INSTANT: Final = timedelta(microseconds=1)
Line = tuple[str, str]


@dataclass(frozen=True)
class Day:
    """A calendar day where the contact centre stands; on two days a year it has not 24 hours."""

    begin: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        return self.begin <= moment < self.end


@dataclass(frozen=True)
class HalfHour:
    """What was asked for in this half hour and what became of it; `present` is an average of agents."""

    begin: datetime
    figures: Figures
    present: float | None


def day_of(date_: date, zone: ZoneInfo) -> Day:
    begin, end = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (date_, date_ + timedelta(days=1)))
    return Day(begin, end)


@dataclass
class Course:
    """When contacts began to count for the service level, kept it, and gave up: what stood at any moment.

    A contact counts from its answer or its leaving on, or from when its promise was broken.
    """

    met: list[datetime] = field(default_factory=list)
    counted: list[datetime] = field(default_factory=list)
    left: list[datetime] = field(default_factory=list)

    def add(self, contact: Contact, promise: int | None) -> None:
        for times, at in self._steps(contact, promise):
            insort(times, at)

    def remove(self, contact: Contact, promise: int | None) -> None:
        for times, at in self._steps(contact, promise):
            del times[bisect_left(times, at)]

    def service_level(self, moment: datetime) -> int | None:
        return share(bisect_right(self.met, moment), bisect_right(self.counted, moment))

    def abandoned(self, moment: datetime) -> int:
        return bisect_right(self.left, moment)

    def _steps(self, contact: Contact, promise: int | None) -> Iterable[tuple[list[datetime], datetime]]:
        outcome, answered_at = contact.outcome, contact.answered_at
        if outcome == "abandoned" and contact.left_at is not None:
            yield self.left, contact.left_at
        if promise is None or (outcome in ("callback", "to_bot") and contact.put_off_at is None):
            return
        ended_at = contact.put_off_at or answered_at or contact.left_at
        broken_at = contact.requested_at + timedelta(seconds=promise)
        if contact.put_off_at is not None and contact.put_off_at <= broken_at:
            return
        is_in_time = ended_at is not None and ended_at <= broken_at
        if is_in_time and answered_at is not None:
            yield self.met, answered_at
        yield self.counted, ended_at if is_in_time and ended_at else broken_at + _INSTANT


class DayCount:
    """Those who asked on one day: all, each line, each half hour, and each queue's hours, by number from midnight."""

    def __init__(self, day: Day, promise_of: PromiseOf) -> None:
        self.day = day
        self.total = Tally()
        self.lines: dict[Line, Tally] = defaultdict(Tally)
        self.half_hours: dict[int, Tally] = defaultdict(Tally)
        self.hours: dict[tuple[int, str], Tally] = defaultdict(Tally)
        self.course = Course()
        self._promise_of = promise_of

    def add(self, contact: Contact) -> None:
        if self.day.holds(contact.requested_at):
            promise = self._promise_of(contact)
            counted = count(contact, promise)
            for tally in self._tallies(contact):
                tally.add(contact, counted)
            self.course.add(contact, promise)

    def remove(self, contact: Contact) -> None:
        """The contact is as it was when it was added."""
        if self.day.holds(contact.requested_at):
            promise = self._promise_of(contact)
            counted = count(contact, promise)
            for tally in self._tallies(contact):
                tally.remove(contact, counted)
            self.course.remove(contact, promise)

    def line(self, line: Line) -> Tally:
        return self.lines.get(line) or Tally()

    def asked_lines(self) -> list[Line]:
        return [line for line, tally in self.lines.items() if tally.sums.offered]

    def _tallies(self, contact: Contact) -> tuple[Tally, ...]:
        since = contact.requested_at - self.day.begin
        return (
            self.total,
            self.lines[contact.queue, contact.language],
            self.half_hours[since // HALF_HOUR],
            self.hours[since // HOUR, contact.queue],
        )


def half_hours(counted: DayCount, agents: Mapping[UUID, Timeline], now: datetime) -> list[HalfHour]:
    """Every half hour of the day; of those to come nobody knows who is present."""
    day, nobody, found = counted.day, Tally(), []
    for number in range((day.end - day.begin) // HALF_HOUR):
        begin = day.begin + number * HALF_HOUR
        end = min(begin + HALF_HOUR, now)
        present = present_on_average(agents, begin, end) if begin < now else None
        found.append(HalfHour(begin, counted.half_hours.get(number, nobody).figures(now), present))
    return found


def moments(now: datetime) -> list[datetime]:
    """Every second minute of the last hour, now included."""
    steps = HISTORY // _HISTORY_STEP
    return [now - (steps - step) * _HISTORY_STEP for step in range(steps + 1)]


@dataclass
class InLine:
    """Who stood in line at a moment and had not asked to be called back: how many, and since when the oldest."""

    waiting: int = 0
    oldest: datetime | None = None

    def age_at(self, moment: datetime) -> int | None:
        return None if self.oldest is None else int(seconds_between(self.oldest, moment))


def line_over(contacts: Iterable[Contact], times: Sequence[datetime]) -> list[InLine]:
    """The line at each of these times, which are in order."""
    found = [InLine() for _ in times]
    for contact in contacts:
        asked = contact.callback_asked_at
        until = len(times) if asked is None else bisect_left(times, asked)
        for wait in contact.waits:
            first = bisect_left(times, wait.began_at)
            last = until if wait.ended_at is None else min(until, bisect_left(times, wait.ended_at))
            for at in found[first:last]:
                at.waiting += 1
                at.oldest = min(at.oldest or contact.requested_at, contact.requested_at)
    return found


def waited_since(contact: Contact, moment: datetime) -> bool:
    """Stood in line at any time since then."""
    ended_at = contact.waits[-1].ended_at
    return ended_at is None or ended_at >= moment
