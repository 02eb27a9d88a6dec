"""One day of the contact log as it was read so far, with the figures that follow from it. Pure."""

from bisect import insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from operator import attrgetter
from typing import Final
from uuid import UUID

from handoff.contact_log import ContactEventKind as Kind
from handoff.supervision.agent_log import AgentLog
from handoff.supervision.contacts import Contact, LogRow, advance, fold
from handoff.supervision.day import HISTORY, Day, DayCount, waited_since
from handoff.supervision.metrics import PromiseOf

# What customers were told stays worth showing for so long.
TOLD_LATELY: Final = timedelta(minutes=10)
_number: Final = attrgetter("number")


@dataclass(slots=True)
class _Course:
    """A conversation's contacts, and the number of its last row."""

    contacts: list[Contact] = field(default_factory=list)
    last: int = 0


class DayLog:
    """Rows come in the order of their numbers, each once; figures grow with them and are never counted anew."""

    def __init__(self, day: Day, promise_of: PromiseOf) -> None:
        self.day = day
        self.count = DayCount(day, promise_of)
        self.agents = AgentLog(day.begin)
        self._courses: dict[UUID, _Course] = defaultdict(_Course)
        self._lately: dict[int, Contact] = {}
        self._told: list[tuple[datetime, int]] = []

    @property
    def contacts(self) -> list[Contact]:
        """The oldest begun comes first."""
        return sorted(chain.from_iterable(each.contacts for each in self._courses.values()), key=_number)

    @property
    def today(self) -> list[Contact]:
        return [contact for contact in self.contacts if self.day.holds(contact.requested_at)]

    def strangers(self, rows: Iterable[LogRow]) -> set[UUID]:
        """Whose rows have to be read whole: those not known yet, and those of whom an earlier row comes late."""
        known = ((row, row.conversation_id) for row in rows if row.conversation_id is not None)
        return {each for row, each in known if each not in self._courses or row.number < self._courses[each].last}

    def gather(self, rows: Sequence[LogRow]) -> None:
        """Take in rows of a first reading, which has every row of each conversation; nothing is counted yet."""
        for row in rows:
            self.agents.happen(row)
            self._hear(row)
        for conversation_id, own in _by_conversation(rows).items():
            _go_on(self._courses[conversation_id], own)

    def count_gathered(self) -> Iterator[None]:
        """Count what was gathered, one conversation and one agent at a time: of a long day it takes a while."""
        for course in self._courses.values():
            for contact in course.contacts:
                self._count(contact)
            yield
        for _ in self.agents.each_timeline():
            yield

    def add(self, rows: Sequence[LogRow], whole: Collection[LogRow] = ()) -> None:
        """`whole` has every row of the strangers among them, up to the last of `rows`."""
        for row in rows:
            self.agents.happen(row)
            self._hear(row)
        anew = _by_conversation(whole)
        for conversation_id, own in _by_conversation(rows).items():
            if conversation_id not in anew:
                self._go_on(self._courses[conversation_id], own)
        for conversation_id, own in anew.items():
            self._begin_anew(self._courses[conversation_id], own)

    def lately_in_line(self, now: datetime) -> Collection[Contact]:
        """Who waits, or waited within the last hour."""
        self._lately = {key: each for key, each in self._lately.items() if waited_since(each, now - HISTORY)}
        return self._lately.values()

    def in_line(self, now: datetime) -> list[Contact]:
        """Who waits now and has not asked to be called back, whenever they came."""
        return [each for each in self.lately_in_line(now) if each.is_waiting and not each.is_callback]

    def told(self, now: datetime) -> Sequence[tuple[datetime, int]]:
        """What customers were told lately: when, and how many seconds at most."""
        self._told = [each for each in self._told if each[0] >= told_since(now)]
        return self._told

    def _hear(self, row: LogRow) -> None:
        seconds = row.details.get("upper_seconds") if row.kind is Kind.ANNOUNCED else None
        if seconds is not None:
            insort(self._told, (row.happened_at, round(float(seconds))))

    def _go_on(self, course: _Course, rows: Sequence[LogRow]) -> None:
        """Only the last contact changes, and others may begin."""
        first = max(0, len(course.contacts) - 1)
        for contact in course.contacts[first:]:
            self._take_off(contact)
        _go_on(course, rows)
        for contact in course.contacts[first:]:
            self._count(contact)

    def _begin_anew(self, course: _Course, rows: Sequence[LogRow]) -> None:
        for contact in course.contacts:
            self._take_off(contact)
        course.contacts, course.last = fold(rows), rows[-1].number
        for contact in course.contacts:
            self._count(contact)

    def _count(self, contact: Contact) -> None:
        self.count.add(contact)
        self.agents.add(contact)
        self._lately[contact.number] = contact

    def _take_off(self, contact: Contact) -> None:
        self.count.remove(contact)
        self.agents.remove(contact)
        self._lately.pop(contact.number, None)


def _go_on(course: _Course, rows: Sequence[LogRow]) -> None:
    for row in rows:
        last = course.contacts[-1] if course.contacts else None
        now_last = advance(last, row)
        if now_last is not None and now_last is not last:
            course.contacts.append(now_last)
    course.last = rows[-1].number


def told_since(now: datetime) -> datetime:
    return now - HISTORY - TOLD_LATELY


def _by_conversation(rows: Iterable[LogRow]) -> dict[UUID, list[LogRow]]:
    found: dict[UUID, list[LogRow]] = defaultdict(list)
    for row in rows:
        if row.conversation_id is not None:
            found[row.conversation_id].append(row)
    return found
