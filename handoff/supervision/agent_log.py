"""Agents as the log tells them: when they were there, when they worked, what they missed. Pure."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Literal, TypeVar
from uuid import UUID

from handoff.contact_log import ContactEventKind as Kind
from handoff.supervision.contacts import Contact, LogRow, seconds_between

AgentState = Literal["free", "busy", "wrap_up", "away", "offline"]
STATES: tuple[AgentState, ...] = ("free", "busy", "wrap_up", "away", "offline")
K = TypeVar("K")


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


@dataclass
class Timeline:
    """Every change of one agent, in order."""

    times: list[datetime] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)

    def at(self, moment: datetime) -> Load:
        index = bisect_right(self.times, moment)
        return self.loads[index - 1] if index else Load()

    def pieces(self, begin: datetime, end: datetime) -> list[tuple[Load, float]]:
        """The loads between two moments, with the seconds that each lasted."""
        inner = [time for time in self.times if begin < time < end]
        bounds = [begin, *inner, end]
        return [(self.at(since), seconds_between(since, until)) for since, until in pairwise(bounds)]


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


def state_of(presence: str, talking: int, wrapping_up: int) -> AgentState:
    if presence == "offline":
        return "offline"
    if talking:
        return "busy"
    if wrapping_up:
        return "wrap_up"
    return "free" if presence == "available" else "away"


def timelines(rows: Iterable[LogRow], contacts: Iterable[Contact]) -> dict[UUID, Timeline]:
    changes: dict[UUID, list[tuple[datetime, str | None, int, int]]] = defaultdict(list)
    for row in rows:
        if row.kind is Kind.PRESENCE and row.agent_id is not None:
            changes[row.agent_id].append((row.happened_at, str(row.details["presence"]), 0, 0))
    for contact in contacts:
        for piece in contact.handlings:
            if piece.agent_id is not None:
                changes[piece.agent_id].append((piece.taken_at, None, 1, 0))
                if piece.talk_ended_at:
                    changes[piece.agent_id].append((piece.talk_ended_at, None, -1, 1))
                if piece.ended_at:
                    changes[piece.agent_id].append((piece.ended_at, None, 0, -1))
    return {agent_id: _timeline(each) for agent_id, each in changes.items()}


def _timeline(changes: Sequence[tuple[datetime, str | None, int, int]]) -> Timeline:
    timeline, load = Timeline(), Load()
    for at, presence, talking, wrapping_up in sorted(changes, key=lambda change: change[0]):
        load = Load(presence or load.presence, load.talking + talking, load.wrapping_up + wrapping_up)
        if timeline.times and timeline.times[-1] == at:
            timeline.loads[-1] = load
        else:
            timeline.times.append(at)
            timeline.loads.append(load)
    return timeline


def count_states(agents: Mapping[UUID, Timeline], moment: datetime) -> dict[AgentState, int]:
    counted = Counter(timeline.at(moment).state for timeline in agents.values())
    return {state: counted[state] for state in STATES}


def present_on_average(agents: Mapping[UUID, Timeline], begin: datetime, end: datetime) -> float:
    """How many agents were there, averaged over the time."""
    there = sum(seconds for line in agents.values() for load, seconds in line.pieces(begin, end) if load.is_there)
    return there / max(1.0, seconds_between(begin, end))


def occupancy(agents: Iterable[Timeline], begin: datetime, end: datetime) -> tuple[int, int]:
    """Seconds with something in hand, and seconds in which the agents were there."""
    pieces = [piece for timeline in agents for piece in timeline.pieces(begin, end)]
    working = sum(seconds for load, seconds in pieces if load.is_working)
    there = sum(seconds for load, seconds in pieces if load.is_there)
    return round(working), round(there)


def agent_figures(
    rows: Sequence[LogRow], contacts: Sequence[Contact], begin: datetime, end: datetime
) -> dict[UUID, AgentFigures]:
    """Each agent's figures between two moments; work that began before counts from `begin`."""
    lines = timelines(rows, contacts)
    answered = _count(piece.agent_id for each in contacts for piece in each.handlings if begin <= piece.taken_at <= end)
    missed, declined = (_count(_agents_of(rows, kind, begin, end)) for kind in (Kind.MISSED, Kind.DECLINED))
    handled = _handle_times(contacts, begin, end)
    found = {}
    for agent_id in lines.keys() | missed.keys() | declined.keys():
        working, there = occupancy([lines.get(agent_id, Timeline())], begin, end)
        times = handled.get(agent_id, [])
        found[agent_id] = AgentFigures(
            answered=answered[agent_id],
            missed=missed[agent_id],
            declined=declined[agent_id],
            working_seconds=working,
            there_seconds=there,
            occupancy=working * 1000 // there if there else None,
            handle_seconds=round(sum(times) / len(times)) if times else None,
        )
    return found


def _count(keys: Iterable[K | None]) -> Counter[K]:
    return Counter(key for key in keys if key is not None)


def _agents_of(rows: Iterable[LogRow], kind: Kind, begin: datetime, end: datetime) -> Iterable[UUID | None]:
    return [row.agent_id for row in rows if row.kind is kind and begin <= row.happened_at <= end]


def _handle_times(contacts: Iterable[Contact], begin: datetime, end: datetime) -> dict[UUID, list[float]]:
    times: dict[UUID, list[float]] = defaultdict(list)
    for contact in contacts:
        for piece in contact.handlings:
            if piece.agent_id is not None and piece.ended_at is not None and begin <= piece.ended_at <= end:
                times[piece.agent_id].append(seconds_between(piece.taken_at, piece.ended_at))
    return times
