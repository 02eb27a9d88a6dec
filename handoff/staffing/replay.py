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
from handoff.staffing.head_starts import head_starts
from handoff.staffing.sweep import Basis, Observed, Progress, observe, pools_of

_DEFAULT_HANDLE: Final = 300.0
_DEFAULT_PATIENCE: Final = 300.0
RIVALS: Final = ("constant", "last to enter service", "queue length", "head of line")


def basis_of(calls: Calls) -> Basis:
    """What contacts of these days are like; nothing of it is from later days."""
    handles = calls.handle[np.isfinite(calls.handle)]
    gave_up = int(np.count_nonzero(~calls.was_answered & (calls.wait > 0)))
    waited = float(calls.wait.sum())
    pool_of = pools_of(calls)
    return Basis(
        pool_of=pool_of,
        handle=float(handles.mean()) if len(handles) else _DEFAULT_HANDLE,
        patience=waited / gave_up if gave_up and waited else _DEFAULT_PATIENCE,
        hazard=hazard_of(handles) if len(handles) else UNTAUGHT.hazard,
        head_start=head_starts(calls, pool_of),
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
class WithThoseWhoGaveUp:
    """The same among the answered and those who gave up, of whom is known only that they would have waited longer.

    Kaplan and Meier say how often the ends would have been exceeded had all waited on, `seen` counts only the waits
    that were longer; `past_announced` is the share of those who gave up that had waited past the end they were told.
    """

    gave_up: int
    upper_exceeded: float
    announced_exceeded: float
    upper_seen_exceeded: float
    announced_seen_exceeded: float
    past_announced: float | None


@dataclass(frozen=True)
class Report:
    """One population's figures on the held-out days; accuracy and calibration are of the answered."""

    contacts: int
    mean_wait: float
    accuracy: Mapping[str, Accuracy]
    calibration: Calibration
    with_those_who_gave_up: WithThoseWhoGaveUp


@dataclass(frozen=True)
class Replay:
    """`head_starts`: by how many seconds the contacts of a priority were served as if they had come earlier."""

    taught_days: int
    judged_days: int
    waited: Report | None
    all_answered: Report | None
    gave_up_past_announced: float | None
    head_starts: Mapping[int, float]


@dataclass(frozen=True)
class Told:
    """The middle and the upper end that each judged contact was told, and how long it waited."""

    median: Array
    upper: Array
    wait: Array
    was_answered: Array


def replay(calls: Calls, tell: Progress = lambda done, total: None) -> Replay:
    """Learn from the first half of the days and judge by the second, which nothing was learnt from."""
    taught, judged = calls.halves()
    basis = basis_of(calls.some(taught))
    observed = observe(calls, basis, tell)
    waited = _judge(calls, observed, basis.hazard, calls.wait > 0, SHORTEST)
    # Among all there are those who did not wait: they may be told so.
    everybody = _judge(calls, observed, basis.hazard, np.ones(len(calls), dtype=bool), 0.0)
    return Replay(
        taught_days=len(np.unique(calls.day[taught])),
        judged_days=len(np.unique(calls.day[judged])),
        waited=waited,
        all_answered=everybody,
        gave_up_past_announced=waited.with_those_who_gave_up.past_announced if waited else None,
        head_starts=basis.head_start,
    )


def _judge(
    calls: Calls, observed: Observed, hazard: tuple[float, ...], population: Array, shortest: float
) -> Report | None:
    first, second = calls.halves()
    taught, judged = first & population & calls.was_answered, second & population
    if not taught.any() or not (judged & calls.was_answered).any():
        return None
    model = fit(lesson_of(calls, observed, taught[observed.call]), hazard)
    chosen = judged[observed.call] & ~observed.is_later
    lesson = lesson_of(calls, observed, chosen)
    told = _tell(lesson, model, calls.was_answered[observed.call[chosen]], shortest)
    return _report(told, _rivals(lesson.rows, float(calls.wait[taught].mean())))


def _report(told: Told, rivals: Mapping[str, Array]) -> Report:
    answered = told.was_answered
    actual = told.wait[answered]
    guesses = {"estimate": told.median, **rivals}
    return Report(
        contacts=len(actual),
        mean_wait=float(actual.mean()),
        accuracy={name: _accuracy(guess[answered], actual) for name, guess in guesses.items()},
        calibration=_calibration(told.median[answered], told.upper[answered], actual),
        with_those_who_gave_up=with_those_who_gave_up(told),
    )


def _tell(lesson: Lesson, model: Model, was_answered: Array, shortest: float) -> Told:
    """The upper end follows the answers that were known by the time of each arrival."""
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
        if was_answered[case]:
            heappush(open_cases, (moment + float(lesson.remaining[case]), case))
    return Told(median, upper, lesson.remaining, was_answered)


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


def with_those_who_gave_up(told: Told) -> WithThoseWhoGaveUp:
    announced = _announced(told.upper)
    past_announced = told.wait > announced
    gave_up = ~told.was_answered
    return WithThoseWhoGaveUp(
        gave_up=int(gave_up.sum()),
        upper_exceeded=_surviving_one(told.wait / told.upper, told.was_answered),
        announced_exceeded=_surviving_one(told.wait / announced, told.was_answered),
        upper_seen_exceeded=float((told.wait > told.upper).mean()),
        announced_seen_exceeded=float(past_announced.mean()),
        past_announced=float(past_announced[gave_up].mean()) if gave_up.any() else None,
    )


def _surviving_one(age: Array, was_seen: Array) -> float:
    """Kaplan and Meier's share that gets older than one, where some are lost from sight before their end."""
    order = np.lexsort((~was_seen, age))
    at_risk = len(age) - np.arange(len(age))
    ended = was_seen[order] & (age[order] <= 1.0)
    return float(np.prod(1.0 - ended / at_risk))
