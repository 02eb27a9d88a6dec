"""The estimate on logs it has not seen: better than every simple predictor, calibrated, and never at a loss."""

import random
from dataclasses import replace

import numpy as np
import pytest

from handoff.staffing.calls import NO_AGENT, Calls
from handoff.staffing.replay import RIVALS, Report, Told, basis_of, replay, with_those_who_gave_up
from handoff.staffing.sweep import observe, pools_of
from handoff.staffing.what_if import what_if
from tests.effort import cases
from tests.factories.call_logs import Row, World, calls_of, make_log
from tests.factories.rough_logs import RoughWorld, make_rough_log

WORLDS = {
    "a usual month": World(days=20, seed=1),
    "few calls, all of one length": World(days=24, load=0.6, cv=0.3, seed=2),
    "a crowded centre with patient callers": World(days=14, load=1.25, patience=900, seed=3),
}


@pytest.fixture(scope="module", params=list(WORLDS)[: cases(1, len(WORLDS))], ids=str)
def rows(request: pytest.FixtureRequest) -> list[Row]:
    return make_log(WORLDS[request.param])


def judged(calls: Calls) -> Report:
    report = replay(calls).waited
    assert report is not None
    return report


def test_on_days_it_has_not_seen_the_estimate_beats_all_simple_predictors_and_its_upper_end_holds(rows: list[Row]):
    report = judged(calls_of(rows))

    ours = report.accuracy["estimate"].mean_error
    assert set(report.accuracy) == {"estimate", *RIVALS}
    assert all(ours < report.accuracy[rival].mean_error for rival in RIVALS)
    assert 0.10 <= report.calibration.upper_exceeded <= 0.15
    assert report.calibration.announced_exceeded <= 0.15
    assert 0.4 <= report.calibration.below_median <= 0.6


def test_without_names_and_priorities_and_in_any_order_it_still_does():
    rows = [(queue, "", *times, "") for queue, _, *times, _ in make_log(WORLDS["a usual month"])]
    random.Random(4).shuffle(rows)

    report = judged(calls_of(rows))

    ours = report.accuracy["estimate"].mean_error
    assert all(ours < report.accuracy[rival].mean_error for rival in RIVALS)
    assert 0.10 <= report.calibration.upper_exceeded <= 0.15


def test_where_a_third_of_the_people_leave_after_it_has_learnt_the_estimate_still_holds():
    report = judged(calls_of(make_rough_log(RoughWorld(days=16, occupancy=0.7, later=0.65, seed=5))))

    ours = report.accuracy["estimate"].mean_error
    assert all(ours < report.accuracy[rival].mean_error for rival in RIVALS)
    assert 0.10 <= report.calibration.upper_exceeded <= 0.15


def test_who_gave_up_counts_for_as_long_as_they_waited():
    wait = np.array([10.0, 20.0, 30.0, 40.0])
    told = Told(np.full(4, 5.0), np.full(4, 25.0), wait, was_answered=np.array([True, False, True, False]))

    both = with_those_who_gave_up(told)

    # One of four is answered within the end, one of the other three is lost from sight before: 3/4 last longer.
    assert both.upper_exceeded == pytest.approx(0.75)
    assert (both.gave_up, both.upper_seen_exceeded) == (2, 0.5)
    assert both.past_announced == 0


def test_nothing_is_learnt_from_the_days_it_is_judged_by():
    calls = calls_of(make_log(World(days=8, seed=6)))
    _, second = calls.halves()
    last_day = calls.day == calls.day.max()
    shortened = replace(calls, answered=np.where(last_day, calls.arrived, calls.answered))

    for name in ("handle", "patience", "hazard"):
        first = ~second
        assert getattr(basis_of(calls.some(first)), name) == getattr(basis_of(shortened.some(first)), name)
    before = last_day.argmax()
    seen, seen_again = observe(calls, basis_of(calls)), observe(shortened, basis_of(calls))
    assert np.array_equal(
        seen.rows[seen.call < before][:1000], seen_again.rows[seen_again.call < before][:1000], equal_nan=True
    )


def everybody_gives_up(calls: Calls) -> Calls:
    nobody = np.full(len(calls), np.nan)
    return replace(calls, answered=nobody, abandoned=calls.left, ended=nobody)


def nobody_waits(calls: Calls) -> Calls:
    answered = calls.was_answered
    return calls.some(answered).some(calls.wait[answered] <= 0)


def two_contacts(calls: Calls) -> Calls:
    return calls.some(np.arange(len(calls)) < 2)


def one_day(calls: Calls) -> Calls:
    return calls.some(calls.day == calls.day.min())


def all_at_once(calls: Calls) -> Calls:
    first = calls.arrived.min()
    return replace(calls, arrived=np.full(len(calls), first), answered=first + calls.answered - calls.arrived)


def no_ends(calls: Calls) -> Calls:
    return replace(calls, ended=np.full(len(calls), np.nan))


def every_second_hour(calls: Calls) -> Calls:
    return calls.some(calls.hour % 2 == 0)


@pytest.mark.parametrize(
    "odd", [everybody_gives_up, nobody_waits, two_contacts, one_day, all_at_once, no_ends, every_second_hour]
)
def test_an_odd_log_is_replayed_without_a_word_that_is_no_number(odd):
    calls = odd(calls_of(make_log(World(days=3, load=0.3, seed=7)))).in_order()

    result = replay(calls)
    cases = what_if(calls, basis_of(calls), ["fifo"], [0, 1, -3], 20)

    for report in (result.waited, result.all_answered):
        if report is not None:
            assert all(np.isfinite(found.mean_error) for found in report.accuracy.values())
            assert 0 <= report.calibration.upper_exceeded <= 1
    assert all(np.isfinite(case.waits.mean_wait) for case in cases)


def test_the_inferred_people_give_the_recorded_waits_and_one_more_shortens_them():
    calls = calls_of(make_log(World(days=10, seed=8)))

    record, fewer, same, more = what_if(calls, basis_of(calls), ["fifo"], [-1, 0, 1], 20)

    assert same.waits.mean_wait == pytest.approx(record.waits.mean_wait, rel=0.1)
    assert same.waits.abandoned == pytest.approx(record.waits.abandoned, abs=0.02)
    assert more.waits.mean_wait < same.waits.mean_wait < fewer.waits.mean_wait
    assert more.waits.abandoned < same.waits.abandoned < fewer.waits.abandoned


def test_queues_with_people_of_their_own_have_lines_of_their_own():
    rows = make_log(World(days=2, seed=9))
    split = [
        (f"{'left' if one % 2 else 'right'}", *row[1:6], f"{one % 2}{row[6]}" if row[6] else "")
        for one, row in enumerate(rows)
    ]
    apart, together = calls_of(split), calls_of(rows)

    assert len(set(pools_of(apart).values())) == 2
    assert len(set(pools_of(together).values())) == 1
    assert len(set(pools_of(replace(apart, agent=np.full(len(apart), NO_AGENT))).values())) == 1
