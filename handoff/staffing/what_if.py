"""What the waits of a log would have been with more or fewer people, or by another rule."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from handoff.routing.estimate_theory import Array
from handoff.staffing.calls import Calls
from handoff.staffing.line_simulation import Demand, Outcome, Staffing, rule_named, simulate
from handoff.staffing.sweep import Basis

INTERVAL: Final = 900.0
# A line that was there for less than this says nothing about how many people there were.
_TELLING_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Waits:
    """`wait` figures are of answered contacts in seconds, the shares of all."""

    contacts: int
    mean_wait: float
    p50: float
    p80: float
    p95: float
    answered_within: float
    abandoned: float


@dataclass(frozen=True)
class Case:
    """`rule` None: what was recorded."""

    rule: str | None
    more_people: int
    waits: Waits


def what_if(calls: Calls, basis: Basis, rules: Sequence[str], more: Sequence[int], within: float) -> list[Case]:
    """Return the record, then every rule with every change of staffing, of the same contacts and people."""
    pools = [calls.some(chosen) for chosen in _by_pool(calls, basis)]
    worlds = [(_demand(pool, basis), inferred_staffing(pool, basis.handle)) for pool in pools]
    cases = [Case(None, 0, summary(calls.wait, calls.was_answered, within))]
    for rule in rules:
        for change in more:
            outcomes = [simulate(demand, _changed(staffing, change), rule_named(rule)) for demand, staffing in worlds]
            cases.append(Case(rule, change, _together(outcomes, within)))
    return cases


def summary(wait: Array, was_answered: Array, within: float) -> Waits:
    answered = wait[was_answered]
    p50, p80, p95 = np.quantile(answered, (0.5, 0.8, 0.95)).tolist() if len(answered) else (0.0, 0.0, 0.0)
    return Waits(
        contacts=len(wait),
        mean_wait=float(answered.mean()) if len(answered) else 0.0,
        p50=p50,
        p80=p80,
        p95=p95,
        answered_within=float((was_answered & (wait <= within)).mean()) if len(wait) else 0.0,
        abandoned=float((~was_answered).mean()) if len(wait) else 0.0,
    )


def _together(outcomes: Sequence[Outcome], within: float) -> Waits:
    wait = np.concatenate([outcome.wait for outcome in outcomes])
    return summary(wait, np.concatenate([outcome.was_answered for outcome in outcomes]), within)


def _by_pool(calls: Calls, basis: Basis) -> Iterator[Array]:
    pool = np.array([basis.pool_of.get(queue, 0) for queue in calls.queue.tolist()], dtype=int)
    for one in np.unique(pool).tolist():
        yield pool == one


def _demand(calls: Calls, basis: Basis) -> Demand:
    """Who gave up is given the length of another contact; who was answered, the patience that somebody has left."""
    rng = np.random.default_rng(0)
    known = calls.handle[np.isfinite(calls.handle)]
    drawn = rng.choice(known, len(calls)) if len(known) else np.full(len(calls), basis.handle)
    return Demand(
        arrived=calls.arrived,
        priority=_classes(calls.priority, basis.head_start),
        handle=np.where(np.isfinite(calls.handle), calls.handle, drawn),
        patience=np.where(calls.was_answered, calls.wait + rng.exponential(basis.patience, len(calls)), calls.wait),
    )


def _classes(priority: Array, head_start: Mapping[int, float]) -> Array:
    """Number the priorities from 1, the most urgent first, whichever way the log counts."""
    order = sorted(set(priority.tolist()), key=lambda one: (-head_start.get(one, 0.0), one))
    return np.array([order.index(one) + 1 for one in priority.tolist()], dtype=int)


def inferred_staffing(calls: Calls, handle: float) -> Staffing:
    """The people there were in each quarter of an hour: as many as were busy while others waited.

    Where nobody waited, the most that were busy at once. Fractions are carried over to the next quarter.
    """
    first = float(np.floor(calls.arrived.min() / INTERVAL))
    quarters = int(calls.left.max() / INTERVAL - first) + 2
    people: Array = np.zeros(quarters, dtype=int)
    carried = last = 0.0
    busy, telling, peak = _busy_while_waiting(calls, handle, first, quarters)
    for quarter in range(quarters):
        present = busy[quarter] / telling[quarter] if telling[quarter] >= _TELLING_SECONDS else peak[quarter]
        present = last if present <= 0 else present
        people[quarter] = max(0, round(present + carried))
        carried += present - people[quarter]
        last = present
    return Staffing((first + np.arange(quarters)) * INTERVAL, people)


def _busy_while_waiting(calls: Calls, handle: float, first: float, quarters: int) -> tuple[Array, Array, Array]:
    """Return per quarter: busy seconds while a line stood, seconds in which one stood, and the most busy at once."""
    answered = calls.was_answered
    ended = np.where(np.isnan(calls.ended), calls.answered + handle, calls.ended)[answered]
    moments = np.concatenate([calls.answered[answered], ended, calls.arrived, calls.left])
    ones = np.ones(int(answered.sum()))
    nobody = np.zeros(len(calls))
    busy_change = np.concatenate([ones, -ones, nobody, nobody])
    line_change = np.concatenate([0 * ones, 0 * ones, nobody + 1, nobody - 1])
    bounds = (first + np.arange(quarters + 1)) * INTERVAL
    moments = np.concatenate([moments, bounds])
    order = np.lexsort((np.concatenate([busy_change, np.zeros(len(bounds))]), moments))
    moments = moments[order]
    busy = np.cumsum(np.concatenate([busy_change, np.zeros(len(bounds))])[order])[:-1]
    line = np.cumsum(np.concatenate([line_change, np.zeros(len(bounds))])[order])[:-1]
    lasted = np.diff(moments)
    quarter = np.clip((moments[:-1] / INTERVAL - first).astype(int), 0, quarters - 1)
    stood = lasted * (line > 0)
    peak = np.zeros(quarters)
    np.maximum.at(peak, quarter[lasted > 0], busy[lasted > 0])
    return (
        np.bincount(quarter, stood * busy, quarters),
        np.bincount(quarter, stood, quarters),
        peak,
    )


def _changed(staffing: Staffing, change: int) -> Staffing:
    """Nobody is added where nobody works."""
    return Staffing(staffing.since, np.where(staffing.people > 0, np.maximum(0, staffing.people + change), 0))
