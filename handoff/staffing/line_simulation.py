"""Lets contacts stand in line before so many people, by one of several rules. All chance is in its input."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf, nan
from typing import Final

import numpy as np

from handoff.routing.estimate_theory import Array

# The place in line of the first of a class: (priority, arrived, now) → the smallest is served first.
Rule = Callable[[int, float, float], tuple[float, float]]
AGEING_SECONDS: Final = 300.0


def fifo(priority: int, arrived: float, now: float) -> tuple[float, float]:
    return 0.0, arrived


def strict(priority: int, arrived: float, now: float) -> tuple[float, float]:
    return float(priority), arrived


def ageing(priority: int, arrived: float, now: float) -> tuple[float, float]:
    """One class more urgent after every five minutes, as the live line does it."""
    return max(1.0, priority - (now - arrived) // AGEING_SECONDS), arrived


RULES: Final[dict[str, Rule]] = {"fifo": fifo, "priority": strict, "ageing": ageing}


@dataclass(frozen=True)
class Demand:
    """Contacts in the order of arrival: who would take how long, and who would give up after which wait."""

    arrived: Array
    priority: Array
    handle: Array
    patience: Array


@dataclass(frozen=True)
class Staffing:
    """From `since[i]` on, until the next, there are `people[i]`."""

    since: Array
    people: Array


@dataclass(frozen=True)
class Outcome:
    """The wait until the answer or until the contact gave up, and who answered (-1: nobody)."""

    wait: Array
    person: Array

    @property
    def was_answered(self) -> Array:
        return self.person >= 0


def simulate(demand: Demand, staffing: Staffing, rule: Rule) -> Outcome:
    """A person who is no longer needed finishes the conversation first. At the end of the staffing nothing changes."""
    return _Line(demand, staffing, rule).run()


class _Line:
    def __init__(self, demand: Demand, staffing: Staffing, rule: Rule) -> None:
        self._rule = rule
        self._arrived = demand.arrived.tolist()
        self._priority = demand.priority.tolist()
        self._handle = demand.handle.tolist()
        self._patience = demand.patience.tolist()
        self._changes = list(zip(staffing.since.tolist(), staffing.people.tolist(), strict=True))
        self._wait = [nan] * len(self._arrived)
        self._person = [-1] * len(self._arrived)
        self._lines: dict[int, deque[int]] = {priority: deque() for priority in sorted(set(self._priority))}
        self._ends: list[tuple[float, int]] = []
        self._idle: list[int] = []
        self._known = 0
        self._people = 0

    def run(self) -> Outcome:
        arrivals, changes = 0, 0
        while arrivals < len(self._arrived) or any(self._lines.values()):
            arrival = self._arrived[arrivals] if arrivals < len(self._arrived) else inf
            change = self._changes[changes][0] if changes < len(self._changes) else inf
            end = self._ends[0][0] if self._ends else inf
            now = min(arrival, change, end)
            if now == inf:
                self._give_up_all()
                break
            if now == end:
                heappush(self._idle, heappop(self._ends)[1])
            elif now == change:
                self._people = self._changes[changes][1]
                changes += 1
            else:
                self._lines[self._priority[arrivals]].append(arrivals)
                arrivals += 1
            self._serve(now)
        return Outcome(np.array(self._wait), np.array(self._person, dtype=int))

    def _serve(self, now: float) -> None:
        while len(self._ends) < self._people:
            first = self._first(now)
            if first is None:
                return
            self._wait[first] = now - self._arrived[first]
            self._person[first] = self._take_person()
            heappush(self._ends, (now + self._handle[first], self._person[first]))

    def _first(self, now: float) -> int | None:
        """Take out who is served next; those who have given up meanwhile are passed over."""
        heads: list[tuple[tuple[float, float], int]] = []
        for priority, line in self._lines.items():
            while line and self._arrived[line[0]] + self._patience[line[0]] < now:
                self._give_up(line.popleft())
            if line:
                heads.append((self._rule(priority, self._arrived[line[0]], now), priority))
        return self._lines[min(heads)[1]].popleft() if heads else None

    def _take_person(self) -> int:
        if self._idle:
            return heappop(self._idle)
        self._known += 1
        return self._known - 1

    def _give_up(self, contact: int) -> None:
        self._wait[contact] = self._patience[contact]

    def _give_up_all(self) -> None:
        for line in self._lines.values():
            while line:
                self._give_up(line.popleft())


def rule_named(name: str) -> Rule:
    return RULES[name]


def rule_names() -> Sequence[str]:
    return tuple(RULES)
