"""Short simulated days: our rule serves customers sooner than the others, and starves nobody.

`python -m tests.bench.queue_days` is the whole comparison; this is its small version.
"""

from dataclasses import replace
from statistics import fmean

import pytest

from handoff.conversations.models import Channel
from tests.simulation.comparison import LONGEST_IDLE, OURS, POLLING, POOLED, RULES, Row, compare, mean_of
from tests.simulation.day import simulate
from tests.simulation.routers import LongestIdle, Ours
from tests.simulation.scenarios import (
    CALLS,
    CLASSES,
    NEVER_GONE,
    STAFFED,
    answered_within,
    callback_gaps,
    longest_wait,
)
from tests.simulation.telling import told_within
from tests.simulation.world import Agent, Contact, Setup, Work, make_day

SHORT = Setup(hours=4)


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    return compare(SHORT, RULES, seeds=2)


def test_waits_are_shorter_than_under_either_other_rule(rows):
    assert rows[OURS].mean_wait() < rows[LONGEST_IDLE].mean_wait()
    assert rows[OURS].mean_wait() < 0.75 * rows[POLLING].mean_wait()


def test_the_longest_waits_are_shorter_too(rows):
    p95 = {name: mean_of(row.everybody).p95_wait for name, row in rows.items()}

    assert p95[OURS] < min(p95[LONGEST_IDLE], p95[POLLING])


def test_no_rule_beats_a_crew_in_which_everybody_can_do_everything(rows):
    assert rows[POOLED].mean_wait() < min(rows[name].mean_wait() for name in (OURS, LONGEST_IDLE, POLLING))


def test_every_rule_meets_the_same_customers(rows):
    assert len({tuple(each.contacts for each in row.everybody) for row in rows.values()}) == 1


def test_sixty_calls_an_hour_of_six_minutes_are_answered_by_nine_within_three_minutes():
    shares = [answered_within(simulate(make_day(CALLS, seed), Ours()), 180) for seed in range(3)]

    assert fmean(shares) >= 0.95


def test_four_of_five_are_told_their_wait_within_thirty_per_cent():
    """Most need not wait and are told so; of those who do, chance leaves about a third within that."""
    shares = [told_within(CALLS, seed, 0.3) for seed in range(3)]

    assert fmean(everybody for everybody, _ in shares) >= 0.8
    assert fmean(waited for _, waited in shares) >= 0.25


def test_the_wait_of_the_lowest_class_is_bounded():
    """After four times the ageing it stands as it would in a line without classes."""
    classes = replace(CLASSES, hours=2)
    without = replace(classes, priorities=[(1, share) for _, share in classes.priorities])
    longest = longest_wait(simulate(make_day(classes, 1), Ours(ageing_seconds=120)))

    assert longest <= longest_wait(simulate(make_day(without, 1), Ours(ageing_seconds=120))) + 4 * 120
    assert longest < longest_wait(simulate(make_day(classes, 1), Ours(ageing_seconds=10**6)))


def test_with_enough_people_the_promises_are_kept():
    row = compare(replace(STAFFED, hours=4), {OURS: RULES[OURS]}, seeds=2)[OURS]

    assert mean_of(row.calls).level >= 0.8
    assert mean_of(row.chats).level >= 0.8
    assert mean_of(row.everybody).abandonment <= 0.05


def test_a_callback_waits_no_longer_than_a_live_call_of_the_same_age():
    gaps = callback_gaps(seed=1, setup=Setup(hours=5, load=0.7, patience=NEVER_GONE))

    assert abs(fmean(gaps)) <= 60


def test_a_single_agent_makes_customers_wait_as_long_as_theory_says():
    """Pollaczek and Khinchine: half busy, 300 s each with a variation of 1, the mean wait is 300 s."""
    alone = Setup(
        hours=2000, crew=((("en",), 1),), load=0.5, voice_share=1, voice=Work(300, 1), patience=NEVER_GONE, unfamiliar=0
    )
    outcomes = simulate(make_day(alone, 3), LongestIdle()).outcomes

    assert fmean(outcome.wait for outcome in outcomes) == pytest.approx(300, rel=0.15)


def test_three_chats_at_once_slow_each_other_and_still_get_more_done():
    agent = Agent(1, frozenset({"en"}), frozenset(), chat_limit=3, slowdown=0.2)
    for number in range(3):
        agent.held[Contact(number, 0, Channel.WEBCHAT, "en", "bills", 3, 100, 1)] = 100

    assert agent.next_done()[0] == pytest.approx(140)
