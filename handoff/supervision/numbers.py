"""The numbers of the board by name: unit, target, whether a promise is broken, and the last hour. Pure."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import datetime
from operator import itemgetter
from typing import Final

from handoff.supervision import day as chart
from handoff.supervision.agent_log import AgentState, count_states
from handoff.supervision.day_log import TOLD_LATELY, DayLog
from handoff.supervision.metrics import PromiseOf, share, waits_too_long
from handoff.supervision.schemas import NumberOut, Unit
from handoff.supervision.tally import Figures, figures

# In thousandths: more than one in twenty giving up is worth a look anywhere; queues.yml promises nothing about it.
ABANDONMENT_TARGET: Final = 50
AGENT_NUMBERS: Final[Mapping[str, AgentState]] = {
    "agents_free": "free",
    "agents_busy": "busy",
    "agents_wrap_up": "wrap_up",
    "agents_away": "away",
}
DAY_NUMBERS: Final[Mapping[str, Unit]] = {
    "offered": "count",
    "answered": "count",
    "service_level_lenient": "permille",
    "asa_seconds": "seconds",
    "wait_p50": "seconds",
    "wait_p80": "seconds",
    "wait_p95": "seconds",
    "handle_seconds": "seconds",
    "talk_seconds": "seconds",
    "wrap_up_seconds": "seconds",
    "missed": "count",
    "declined": "count",
    "re_offers": "count",
    "transfers": "count",
    "requeues": "count",
    "callbacks": "count",
    "to_bot": "count",
}
TOP_NUMBERS: Final[Mapping[str, Unit]] = {
    "waiting": "count",
    "oldest_seconds": "seconds",
    "expected_seconds": "seconds",
    "service_level": "permille",
    "abandoned": "count",
    **dict.fromkeys(AGENT_NUMBERS, "count"),
    "occupancy": "permille",
}
UNITS: Final[Mapping[str, Unit]] = {**TOP_NUMBERS, **DAY_NUMBERS, "abandonment": "permille"}


class TopLine:
    """The top line at a moment: everything but what only the tables know follows from the log."""

    def __init__(self, log: DayLog, promise_of: PromiseOf, now: datetime) -> None:
        self._log = log
        self._now = now
        self._moments = chart.moments(now)
        self._line = chart.line_over(log.lately_in_line(now), self._moments)
        in_line = log.in_line(now)
        self._open = figures(in_line, promise_of, now)
        self._is_late = any(waits_too_long(each, promise_of(each), now) for each in in_line)
        self._strictest = min((promise_of(each) or 0 for each in in_line), default=None)
        agents = log.agents.timelines()
        self._states = [count_states(agents, moment) for moment in self._moments]

    def waiting(self) -> NumberOut:
        history: list[int | None] = [at.waiting for at in self._line]
        return NumberOut(name="waiting", unit="count", value=self._open.waiting, broken=self._is_late, history=history)

    def oldest(self, target: int | None) -> NumberOut:
        """The oldest may be in no hurry (a text message): red follows from anybody's own promise."""
        return NumberOut(
            name="oldest_seconds",
            unit="seconds",
            value=self._open.oldest_seconds,
            target=target if self._strictest is None else self._strictest,
            broken=self._is_late,
            history=[at.age_at(moment) for at, moment in zip(self._line, self._moments, strict=True)],
        )

    def service_level(self, target: int) -> NumberOut:
        level = self._log.count.course.service_level
        value = level(self._now)
        return NumberOut(
            name="service_level",
            unit="permille",
            value=value,
            target=target,
            broken=value is not None and value < target,
            history=[level(moment) for moment in self._moments],
        )

    def abandoned(self, today: Figures) -> NumberOut:
        """Red is a share of more than the target, of all who were answered or gave up."""
        abandoned = self._log.count.course.abandoned
        return NumberOut(
            name="abandoned",
            unit="count",
            value=abandoned(self._now),
            broken=(today.abandonment or 0) > ABANDONMENT_TARGET,
            history=[abandoned(moment) for moment in self._moments],
        )

    def agents(self, counted: Mapping[AgentState, int]) -> list[NumberOut]:
        return [
            NumberOut(
                name=name, unit="count", value=counted.get(state, 0), history=[each[state] for each in self._states]
            )
            for name, state in AGENT_NUMBERS.items()
        ]

    def occupancy(self, value: int | None) -> NumberOut:
        """The day's share; the last hour shows the share of those there who had work at each moment."""
        working = [each["busy"] + each["wrap_up"] for each in self._states]
        there = [work + each["free"] for work, each in zip(working, self._states, strict=True)]
        history = [share(work, all_) for work, all_ in zip(working, there, strict=True)]
        return NumberOut(name="occupancy", unit="permille", value=value, history=history)

    def expected(self, value: int | None, target: int | None) -> NumberOut:
        """What somebody who asks now would wait; its past is what customers were told."""
        told = self._log.told(self._now)

        def told_at(moment: datetime) -> int | None:
            index = bisect_right(told, moment, key=itemgetter(0))
            is_lately = index and moment - told[index - 1][0] <= TOLD_LATELY
            return told[index - 1][1] if is_lately else None

        history = [told_at(moment) for moment in self._moments]
        return NumberOut(name="expected_seconds", unit="seconds", value=value, target=target, history=history)


def day_numbers(today: Figures) -> list[NumberOut]:
    return [NumberOut(name=name, unit=unit, value=getattr(today, name)) for name, unit in DAY_NUMBERS.items()]
