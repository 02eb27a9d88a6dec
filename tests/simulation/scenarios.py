"""Other days than the fixed one: what is asked of them and how it is read."""

from collections import defaultdict
from dataclasses import replace
from random import Random

from handoff.conversations.models import Channel
from tests.simulation.day import Outcome, Result, simulate
from tests.simulation.routers import Ours
from tests.simulation.world import Contact, Setup, Work, make_day

NEVER_GONE = 1e9
# As much work as leaves people the time that the promises of 80/20 and 80/60 need.
STAFFED = Setup(load=0.62)
# 60 calls an hour of 6 minutes keep 6 of 9 agents busy.
CALLS = Setup(crew=((("en",), 9),), load=60 * 360 / 3600 / 9, voice_share=1.0, voice=Work(360, 1.0), unfamiliar=0)
CLASSES = Setup(hours=5, load=0.85, patience=NEVER_GONE, priorities=((1, 0.3), (3, 0.4), (5, 0.3)))
CALLED_BACK = 0.25


def answered_within(result: Result, seconds: float) -> float:
    in_time = sum(outcome.answered and outcome.wait <= seconds for outcome in result.outcomes)
    return in_time / len(result.outcomes)


def longest_wait(result: Result, priority: int | None = None) -> float:
    return max(outcome.wait for outcome in result.outcomes if priority in (None, outcome.contact.priority))


def callback_gaps(seed: int, setup: Setup | None = None) -> list[float]:
    """How much longer each callback waited than the live call of its language that asked nearest to it.

    A callback keeps its place and cannot give up; for the comparison the live calls do not give up either.
    """
    day = make_day(setup or replace(Setup(), patience=NEVER_GONE, load=0.8), seed)
    random = Random(seed)
    called_back = {contact for contact in day.contacts if random.random() < CALLED_BACK}
    lines: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in simulate(day, Ours()).outcomes:
        if outcome.contact.channel is Channel.VOICE:
            lines[outcome.contact.language].append(outcome)
    return [gap for line in lines.values() for gap in _gaps(line, called_back)]


def _gaps(line: list[Outcome], called_back: set[Contact]) -> list[float]:
    live = [outcome for outcome in line if outcome.contact not in called_back]
    gaps = []
    for outcome in line:
        if outcome.contact in called_back:
            asked = outcome.contact.at
            nearest = min(live, key=lambda other: abs(other.contact.at - asked))
            gaps.append(outcome.wait - nearest.wait)
    return gaps
