"""Erlang A and C: against published figures, against each other and against simulations."""

from collections import deque
from math import inf, isfinite

import numpy as np
import pytest
import simpy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handoff.staffing.erlang import Load, erlang_b, erlang_c, people_needed, prospect
from handoff.staffing.line_simulation import Demand, Staffing, fifo, simulate

HOTLINE = Load(110 / 3600, 180, 345)


@pytest.mark.parametrize(
    ("people", "occupancy", "waits", "abandons", "mean_wait", "in_20"),
    [
        (6, 0.82, 0.53, 0.104, 36, 0.56),
        (7, 0.74, 0.35, 0.054, 19, 0.73),
        (8, 0.67, 0.21, 0.026, 9, 0.85),
        (9, 0.60, 0.11, 0.012, 4, 0.93),
    ],
)
def test_a_hotline_of_110_calls_an_hour_behaves_as_computed_elsewhere(
    people: int, occupancy: float, waits: float, abandons: float, mean_wait: float, in_20: float
):
    found = prospect(HOTLINE, people, 20)

    assert found.occupancy == pytest.approx(occupancy, abs=0.006)
    assert found.waits == pytest.approx(waits, abs=0.006)
    assert found.abandons == pytest.approx(abandons, abs=0.0006)
    assert found.mean_wait == pytest.approx(mean_wait, abs=0.6)
    assert found.answered_within == pytest.approx(in_20, abs=0.006)


def test_erlang_b_and_c_give_the_values_of_the_tables():
    # Two erlangs before three lines: B = (8/6)/(1 + 2 + 2 + 8/6) = 4/19, C = 4/9.
    assert erlang_b(2, 3) == pytest.approx(4 / 19)
    assert erlang_c(2, 3) == pytest.approx(4 / 9)


@pytest.mark.parametrize("people", [6, 7, 9, 14])
@pytest.mark.parametrize("within", [10, 20, 60])
def test_with_endless_patience_nothing_differs_from_erlang_c_by_half_a_point(people: int, within: float):
    patient = prospect(Load(HOTLINE.calls_per_second, 180, None), people, within)
    nearly = prospect(Load(HOTLINE.calls_per_second, 180, 1e7), people, within)

    for name in ("waits", "abandons", "answered_within", "in_time", "occupancy"):
        assert getattr(nearly, name) == pytest.approx(getattr(patient, name), abs=0.005)


loads = st.builds(Load, calls_per_second=st.floats(1e-5, 5), handle=st.floats(1, 1800), patience=st.floats(5, 1e5))


def test_a_line_of_hundreds_of_thousands_goes_like_one_that_can_still_be_counted():
    """Four a second for one person who answers one a second: three of four leave, after 1.39 patiences at most."""
    counted, flooded = (prospect(Load(4.0, 1.0, patience), 1, patience) for patience in (30_000.0, 300_000.0))

    assert flooded.abandons == pytest.approx(0.75)
    assert (flooded.waits, flooded.occupancy, flooded.answered_within) == (1.0, 1.0, 0.0)
    for name in ("waits", "abandons", "answered_within", "in_time", "occupancy"):
        assert getattr(flooded, name) == pytest.approx(getattr(counted, name), abs=0.005)


@settings(deadline=None)
@example(Load(4.0, 1.0, 98_328.0), 1, 0.0)
@given(loads.filter(lambda load: load.offered < 400), st.integers(1, 500), st.floats(0, 600))
def test_all_shares_are_shares_and_the_mean_wait_is_below_the_patience(load: Load, people: int, within: float):
    found = prospect(load, people, within)

    for share in (found.waits, found.abandons, found.answered_within, found.in_time, found.occupancy):
        assert -1e-9 <= share <= 1 + 1e-9
    assert found.answered_within <= found.in_time + 1e-9
    assert load.patience is not None
    assert isfinite(found.mean_wait)
    assert found.mean_wait <= load.patience


