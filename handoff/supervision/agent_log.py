"""Agents as the log tells them: when they were there, when they worked, what they missed. Pure."""

from bisect import bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from operator import itemgetter
from typing import Final, Literal
from uuid import UUID

from handoff.contact_log import ContactEventKind as Kind
from handoff.supervision.contacts import Contact, Handling, LogRow, seconds_between
from handoff.supervision.metrics import share

AgentState = Literal["free", "busy", "wrap_up", "away", "offline"]
STATES: tuple[AgentState, ...] = ("free", "busy", "wrap_up", "away", "offline")
_Change = tuple[datetime, str | None, int, int]
_AT: Final = itemgetter(0)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True)
class Load:
    """What an agent was and held from a moment on."""

    presence: str = "offline"
    talking: int = 0
    wrapping_up: int = 0

    @property
    def state(self) -> AgentState:
        return state_of(self.presence, self.talking, self.wrapping_up)

    @property
    def is_working(self) -> bool:
        return self.talking + self.wrapping_up > 0

    @property
    def is_there(self) -> bool:
        """Ready for the next contact or busy with one; a break counts as neither."""
        return self.is_working or self.presence == "available"


@dataclass(frozen=True)
class Spent:
    """Microseconds with something in hand, and those in which the agent was there."""

    working: int = 0
    there: int = 0


@dataclass
class Timeline:
    """Every change of one agent, in order, with what had been spent by then."""

    times: list[datetime] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    spent: list[Spent] = field(default_factory=list)

    def change(self, at: datetime, load: Load) -> None:
        if self.times and self.times[-1] == at:
            self.loads[-1] = load
            return
        self.spent.append(self._spent_by(at, len(self.times)))
        self.times.append(at)
        self.loads.append(load)

    def at(self, moment: datetime) -> Load:
        index = bisect_right(self.times, moment)
        return self.loads[index - 1] if index else Load()

    def spent_within(self, begin: datetime, end: datetime) -> Spent:
        before, after = (self._spent_by(at, bisect_right(self.times, at)) for at in (begin, end))
        return Spent(after.working - before.working, after.there - before.there)

    def _spent_by(self, moment: datetime, index: int) -> Spent:
        """`index` changes had happened by that moment."""
        if index == 0:
            return Spent()
        load, spent = self.loads[index - 1], self.spent[index - 1]
        lasted = (moment - self.times[index - 1]) // _MICROSECOND
        return Spent(spent.working + lasted * load.is_working, spent.there + lasted * load.is_there)


@dataclass(frozen=True)
class AgentFigures:
    """One agent's day; occupancy is in thousandths of the time in which the agent was there."""

    answered: int
    missed: int
    declined: int
    working_seconds: int
    there_seconds: int
    occupancy: int | None
    handle_seconds: int | None


@dataclass(frozen=True)
class _WorkDone:
    """`handled` is in microseconds."""

    answered: int = 0
    done: int = 0
    handled: int = 0


def state_of(presence: str, talking: int, wrapping_up: int) -> AgentState:
    if presence == "offline":
        return "offline"
    if talking:
        return "busy"
    if wrapping_up:
        return "wrap_up"
    return "free" if presence == "available" else "away"


class AgentDay:
    """What one agent said they were and worked on since `begin`; counted when it is asked for and has changed."""

    def __init__(self, begin: datetime) -> None:
        self.missed = 0
        self.declined = 0
        self._begin = begin
        self._presences: list[tuple[datetime, int, str]] = []
        self._work: dict[int, list[Handling]] = {}
        self._work_done = _WorkDone()
        self._timeline: Timeline | None = None

    def say(self, at: datetime, number: int, presence: str) -> None:
        insort(self._presences, (at, number, presence))
        self._timeline = None

    def set_work(self, contact: int, pieces: list[Handling]) -> None:
        """All of the agent's work on one contact."""
        self._work[contact] = pieces
        self._timeline = None

    def drop_work(self, contact: int) -> None:
        self._work.pop(contact, None)
        self._timeline = None

    @property
    def timeline(self) -> Timeline:
        if self._timeline is None:
            self._timeline = self._put_together()
        return self._timeline

    def _put_together(self) -> Timeline:
        pieces = list(chain.from_iterable(self._work.values()))
        said = [(at, presence, 0, 0) for at, _, presence in self._presences]
        self._work_done = _work_done(pieces, self._begin)
        return _timeline([*said, *chain.from_iterable(map(_steps, pieces))])

    def figures(self, now: datetime) -> AgentFigures:
        """Work that began before the day counts from its begin."""
        spent = self.timeline.spent_within(self._begin, now)
        work = self._work_done
        return AgentFigures(
            answered=work.answered,
            missed=self.missed,
            declined=self.declined,
            working_seconds=_seconds(spent.working),
            there_seconds=_seconds(spent.there),
            occupancy=share(_seconds(spent.working), _seconds(spent.there)),
            handle_seconds=_seconds(work.handled / work.done) if work.done else None,
        )


