"""Goes through a log once and writes down what could be seen of the line at each arrival, from the past alone."""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import nan
from typing import Final

import numpy as np

from handoff.routing.estimate import believed
from handoff.routing.estimate_features import COLUMNS, LATELY_SECONDS
from handoff.routing.estimate_model import AGES
from handoff.routing.estimate_theory import Array
from handoff.staffing.calls import NO_AGENT, Calls

# Who has waited this long is looked at again, as the live estimate does.
LOOKED_AT_AGAIN: Final = (30.0, 90.0, 180.0, 360.0)
_LATER_AGES: Final = AGES[1:]
# An agent of whom nothing was heard for so long is taken to have gone.
_PRESENT_SECONDS: Final = 600.0
_URGENT_SECONDS: Final = 600.0
_RECENT_WAITS: Final = 5
_RECENT_HANDLES: Final = 200
# Told how much of how much is done.
Progress = Callable[[int, int], None]
_END, _LEAVE, _LOOK, _ARRIVE, _LEAVE_AT_ONCE = range(5)


@dataclass(frozen=True)
class Basis:
    """What is known before the first contact: the agents that queues share, how long contacts take and wait.

    `head_start` holds the seconds by which a priority's contacts count as having come earlier.
    """

    pool_of: Mapping[int, int]
    handle: float
    patience: float
    hazard: tuple[float, ...]
    head_start: Mapping[int, float]


@dataclass(frozen=True)
class Observed:
    """Rows of COLUMNS (`usual_*` still NaN), the contact that each is about, and how long it still waited."""

    rows: Array
    call: Array
    remaining: Array
    is_later: Array


def observe(calls: Calls, basis: Basis, tell: Progress = lambda done, total: None) -> Observed:
    """Look at the line at every arrival, and again at those who wait for long; `tell` how far it is."""
    basis = replace(basis, head_start=_for_all(basis.head_start, np.unique(calls.priority).tolist()))
    pools: dict[int, _Pool] = defaultdict(lambda: _Pool(basis))
    own = [pools[basis.pool_of.get(queue, 0)] for queue in calls.queue.tolist()]
    priority, agent = calls.priority.tolist(), calls.agent.tolist()
    arrived, left = calls.arrived.tolist(), calls.left.tolist()
    answered, handle = calls.answered.tolist(), calls.handle.tolist()
    # Arrays and not lists: a million rows of objects would fill the memory of a small machine.
    rows, about, remaining, is_later = array("f"), array("q"), array("d"), array("b")
    for kind, number, now in _events(calls, basis.handle, tell):
        pool = own[number]
        if kind in (_ARRIVE, _LOOK):
            rows.extend(pool.look(priority[number], arrived[number], now))
            about.append(number)
            remaining.append(left[number] - now)
            is_later.append(kind == _LOOK)
        if kind == _ARRIVE:
            pool.arrive(priority[number], now)
        elif kind in (_LEAVE, _LEAVE_AT_ONCE):
            pool.leave(priority[number], arrived[number])
            if answered[number] == now:
                pool.answer(agent[number], now - arrived[number], now)
        elif kind == _END:
            pool.end(agent[number], answered[number], handle[number], now)
    found = np.array(rows, dtype=np.float32).reshape(-1, len(COLUMNS))
    return Observed(found, np.array(about), np.array(remaining), np.array(is_later).astype(bool))


def _events(calls: Calls, handle: float, tell: Progress) -> Iterator[tuple[int, int, float]]:
    """Yield (kind, contact, moment) in order. Within a moment room is made before it is taken."""
    everybody = np.arange(len(calls))
    answered = np.flatnonzero(calls.was_answered)
    ended = np.where(np.isnan(calls.ended[answered]), calls.answered[answered] + handle, calls.ended[answered])
    # A conversation of no length must not end before it begins.
    ended = np.maximum(ended, calls.answered[answered] + 0.001)
    parts = [(_ARRIVE, everybody, calls.arrived), (_END, answered, ended)]
    parts += [(_LEAVE, everybody[calls.wait > 0], calls.left[calls.wait > 0])]
    parts += [(_LEAVE_AT_ONCE, everybody[calls.wait <= 0], calls.left[calls.wait <= 0])]
    for age in LOOKED_AT_AGAIN:
        still = np.flatnonzero(calls.wait > age)
        parts.append((_LOOK, still, calls.arrived[still] + age))
    kinds = np.concatenate([np.full(len(numbers), kind) for kind, numbers, _ in parts])
    numbers = np.concatenate([numbers for _, numbers, _ in parts])
    moments = np.concatenate([moments for _, _, moments in parts])
    order = np.lexsort((numbers, kinds, moments))
    for start in range(0, len(order), 100_000):
        tell(start, len(order))
        some = order[start : start + 100_000]
        yield from zip(kinds[some].tolist(), numbers[some].tolist(), moments[some].tolist(), strict=True)


