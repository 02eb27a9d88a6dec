"""Learns the wait estimate from past contacts."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from handoff.routing.estimate import estimate_rows
from handoff.routing.estimate_features import FREE, INDEX, design, prior
from handoff.routing.estimate_model import AGES, HOURS, UNTAUGHT, Blend, Model
from handoff.routing.estimate_regression import quantile_weights
from handoff.routing.estimate_theory import MEDIAN_Z, UPPER_Z, Array

UPPER: Final = 0.875
_LEAN: Final = 20.0
_SHRINK: Final = 30.0
_MOST_ROWS: Final = 60_000
# Each miss of the upper end stretches it by so much, each hit takes back a seventh of that.
PACE: Final = 0.04
_FEWEST_TO_STRETCH: Final = 50
_MANY: Final = 5_000
_NARROWEST, _WIDEST = 0.3, 5.0


@dataclass(frozen=True)
class Lesson:
    """Past views of the line and how long each contact then waited; in the order of time."""

    rows: Array
    remaining: Array
    is_later: Array
    hour: Array
    queue: Array
    priority: Array
    moment: Array
    queue_names: tuple[str, ...]

    def some(self, chosen: Array) -> "Lesson":
        return Lesson(
            self.rows[chosen],
            self.remaining[chosen],
            self.is_later[chosen],
            self.hour[chosen],
            self.queue[chosen],
            self.priority[chosen],
            self.moment[chosen],
            self.queue_names,
        )


def fit(lesson: Lesson, hazard: tuple[float, ...] = UNTAUGHT.hazard) -> Model:
    """Return a model; the less there was to learn from, the closer it is to theory."""
    if not len(lesson.remaining):
        return replace(UNTAUGHT, hazard=hazard)
    return replace(_fit(lesson, hazard), stretch=_stretch(lesson.some(~lesson.is_later), hazard))


def with_usual(lesson: Lesson, model: Model) -> Array:
    """Return the rows with what the model knows of their hour, queue and priority."""
    rows = lesson.rows.copy()
    by_queue = np.array([model.usual_queue.get(name, model.usual) for name in lesson.queue_names] + [model.usual])
    rows[:, INDEX["usual_hour"]] = np.array(model.usual_hour)[lesson.hour]
    rows[:, INDEX["usual_queue"]] = by_queue[lesson.queue]
    rows[:, INDEX["usual_priority"]] = [
        model.usual_priority.get(str(priority), model.usual) for priority in lesson.priority.tolist()
    ]
    return rows


def hazard_of(handles: Array) -> tuple[float, ...]:
    """Return how readily a conversation of each age ends, relative to once per mean handle time."""
    handles = handles[np.isfinite(handles) & (handles > 0)]
    if len(handles) < 100:
        return UNTAUGHT.hazard
    ages = handles / handles.mean()
    bounds = (*AGES, np.inf)
    rates = []
    for low, high in pairwise(bounds):
        ended = np.count_nonzero((ages > low) & (ages <= high))
        exposed = np.clip(ages - low, 0.0, high - low).sum()
        rates.append(float((ended + 10.0) / (exposed + 10.0)))
    return tuple(rates)


def _fit(lesson: Lesson, hazard: tuple[float, ...]) -> Model:
    at_entry = lesson.remaining[~lesson.is_later]
    overall = float(np.median(at_entry)) if len(at_entry) else 0.0
    model = Model(
        hazard=hazard,
        usual=overall,
        usual_hour=_usual_hours(lesson, overall),
        usual_queue={
            name: _usual(lesson, lesson.queue == number, overall) for number, name in enumerate(lesson.queue_names)
        },
        usual_priority={
            str(priority): _usual(lesson, lesson.priority == priority, overall)
            for priority in np.unique(lesson.priority).tolist()
        },
        contacts=len(at_entry),
    )
    rows = with_usual(lesson, model)
    return replace(
        model,
        at_entry=_blend(rows[~lesson.is_later], at_entry),
        later=_blend(rows[lesson.is_later], lesson.remaining[lesson.is_later]),
    )


def _blend(rows: Array, remaining: Array) -> Blend:
    if len(rows) > _MOST_ROWS:
        chosen = np.random.default_rng(0).choice(len(rows), _MOST_ROWS, replace=False)
        rows, remaining = rows[chosen], remaining[chosen]
    median = quantile_weights(design(rows, MEDIAN_Z), remaining, 0.5, prior(), FREE, _LEAN)
    upper = quantile_weights(design(rows, UPPER_Z), remaining, UPPER, prior(), FREE, _LEAN)
    return Blend(tuple(median.tolist()), tuple(upper.tolist()))


def _stretch(fresh: Lesson, hazard: tuple[float, ...]) -> float:
    """The factor that makes upper ends hold in UPPER of the cases that they were not fitted to.

    Those are the last third, and where there are few, each fifth in turn.
    """
    count = len(fresh.remaining)
    if count < _FEWEST_TO_STRETCH:
        return 1.0
    place = np.arange(count) / count
    folds = [place >= 0.7] if count > _MANY else [(place * 5).astype(int) == fold for fold in range(5)]
    ratios = [_excess(_fit(fresh.some(~fold), hazard), fresh.some(fold)) for fold in folds]
    return float(np.clip(np.quantile(np.concatenate(ratios), UPPER), 0.5, 2.0))


def _excess(model: Model, fresh: Lesson) -> Array:
    _, upper = estimate_rows(with_usual(fresh, model), model, later=False)
    return fresh.remaining / upper


def _usual_hours(lesson: Lesson, overall: float) -> tuple[float, ...]:
    """Hours with few contacts lean towards the same hour of all days, and those towards all."""
    by_clock = [_usual(lesson, lesson.hour % 24 == hour, overall) for hour in range(24)]
    return tuple(_usual(lesson, lesson.hour == slot, by_clock[slot % 24]) for slot in range(HOURS))


def _usual(lesson: Lesson, chosen: Array, otherwise: float) -> float:
    waits = lesson.remaining[chosen & ~lesson.is_later]
    if not len(waits):
        return otherwise
    return float((np.median(waits) * len(waits) + otherwise * _SHRINK) / (len(waits) + _SHRINK))


class Follower:
    """Stretches the upper end as outcomes come in, so that it holds as often as it should whatever changes."""

    def __init__(self, stretch: float = 1.0) -> None:
        self.stretch = stretch

    def learn(self, *, exceeded: bool) -> None:
        change = PACE * (exceeded - (1.0 - UPPER))
        self.stretch = float(np.clip(self.stretch * np.exp(change), _NARROWEST, _WIDEST))