class AgentLog:
    """All agents as the log tells them; a contact that has changed is taken off before and added anew."""

    def __init__(self, begin: datetime) -> None:
        self._begin = begin
        self._days: dict[UUID, AgentDay] = defaultdict(lambda: AgentDay(begin))

    def happen(self, row: LogRow) -> None:
        """What a row says of an agent alone; each row once."""
        if row.agent_id is None:
            return
        if row.kind is Kind.PRESENCE:
            self._days[row.agent_id].say(row.happened_at, row.number, str(row.details["presence"]))
        elif row.kind is Kind.MISSED and row.happened_at >= self._begin:
            self._days[row.agent_id].missed += 1
        elif row.kind is Kind.DECLINED and row.happened_at >= self._begin:
            self._days[row.agent_id].declined += 1

    def add(self, contact: Contact) -> None:
        for agent_id in _agents_of(contact):
            pieces = [piece for piece in contact.handlings if piece.agent_id == agent_id]
            self._days[agent_id].set_work(contact.number, pieces)

    def remove(self, contact: Contact) -> None:
        for agent_id in _agents_of(contact):
            self._days[agent_id].drop_work(contact.number)

    def each_timeline(self) -> Iterator[Timeline]:
        """One at a time, because the first look at a long day puts all of them together."""
        for day in list(self._days.values()):
            yield day.timeline

    def timelines(self) -> dict[UUID, Timeline]:
        return {agent_id: day.timeline for agent_id, day in self._days.items()}

    def figures(self, now: datetime) -> dict[UUID, AgentFigures]:
        return {agent_id: day.figures(now) for agent_id, day in self._days.items()}


def _agents_of(contact: Contact) -> set[UUID]:
    return {piece.agent_id for piece in contact.handlings if piece.agent_id is not None}


def _work_done(pieces: Sequence[Handling], begin: datetime) -> _WorkDone:
    ended = [(piece.taken_at, end) for piece in pieces if (end := piece.ended_at) and end >= begin]
    return _WorkDone(
        answered=sum(piece.taken_at >= begin for piece in pieces),
        done=len(ended),
        handled=sum((end - taken_at) // _MICROSECOND for taken_at, end in ended),
    )


def _steps(piece: Handling) -> Iterable[_Change]:
    yield piece.taken_at, None, 1, 0
    if piece.talk_ended_at:
        yield piece.talk_ended_at, None, -1, 1
    if piece.ended_at:
        yield piece.ended_at, None, 0, -1


def _timeline(changes: Sequence[_Change]) -> Timeline:
    timeline, load = Timeline(), Load()
    for at, presence, talking, wrapping_up in sorted(changes, key=_AT):
        load = Load(presence or load.presence, load.talking + talking, load.wrapping_up + wrapping_up)
        timeline.change(at, load)
    return timeline


def count_states(agents: Mapping[UUID, Timeline], moment: datetime) -> dict[AgentState, int]:
    counted = Counter(timeline.at(moment).state for timeline in agents.values())
    return {state: counted[state] for state in STATES}


def present_on_average(agents: Mapping[UUID, Timeline], begin: datetime, end: datetime) -> float:
    """How many agents were there, averaged over the time."""
    there = sum(line.spent_within(begin, end).there for line in agents.values())
    return there / 1_000_000 / max(1.0, seconds_between(begin, end))


def occupancy(agents: Iterable[Timeline], begin: datetime, end: datetime) -> tuple[int, int]:
    """Seconds with something in hand, and seconds in which the agents were there."""
    spent = [timeline.spent_within(begin, end) for timeline in agents]
    return _seconds(sum(each.working for each in spent)), _seconds(sum(each.there for each in spent))


def _seconds(microseconds: float) -> int:
    return round(microseconds / 1_000_000)
