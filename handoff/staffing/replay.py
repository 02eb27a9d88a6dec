"""How well the estimate tells the waits of a log: learnt on the first half of its days, judged on the second."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import Final

import numpy as np

from handoff.routing.estimate import BUCKETS, OPEN_BUCKET, SHORTEST, estimate_rows
from handoff.routing.estimate_features import INDEX
from handoff.routing.estimate_fit import Follower, Lesson, fit, hazard_of, with_usual
from handoff.routing.estimate_model import UNTAUGHT, Model
from handoff.routing.estimate_theory import Array
from handoff.staffing.calls import Calls
from handoff.staffing.sweep import Basis, Observed, observe, pools_of

_DEFAULT_HANDLE: Final = 300.0
_DEFAULT_PATIENCE: Final = 300.0
RIVALS: Final = ("constant", "last to enter service", "queue length", "head of line")


def basis_of(calls: Calls) -> Basis:
    """What contacts of these days are like; nothing of it is from later days."""
    handles = calls.handle[np.isfinite(calls.handle)]
    gave_up = int(np.count_nonzero(~calls.was_answered & (calls.wait > 0)))
    waited = float(calls.wait.sum())
    return Basis(
        pool_of=pools_of(calls),
        handle=float(handles.mean()) if len(handles) else _DEFAULT_HANDLE,
        patience=waited / gave_up if gave_up and waited else _DEFAULT_PATIENCE,
        hazard=hazard_of(handles) if len(handles) else UNTAUGHT.hazard,
    )


def lesson_of(calls: Calls, observed: Observed, chosen: Array) -> Lesson:
    about = observed.call[chosen]
    return Lesson(
        rows=observed.rows[chosen],
        remaining=observed.remaining[chosen],
        is_later=observed.is_later[chosen],
        hour=calls.hour[about],
        queue=calls.queue[about],
        priority=calls.priority[about],
        moment=calls.arrived[about],
        queue_names=calls.queue_names,
    )


@dataclass(frozen=True)
class Accuracy:
    """Of one predictor, in seconds; the shares are of contacts told right to within 30 s or a quarter, and to 30 %."""

    mean_error: float
    bias: float
    root_mean_square: float
    within: float
    within_30_percent: float


@dataclass(frozen=True)
class Calibration:
    """How often the upper end was exceeded, before and after it is made coarse, and which ranges were told."""

    upper_exceeded: float
    announced_exceeded: float
    below_median: float
    buckets: Mapping[str, float]


@dataclass(frozen=True)
class Report:
    """One population's figures on the held-out days."""

    contacts: int
    mean_wait: float
    accuracy: Mapping[str, Accuracy]
    calibration: Calibration


@dataclass(frozen=True)
class Replay:
    taught_days: int
    judged_days: int
    waited: Report | None
    all_answered: Report | None
    gave_up_past_announced: float | None


def replay(calls: Calls) -> Replay:
    """Learn from the first half of the days and judge by the second, which nothing was learnt from."""
    taught, judged = calls.halves()
    basis = basis_of(calls.some(taught))
    observed = observe(calls, basis)
    waited = calls.was_answered & (calls.wait > 0)
    model = fit(lesson_of(calls, observed, (taught & waited)[observed.call]), basis.hazard)
    broad = fit(lesson_of(calls, observed, (taught & calls.was_answered)[observed.call]), basis.hazard)
    return Replay(
        taught_days=len(np.unique(calls.day[taught])),
        judged_days=len(np.unique(calls.day[judged])),
        waited=_report(calls, observed, model, taught & waited, judged & waited),
        # Among all answered there are those who did not wait: they may be told so.
        all_answered=_report(calls, observed, broad, taught & calls.was_answered, judged & calls.was_answered, 0.0),
        gave_up_past_announced=_gave_up_past_announced(calls, observed, model, judged),
    )


def _report(
    calls: Calls, observed: Observed, model: Model, taught: Array, judged: Array, shortest: float = SHORTEST
) -> Report | None:
    lesson = lesson_of(calls, observed, judged[observed.call] & ~observed.is_later)
    actual = lesson.remaining
    if not len(actual) or not taught.any():
        return None
    median, upper = _told(lesson, model, shortest)
    told = {"estimate": median, **_rivals(lesson.rows, float(calls.wait[taught].mean()))}
    return Report(
        contacts=len(actual),
        mean_wait=float(actual.mean()),
        accuracy={name: _accuracy(guess, actual) for name, guess in told.items()},
        calibration=_calibration(median, upper, actual),
    )


def _told(lesson: Lesson, model: Model, shortest: float) -> tuple[Array, Array]:
    """The upper end follows the outcomes that were known by the time of each arrival."""
    median, plain = estimate_rows(
        with_usual(lesson, model), replace(model, stretch=1.0), later=False, shortest=shortest
    )
    follower = Follower(model.stretch)
    upper = np.empty_like(plain)
    open_cases: list[tuple[float, int]] = []
    for case, moment in enumerate(lesson.moment.tolist()):
        while open_cases and open_cases[0][0] <= moment:
            _, known = heappop(open_cases)
            follower.learn(exceeded=bool(lesson.remaining[known] > upper[known]))
        upper[case] = max(median[case], plain[case] * follower.stretch)
        heappush(open_cases, (moment + float(lesson.remaining[case]), case))
    return median, upper


def _rivals(rows: Array, constant: float) -> dict[str, Array]:
    """The four simple predictors; what one of them does not know yet counts as no wait."""
    queue_length = (
        (rows[:, INDEX["in_line"]] + 1.0) * rows[:, INDEX["handle"]] / np.maximum(rows[:, INDEX["busy"]], 1.0)
    )
    guesses = (
        np.full(len(rows), constant),
        np.nan_to_num(rows[:, INDEX["last_wait"]]),
        queue_length,
        np.nan_to_num(rows[:, INDEX["head_wait"]]),
    )
    return dict(zip(RIVALS, guesses, strict=True))


def _accuracy(guess: Array, actual: Array) -> Accuracy:
    error = guess.astype(float) - actual
    return Accuracy(
        mean_error=float(np.abs(error).mean()),
        bias=float(error.mean()),
        root_mean_square=float(np.sqrt((error**2).mean())),
        within=float((np.abs(error) <= np.maximum(30.0, 0.25 * actual)).mean()),
        within_30_percent=float((np.abs(error) <= 0.3 * actual).mean()),
    )


def _calibration(median: Array, upper: Array, actual: Array) -> Calibration:
    announced = _announced(upper)
    ranges = [(code, float((announced == end).mean())) for code, end in (*BUCKETS, (OPEN_BUCKET, np.inf))]
    return Calibration(
        upper_exceeded=float((actual > upper).mean()),
        announced_exceeded=float((actual > announced).mean()),
        below_median=float((actual <= median).mean()),
        buckets=dict(ranges),
    )


def _announced(upper: Array) -> Array:
    """The end of the range that an upper end falls in; infinite for the open one."""
    ends = np.array([*(end for _, end in BUCKETS), np.inf])
    return ends[np.searchsorted(ends, upper, side="left")]


def _gave_up_past_announced(calls: Calls, observed: Observed, model: Model, judged: Array) -> float | None:
    """The share of those who gave up although they had been told that it would be over by then."""
    gave_up = judged & ~calls.was_answered & (calls.wait > 0)
    lesson = lesson_of(calls, observed, gave_up[observed.call] & ~observed.is_later)
    if not len(lesson.remaining):
        return None
    _, upper = estimate_rows(with_usual(lesson, model), model, later=False)
    return float((lesson.remaining > _announced(upper)).mean())
