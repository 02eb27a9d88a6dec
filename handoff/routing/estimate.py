"""How long a waiting contact will still wait: the middle, and an upper end that holds in about seven of eight cases.

Pure: a view of the line and what was learnt go in, seconds come out. Where nothing can be known it says None, which
customers read as "as soon as possible".
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import isfinite, nan
from typing import Final

import numpy as np

from handoff.routing.estimate_features import COLUMNS, LATELY_SECONDS, design
from handoff.routing.estimate_model import AGES, UNTAUGHT, Blend, Model
from handoff.routing.estimate_theory import MEDIAN_Z, UPPER_Z, Array

# Twenty contacts count as much as the configured handle time.
CONTACTS_TO_BELIEVE: Final = 20
# Who has waited as long as this is told by the weights for those who wait already.
LATER_SECONDS: Final = 20.0
_LATER_AGES: Final = AGES[1:]
LATELY: Final = timedelta(seconds=LATELY_SECONDS)
SHORTEST: Final = 1.0
LONGEST: Final = 4 * 3600.0
# The upper ends of the ranges in seconds; the last range is open.
BUCKETS: Final = (("lt1", 60.0), ("1_2", 120.0), ("2_5", 300.0), ("5_10", 600.0))
OPEN_BUCKET: Final = "gt10"


@dataclass(frozen=True)
class LineView:
    """What one waiting contact's line looks like now; all times are seconds.

    `ahead` are those who are served before this contact, `in_line` all who came earlier whatever their priority; a
    contact whom others' agents can serve as well counts in part. `slots` is how many contacts of this kind the people
    present hold at once, `busy_for` how long each taken one of them has been taken. `last_wait` is that of the contact
    answered last, `head_wait` how long the first in line has waited, `recent_wait` the mean of the last five who waited
    at all. `answered_lately` counts answers within 5 minutes, `urgent_lately` more urgent arrivals within 10.
    """

    ahead: float
    slots: float
    handle: float
    patience: float
    busy_for: Sequence[float] = ()
    in_line: float | None = None
    last_wait: float | None = None
    head_wait: float | None = None
    recent_wait: float | None = None
    answered_lately: float | None = None
    urgent_lately: float = 0.0
    waited: float = 0.0
    hour: int = 12
    is_weekend: bool = False
    queue: str = ""
    priority: int = 3


@dataclass(frozen=True)
class Estimate:
    """The remaining wait: half of such contacts wait no longer than the median, seven of eight than the upper end."""

    median_seconds: float
    upper_seconds: float


def estimate(view: LineView, model: Model = UNTAUGHT) -> Estimate | None:
    """Return None when nobody is there to answer or the view makes no sense."""
    return estimate_all([view], model)[0]


def estimate_all(views: Sequence[LineView], model: Model = UNTAUGHT) -> list[Estimate | None]:
    """The same for many at once, which takes hardly longer than for one."""
    answers: list[Estimate | None] = [None] * len(views)
    for later in (False, True):
        asked = [place for place, view in enumerate(views) if _is_known(view) and _is_later(view) is later]
        if asked:
            rows = np.array([row_of(views[place], model) for place in asked])
            figures = zip(*(part.tolist() for part in estimate_rows(rows, model, later=later)), strict=True)
            for place, (median, upper) in zip(asked, figures, strict=True):
                answers[place] = Estimate(median, upper)
    return answers


def _is_known(view: LineView) -> bool:
    figures = (view.ahead, view.slots, view.handle, view.patience, view.waited)
    return all(isfinite(figure) for figure in figures) and min(view.slots, view.handle, view.patience) > 0


def _is_later(view: LineView) -> bool:
    return view.waited >= LATER_SECONDS


def bucket(estimate: Estimate) -> str:
    """The range that is announced: the one in which the upper end falls, so that it is exceeded no more often."""
    return next((code for code, end in BUCKETS if estimate.upper_seconds <= end), OPEN_BUCKET)


def bucket_end(code: str) -> float | None:
    """The seconds that a range promises; None when it is open or nothing was promised."""
    return dict(BUCKETS).get(code)


def handle_time(configured: float, observed: Sequence[float]) -> float:
    """The configured handle time, and with every contact seen more of what was observed."""
    believable = [seconds for seconds in observed if isfinite(seconds) and seconds >= 0]
    return believed(configured, sum(believable), len(believable))


def believed(configured: float, total: float, count: int) -> float:
    """The same from the sum of what was observed."""
    return max(1.0, (configured * CONTACTS_TO_BELIEVE + total) / (CONTACTS_TO_BELIEVE + count))


def estimate_rows(rows: Array, model: Model, *, later: bool, shortest: float = SHORTEST) -> tuple[Array, Array]:
    """Return medians and upper ends for rows of COLUMNS."""
    blend: Blend = model.later if later else model.at_entry
    median = np.clip(_weigh(rows, MEDIAN_Z, blend.median), shortest, LONGEST)
    upper = np.clip(_weigh(rows, UPPER_Z, blend.upper) * model.stretch, SHORTEST, LONGEST)
    return median, np.maximum(median, upper)


def _weigh(rows: Array, z: float, weights: Sequence[float]) -> Array:
    return np.einsum("ni,i->n", design(rows, z), np.array(weights))


@lru_cache(maxsize=64)
def ending_rate(busy_for: tuple[float, ...], handle: float, hazard: tuple[float, ...]) -> float:
    """How many of the taken slots come free per second, by how long each has been taken. Many views share it."""
    return sum(hazard[bisect_right(_LATER_AGES, age / handle)] for age in busy_for) / handle


def row_of(view: LineView, model: Model) -> list[float]:
    """Return the view as one row of COLUMNS."""
    # More slots than are taken can only be for moments: the next departure does not wait for a conversation to end.
    untaken = max(0.0, view.slots - len(view.busy_for)) / view.handle
    values = {
        "ahead": max(0.0, view.ahead),
        "in_line": max(0.0, view.ahead if view.in_line is None else view.in_line),
        "slots": view.slots,
        "busy": float(len(view.busy_for)),
        "ending_rate": ending_rate(tuple(view.busy_for), view.handle, model.hazard) + untaken,
        "answered_lately": _known(view.answered_lately, LATELY_SECONDS * view.slots / view.handle),
        "handle": view.handle,
        "patience": view.patience,
        "last_wait": _known(view.last_wait, nan),
        "head_wait": _known(view.head_wait, nan),
        "recent_wait": _known(view.recent_wait, nan),
        "urgent_lately": max(0.0, view.urgent_lately),
        "waited": max(0.0, view.waited),
        "usual_hour": model.usual_hour[(view.hour % 24) + 24 * view.is_weekend],
        "usual_queue": model.usual_queue.get(view.queue, model.usual),
        "usual_priority": model.usual_priority.get(str(view.priority), model.usual),
    }
    return [values[name] for name in COLUMNS]


def hour_of(moment: datetime) -> tuple[int, bool]:
    """Return the hour and whether it is a weekend's; `moment` is local to the queue."""
    return moment.hour, moment.weekday() >= 5


def _known(value: float | None, otherwise: float) -> float:
    return otherwise if value is None or not isfinite(value) else value