@settings(deadline=None)
@given(loads.filter(lambda load: load.offered < 100), st.integers(1, 120), st.floats(0, 300))
def test_one_person_more_makes_no_figure_worse(load: Load, people: int, within: float):
    few, many = prospect(load, people, within), prospect(load, people + 1, within)

    assert many.answered_within >= few.answered_within - 1e-9
    assert many.abandons <= few.abandons + 1e-9
    assert many.mean_wait <= few.mean_wait + 1e-6


@settings(deadline=None, max_examples=40)
@given(loads.filter(lambda load: load.offered < 60), st.floats(0.5, 0.99), st.floats(5, 120))
def test_the_people_needed_keep_the_promise_and_one_fewer_would_not(load: Load, share: float, within: float):
    needed = people_needed(load, share, within)

    assert prospect(load, needed, within).answered_within >= share
    assert needed == 1 or prospect(load, needed - 1, within).answered_within < share


def test_large_centres_are_computed_without_overflow():
    found = prospect(Load(10, 300, 300), 2950, 20)

    assert found.waits == pytest.approx(0.83, abs=0.1)
    assert 0 < found.answered_within < 1
    assert found.abandons < 0.05


def test_nobody_there_means_that_all_give_up_or_wait_for_ever():
    assert prospect(HOTLINE, 0, 20).abandons == 1
    assert prospect(Load(1, 60, None), 0, 20).mean_wait == inf
    assert prospect(Load(0, 60, None), 3, 20).answered_within == 1


def test_people_who_may_be_busy_for_less_time_are_more():
    assert people_needed(HOTLINE, 0.8, 20, most_busy=0.5) == 11  # 5.5 erlangs, a half of eleven, nearly nobody gives up


CONTACTS = 250_000


@pytest.mark.parametrize("people", [6, 8])
def test_a_simulated_hotline_agrees_within_a_point(people: int):
    waits, answered = _simpy_hotline(people, np.random.default_rng(11))

    _agree(people, np.array(waits), np.array(answered))


def test_our_own_line_agrees_within_a_point():
    rng = np.random.default_rng(12)
    arrived = np.cumsum(rng.exponential(1 / HOTLINE.calls_per_second, CONTACTS))
    lengths, patience = rng.exponential(180, CONTACTS), rng.exponential(345, CONTACTS)
    demand = Demand(arrived, np.ones(CONTACTS, dtype=int), lengths, patience)

    outcome = simulate(demand, Staffing(np.array([0.0]), np.array([7])), fifo)

    _agree(7, outcome.wait, outcome.was_answered)


def _agree(people: int, waits: np.ndarray, answered: np.ndarray) -> None:
    expected = prospect(HOTLINE, people, 20)
    assert np.mean(~answered) == pytest.approx(expected.abandons, abs=0.01)
    assert np.mean(answered & (waits <= 20)) == pytest.approx(expected.answered_within, abs=0.01)
    assert np.mean(waits <= 20) == pytest.approx(expected.in_time, abs=0.01)
    assert np.mean(waits > 0) == pytest.approx(expected.waits, abs=0.01)
    assert np.mean(waits) == pytest.approx(expected.mean_wait, rel=0.05)


def _simpy_hotline(people: int, rng: np.random.Generator) -> tuple[list[float], list[bool]]:
    """Callers as events of simpy; who has given up is found out when their turn would have come."""
    env = simpy.Environment()
    gaps = rng.exponential(1 / HOTLINE.calls_per_second, CONTACTS).tolist()
    lengths, patience = rng.exponential(180, CONTACTS).tolist(), rng.exponential(345, CONTACTS).tolist()
    line: deque[tuple[int, float]] = deque()
    waits, answered, free = [0.0] * CONTACTS, [False] * CONTACTS, people

    def serve(_event: simpy.Event | None = None) -> None:
        nonlocal free
        free += _event is not None
        while free and line:
            caller, came = line.popleft()
            waits[caller] = min(env.now - came, patience[caller])
            answered[caller] = env.now - came <= patience[caller]
            if answered[caller]:
                free -= 1
                env.timeout(lengths[caller]).callbacks.append(serve)

    def arrivals():
        for caller, gap in enumerate(gaps):
            yield env.timeout(gap)
            line.append((caller, env.now))
            serve()

    env.process(arrivals())
    env.run()
    return waits, answered
