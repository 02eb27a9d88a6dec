"""Who is served first: how many seconds each priority is ahead of the others, learnt from whom people chose."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Final

import numpy as np

from handoff.routing.estimate_theory import Array
from handoff.staffing.calls import Calls

# One class more urgent is always first: nobody waits for so long.
ALWAYS: Final = 86_400.0
_STEPS: Final = (0.0, 30.0, 60.0, 90.0, 120.0, 180.0, 240.0, 300.0, 450.0, 600.0, 900.0, 1800.0, ALWAYS)
_CANDIDATES: Final = np.array([*(-step for step in _STEPS[:0:-1]), *_STEPS])
# Fewer choices between two priorities than this say nothing.
_CHOICES_TO_BELIEVE: Final = 200
# What the column is said to mean is given up only where this share more of the choices speaks against it.
_DOUBT: Final = 0.02


def head_starts(calls: Calls, pool_of: Mapping[int, int]) -> dict[int, float]:
    """Return priority → seconds by which its contacts count as having come earlier.

    Where a log does not tell, the smaller number is always first.
    """
    counts = Counter(calls.priority.tolist())
    if not counts:
        return {}
    usual = min(counts, key=lambda priority: (-counts[priority], priority))
    leads = _leads(calls, pool_of) if len(counts) > 1 else {}
    return {priority: _head_start(priority, usual, leads) for priority in counts}


def _head_start(priority: int, usual: int, leads: Mapping[tuple[int, int], list[float]]) -> float:
    said = (usual - priority) * ALWAYS
    chosen, passed_over = leads.get((priority, usual), []), leads.get((usual, priority), [])
    if priority == usual or len(chosen) + len(passed_over) < _CHOICES_TO_BELIEVE:
        return said
    later, earlier = np.sort(chosen), -np.sort(passed_over)[::-1]
    wrong = _wrong(later, earlier, _CANDIDATES)
    best = int(np.argmin(wrong))
    is_clear = wrong[best] < _wrong(later, earlier, np.array([said]))[0] - _DOUBT * (len(later) + len(earlier))
    return float(_CANDIDATES[best]) if is_clear else said


def _wrong(later: Array, earlier: Array, head_start: Array) -> Array:
    """How many choices a head start does not explain: of those who came so much later, and of those passed over."""
    return len(later) - np.searchsorted(later, head_start) + np.searchsorted(earlier, head_start, side="right")


def _leads(calls: Calls, pool_of: Mapping[int, int]) -> dict[tuple[int, int], list[float]]:
    """Return (chosen, passed over) → how much later the chosen one had come than the first of the other priority."""
    waited = calls.some(calls.wait > 0)
    order = np.lexsort((np.repeat([1, 0], len(waited)), np.concatenate([waited.arrived, waited.left])))
    priority, arrived, answered = waited.priority.tolist(), waited.arrived.tolist(), waited.was_answered.tolist()
    own = [pool_of.get(queue, 0) for queue in waited.queue.tolist()]
    lines: dict[int, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    leads: dict[tuple[int, int], list[float]] = defaultdict(list)
    for event in order.tolist():
        number = event % len(waited)
        line, came = lines[own[number]], arrived[number]
        mine = line[priority[number]]
        if event < len(waited):
            mine.append(came)
            continue
        del mine[bisect_left(mine, came)]
        if answered[number]:
            for other, waiting in line.items():
                if waiting and other != priority[number]:
                    leads[priority[number], other].append(came - waiting[0])
    return leads
