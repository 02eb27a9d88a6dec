"""The wait estimate for one contact: what it may never say, and what must move it."""

import json
from dataclasses import replace
from functools import cache
from math import inf, isfinite, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.routing.estimate import Estimate, LineView, bucket, bucket_end, estimate, handle_time
from handoff.routing.estimate_fit import Follower, fit, hazard_of
from handoff.routing.estimate_model import UNTAUGHT, Model, as_json, from_json
from handoff.staffing.replay import basis_of, lesson_of
from handoff.staffing.sweep import observe
from tests.factories.call_logs import World, calls_of, make_log


@cache
def taught() -> Model:
    """A model that has seen a week."""
    calls = calls_of(make_log(World(days=7, seed=5)))
    basis = basis_of(calls)
    observed = observe(calls, basis)
    waited = calls.was_answered & (calls.wait > 0)
    return fit(lesson_of(calls, observed, waited[observed.call]), basis.hazard)


models = st.sampled_from(["untaught", "taught"]).map(lambda name: taught() if name == "taught" else UNTAUGHT)
seconds = st.floats(0, 7200)
views = st.builds(
    LineView,
    ahead=st.floats(0, 500),
    slots=st.integers(1, 300),
    handle=st.floats(1, 3600),
    patience=st.floats(1, 7200),
    busy_for=st.lists(seconds, max_size=20).map(tuple),
    in_line=st.none() | st.floats(0, 500),
    last_wait=st.none() | seconds,
    head_wait=st.none() | seconds,
    recent_wait=st.none() | seconds,
    answered_lately=st.none() | st.floats(0, 500),
    urgent_lately=st.floats(0, 100),
    waited=seconds,
    hour=st.integers(0, 23),
    is_weekend=st.booleans(),
    queue=st.sampled_from(["service", "never seen", ""]),
    priority=st.integers(1, 5),
)


@settings(deadline=None)
@given(views, models)
def test_an_estimate_is_a_positive_number_and_its_upper_end_is_not_below_its_middle(view: LineView, model: Model):
    told = estimate(view, model)

    assert told is not None
    assert isfinite(told.upper_seconds)
    assert 0 < told.median_seconds <= told.upper_seconds


@settings(deadline=None)
@given(views, st.floats(0, 100), models)
def test_who_stands_further_back_is_never_told_less(view: LineView, more: float, model: Model):
    behind = replace(
        view, ahead=view.ahead + more, in_line=(view.ahead if view.in_line is None else view.in_line) + more
    )

    front, back = estimate(view, model), estimate(behind, model)

    assert front is not None
    assert back is not None
    assert back.median_seconds >= front.median_seconds - 1e-6
    assert back.upper_seconds >= front.upper_seconds - 1e-6


@settings(deadline=None)
@given(views, st.integers(1, 50), models)
def test_with_more_people_nobody_is_told_more(view: LineView, more: int, model: Model):
    few, many = estimate(view, model), estimate(replace(view, slots=view.slots + more), model)

    assert few is not None
    assert many is not None
    assert many.median_seconds <= few.median_seconds + 1e-6
    assert many.upper_seconds <= few.upper_seconds + 1e-6


@settings(deadline=None)
@given(views, models, st.sampled_from(["ahead", "slots", "handle", "patience", "waited"]), st.sampled_from([nan, inf]))
def test_a_figure_that_is_none_gives_no_estimate(view: LineView, model: Model, name: str, value: float):
    assert estimate(replace(view, **{name: value}), model) is None


@pytest.mark.parametrize("missing", [{"slots": 0}, {"handle": 0.0}, {"patience": 0.0}])
def test_without_anybody_to_answer_or_any_idea_of_it_there_is_no_estimate(missing: dict[str, float]):
    assert estimate(replace(LineView(ahead=1, slots=3, handle=180, patience=300), **missing)) is None


def test_unknown_recent_waits_do_not_count_as_short_ones():
    line = LineView(ahead=20, slots=2, handle=300, patience=600, busy_for=(10, 10))

    unknown, short = estimate(line, taught()), estimate(replace(line, last_wait=0, recent_wait=0), taught())

    assert unknown is not None
    assert short is not None
    assert unknown.median_seconds >= short.median_seconds
    assert unknown.upper_seconds > short.upper_seconds


def test_before_any_contact_the_first_in_line_is_told_the_half_life_of_one_departure():
    told = estimate(LineView(ahead=0, slots=6, handle=180, patience=1e9, busy_for=(10.0,) * 6))

    assert told is not None
    # One of six conversations ends within 30 s in the mean: the median of an exponential time is 0.693 of that.
    assert told.median_seconds == pytest.approx(30 * np.log(2), rel=0.03)
    assert told.upper_seconds == pytest.approx(30 * np.log(8), rel=0.03)


def test_impatience_ahead_shortens_the_wait():
    patient = estimate(LineView(ahead=30, slots=3, handle=300, patience=1e9))
    impatient = estimate(LineView(ahead=30, slots=3, handle=300, patience=300))

    assert patient is not None
    assert impatient is not None
    # 31 departures at one in 100 s without, and sum of 1/(1/100 + i/300) for i from 0 to 30 with desertion.
    assert patient.median_seconds == pytest.approx(3100, rel=0.02)
    assert impatient.median_seconds == pytest.approx(sum(1 / (1 / 100 + i / 300) for i in range(31)), rel=0.1)


def test_the_configured_handle_time_is_believed_until_twenty_contacts_weigh_as_much():
    assert handle_time(300, []) == 300
    assert handle_time(300, [100.0] * 20) == 200
    assert handle_time(300, [100.0] * 380) == pytest.approx(110)
    assert handle_time(300, [nan, inf, -5.0]) == 300


@pytest.mark.parametrize(
    ("upper", "code"),
    [(1, "lt1"), (60, "lt1"), (60.1, "1_2"), (120, "1_2"), (299, "2_5"), (301, "5_10"), (600, "5_10"), (601, "gt10")],
)
def test_the_announced_range_ends_no_earlier_than_the_upper_end(upper: float, code: str):
    assert bucket(Estimate(upper / 2, upper)) == code
    assert (bucket_end(code) or inf) >= upper


def test_what_was_learnt_survives_the_database():
    model = taught()

    assert from_json(json.loads(json.dumps(as_json(model)))) == model


@pytest.mark.parametrize("broken", [{"version": 0}, {"at_entry": {"median": [1.0], "upper": [1.0]}}])
def test_a_model_of_another_version_is_replaced_by_theory(broken: dict[str, object]):
    assert from_json({**as_json(taught()), **broken}) == UNTAUGHT


def test_long_talks_are_less_likely_to_end_where_lengths_vary_much():
    rng = np.random.default_rng(2)
    spread = np.sqrt(np.log(1 + 1.2**2))

    hazard = hazard_of(rng.lognormal(0, spread, 20_000) * 180)

    assert hazard[-1] < hazard[2] / 2
    assert hazard_of(rng.exponential(180, 20_000)) == pytest.approx((1.0,) * len(hazard), abs=0.1)


def test_the_upper_end_follows_what_comes_true():
    follower, rng = Follower(), np.random.default_rng(3)
    exceeded = []
    for wait in rng.exponential(100, 20_000):
        # The untaught upper end of 100 s would be exceeded in 37 % of the cases.
        exceeded.append(wait > 100 * follower.stretch)
        follower.learn(exceeded=bool(exceeded[-1]))

    assert 0.115 <= np.mean(exceeded[2000:]) <= 0.135
