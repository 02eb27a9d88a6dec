"""Which priority is served first is learnt from whom people chose, whatever the column is said to mean."""

from dataclasses import replace

import numpy as np
import pytest

from handoff.staffing.calls import Calls
from handoff.staffing.head_starts import ALWAYS, head_starts
from handoff.staffing.line_simulation import Demand, Rule, Staffing, fifo, simulate, strict
from handoff.staffing.replay import basis_of, replay
from handoff.staffing.sweep import observe
from handoff.staffing.what_if import what_if
from tests.factories.call_logs import World, calls_of, make_log

ONE_LINE = {0: 0, -1: 0}


def ninety_seconds(priority: int, arrived: float, now: float) -> tuple[float, float]:
    return 0.0, arrived - 90.0 * (priority == 1)


def served_by(rule: Rule, contacts: int = 3000) -> Calls:
    """A day's line before two people, one contact in three of priority 1, the others of priority 2."""
    rng = np.random.default_rng(1)
    arrived = np.floor(np.cumsum(rng.exponential(100, contacts)))
    handle = rng.exponential(190, contacts)
    priority = np.where(rng.random(contacts) < 1 / 3, 1, 2)
    demand = Demand(arrived, priority, handle, np.full(contacts, 1e6))
    answered = arrived + simulate(demand, Staffing(np.array([0.0]), np.array([2])), rule).wait
    nothing = np.zeros(contacts, dtype=int)
    return Calls(
        queue=nothing,
        priority=priority,
        agent=nothing - 1,
        arrived=arrived,
        answered=answered,
        abandoned=np.full(contacts, np.nan),
        ended=answered + handle,
        hour=nothing,
        day=nothing,
        offset=nothing.astype(float),
        queue_names=("line",),
        agent_names=(),
    )


@pytest.mark.parametrize(("rule", "lead"), [(fifo, 0.0), (ninety_seconds, 90.0), (strict, ALWAYS)])
def test_the_lead_of_a_priority_is_found_in_the_log(rule: Rule, lead: float):
    assert head_starts(served_by(rule), ONE_LINE) == {1: lead, 2: 0.0}


def test_a_log_in_which_the_larger_number_is_the_more_urgent_is_read_so():
    calls = served_by(strict)
    turned = replace(calls, priority=3 - calls.priority)

    assert head_starts(turned, ONE_LINE) == {2: ALWAYS, 1: 0.0}


def test_where_nobody_had_to_choose_the_smaller_number_is_always_first():
    assert head_starts(served_by(fifo, contacts=20), ONE_LINE) == {1: ALWAYS, 2: 0.0}
    assert head_starts(calls_of([]), ONE_LINE) == {}


def test_a_priority_that_comes_up_only_later_counts_as_the_nearest_one():
    calls = served_by(ninety_seconds, contacts=300)
    basis = replace(basis_of(calls), head_start={1: 90.0, 2: 0.0})
    late = np.arange(len(calls)) >= len(calls) // 2
    lower = replace(calls, priority=np.where(late & (calls.priority == 2), 7, calls.priority))

    assert np.array_equal(observe(lower, basis).rows, observe(calls, basis).rows, equal_nan=True)


def test_a_log_is_told_as_well_with_its_priorities_turned_round():
    calls = calls_of(make_log(World(days=12, seed=3)))
    turned = replace(calls, priority=9 - calls.priority)

    plain, other = replay(calls), replay(turned)

    assert plain.head_starts == {1: 90.0, 2: 0.0}
    assert other.head_starts == {8: 90.0, 7: 0.0}
    assert plain.waited is not None
    assert other.waited is not None
    assert other.waited.accuracy["estimate"].mean_error == pytest.approx(
        plain.waited.accuracy["estimate"].mean_error, rel=0.01
    )


def test_other_rules_serve_the_urgent_first_whichever_way_the_log_counts():
    calls = served_by(strict)
    turned = replace(calls, priority=3 - calls.priority)

    plain, other = (what_if(one, basis_of(one), ["priority", "ageing"], [0], 20) for one in (calls, turned))

    assert plain == other