@dataclass
class _Pool:
    """The line and the agents of queues that are served by the same people."""

    basis: Basis
    # The arrivals of those who wait, by priority, and when those who are talked to were answered; all in order.
    waiting: defaultdict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    busy: list[float] = field(default_factory=list)
    present: dict[int, float] = field(default_factory=dict)
    heard: deque[tuple[float, int]] = field(default_factory=deque)
    # How many were busy at once: each count is smaller than those before it.
    peaks: deque[tuple[float, int]] = field(default_factory=deque)
    arrivals: deque[tuple[float, int]] = field(default_factory=deque)
    urgent: Counter[int] = field(default_factory=Counter)
    answers: deque[float] = field(default_factory=deque)
    waits: deque[float] = field(default_factory=lambda: deque(maxlen=_RECENT_WAITS))
    handles: deque[float] = field(default_factory=deque)
    handled: float = 0.0
    last_wait: float = nan

    def arrive(self, priority: int, now: float) -> None:
        self.waiting[priority].append(now)
        self.arrivals.append((now, priority))
        self.urgent[priority] += 1

    def leave(self, priority: int, arrived: float) -> None:
        line = self.waiting[priority]
        del line[bisect_left(line, arrived)]

    def answer(self, agent: int, waited: float, now: float) -> None:
        self.busy.append(now)
        self._note_peak(now)
        self.last_wait = waited
        if waited > 0:
            self.waits.append(waited)
            self.answers.append(now)
        if agent != NO_AGENT:
            self.present[agent] = now

    def end(self, agent: int, answered: float, handle: float, now: float) -> None:
        self._note_peak(now)
        del self.busy[bisect_left(self.busy, answered)]
        if handle >= 0:
            if len(self.handles) == _RECENT_HANDLES:
                self.handled -= self.handles.popleft()
            self.handles.append(handle)
            self.handled += handle
        if agent != NO_AGENT:
            self.present[agent] = now
            self.heard.append((now, agent))

    def look(self, priority: int, arrived: float, now: float) -> tuple[float, ...]:
        """Return one row of COLUMNS."""
        self._forget(now)
        handle = believed(self.basis.handle, self.handled, len(self.handles))
        slots = max(1, len(self.present), len(self.busy), self.peaks[0][1] if self.peaks else 0)
        head_start = self.basis.head_start
        own = head_start[priority]
        # Who comes now stands behind all who count as having come at the same moment.
        before = bisect_right if arrived == now else bisect_left
        return (
            sum(before(line, arrived - own + head_start[other]) for other, line in self.waiting.items()),
            sum(before(line, arrived) for line in self.waiting.values()),
            slots,
            len(self.busy),
            max(self._ending_rate(handle, now), 0.5 / handle),
            len(self.answers),
            handle,
            self.basis.patience,
            self.last_wait,
            self._head_wait(arrived, now),
            sum(self.waits) / len(self.waits) if self.waits else nan,
            sum(count for other, count in self.urgent.items() if head_start[other] > own),
            now - arrived,
            nan,
            nan,
            nan,
        )

    def _head_wait(self, arrived: float, now: float) -> float:
        head = min((line[0] for line in self.waiting.values() if line), default=arrived)
        return now - head if head < arrived else nan

    def _ending_rate(self, handle: float, now: float) -> float:
        """How many of those busy are through per second, by how long each has been talking."""
        hazard, busy = self.basis.hazard, self.busy
        rate, younger = 0.0, len(busy)
        for ease, age in zip(hazard, _LATER_AGES, strict=False):
            older = bisect_right(busy, now - age * handle, 0, younger)
            rate += ease * (younger - older)
            younger = older
        return (rate + hazard[-1] * younger) / handle

    def _note_peak(self, now: float) -> None:
        while self.peaks and self.peaks[-1][1] <= len(self.busy):
            self.peaks.pop()
        self.peaks.append((now, len(self.busy)))

    def _forget(self, now: float) -> None:
        while self.heard and self.heard[0][0] <= now - _PRESENT_SECONDS:
            moment, agent = self.heard.popleft()
            if self.present.get(agent) == moment:
                del self.present[agent]
        _drop(self.answers, now - LATELY_SECONDS)
        while self.peaks and self.peaks[0][0] <= now - _PRESENT_SECONDS:
            self.peaks.popleft()
        while self.arrivals and self.arrivals[0][0] <= now - _URGENT_SECONDS:
            self.urgent[self.arrivals.popleft()[1]] -= 1


def _for_all(head_start: Mapping[int, float], priorities: Sequence[int]) -> dict[int, float]:
    """A priority that was never seen counts as the nearest one that was."""
    seen = head_start or {0: 0.0}
    return {priority: seen[min(seen, key=lambda known: abs(known - priority))] for priority in priorities}


def _drop(moments: deque[float], before: float) -> None:
    while moments and moments[0] <= before:
        moments.popleft()


def pools_of(calls: Calls) -> dict[int, int]:
    """Return queue → pool: queues belong together when most of the contacts of one are answered by people of the other.

    Queues of which no agents are known stand in the first pool.
    """
    named = (calls.agent != NO_AGENT) & calls.was_answered
    queues = np.unique(calls.queue).tolist()
    counts = np.zeros((len(calls.queue_names) + 1, len(calls.agent_names) + 1))
    np.add.at(counts, (calls.queue[named], calls.agent[named]), 1)
    pool = {queue: queue for queue in queues}
    for one in queues:
        for other in queues:
            if other > one and _share_people(counts[one], counts[other]):
                _join(pool, queues, one, other)
    return pool


def _share_people(one: Array, other: Array) -> bool:
    """True when either queue is unknown or agents who serve both do half of the work of one of them."""
    if not one.sum() or not other.sum():
        return True
    both = (one > 0.03 * one.sum() / max(1, np.count_nonzero(one))) & (
        other > 0.03 * other.sum() / max(1, np.count_nonzero(other))
    )
    return bool(max(one[both].sum() / one.sum(), other[both].sum() / other.sum()) > 0.5)


def _join(pool: dict[int, int], queues: Sequence[int], one: int, other: int) -> None:
    old, new = pool[other], pool[one]
    for queue in queues:
        if pool[queue] == old:
            pool[queue] = new
