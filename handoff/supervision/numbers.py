"""The numbers of the board by name: unit, target, whether a promise is broken, and the last hour. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from handoff.contact_log import ContactEventKind as Kind
from handoff.supervision import day as chart
from handoff.supervision.agent_log import AgentState, Timeline
from handoff.supervision.contacts import Contact, LogRow, seconds_between
from handoff.supervision.metrics import Figures, PromiseOf, figures, share, waits_too_long
from handoff.supervision.schemas import NumberOut, Unit

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
_TOLD_LATELY_SECONDS: Final = 600


class TopLine:
    """The top line at a moment: everything but what only the tables know follows from the log."""

    def __init__(
        self, contacts: Sequence[Contact], agents: Mapping[UUID, Timeline], promise_of: PromiseOf, now: datetime
    ) -> None:
        self._contacts = contacts
        self._agents = agents
        self._promise_of = promise_of
        self._now = now
        self._recent = chart.waiting_since(contacts, now - chart.HISTORY)
        self._open = figures([each for each in contacts if each.is_waiting], promise_of, now)

    def waiting(self) -> NumberOut:
        history = chart.history(lambda at: len(chart.waiting_at(self._recent, at)), self._now)
        return NumberOut(
            name="waiting", unit="count", value=self._open.waiting, broken=self._is_late(), history=history
        )

    def oldest(self) -> NumberOut:
        """The oldest may be in no hurry (a text message): red follows from anybody's own promise."""
        return NumberOut(
            name="oldest_seconds",
            unit="seconds",
            value=self._open.oldest_seconds,
            target=min((self._promise_of(each) or 0 for each in self._in_line()), default=None),
            broken=self._is_late(),
            history=chart.history(lambda at: chart.oldest_at(self._recent, at), self._now),
        )

    def service_level(self, today: Sequence[Contact], target: int) -> NumberOut:
        level = chart.service_level_over(today, self._promise_of)
        value = level(self._now)
        return NumberOut(
            name="service_level",
            unit="permille",
            value=value,
            target=target,
            broken=value is not None and value < target,
            history=chart.history(level, self._now),
        )

    def abandoned(self, today: Sequence[Contact]) -> NumberOut:
        """Red is a share of more than the target, of all who were answered or gave up."""
        abandoned = chart.abandoned_over(today)
        ended = Counter(each.outcome for each in today)
        permille = share(ended["abandoned"], ended["abandoned"] + ended["answered"]) or 0
        return NumberOut(
            name="abandoned",
            unit="count",
            value=abandoned(self._now),
            broken=permille > ABANDONMENT_TARGET,
            history=chart.history(abandoned, self._now),
        )

    def agents(self, counted: Mapping[AgentState, int]) -> list[NumberOut]:
        past = chart.history_of(lambda at: chart.states_at(self._agents, at), self._now)
        return [
            NumberOut(name=name, unit="count", value=counted.get(state, 0), history=[each[state] for each in past])
            for name, state in AGENT_NUMBERS.items()
        ]

    def occupancy(self, value: int | None) -> NumberOut:
        """The day's share; the last hour shows the share of those there who had work at each moment."""
        past = chart.history_of(lambda at: chart.states_at(self._agents, at), self._now)
        working = [each["busy"] + each["wrap_up"] for each in past]
        there = [work + each["free"] for work, each in zip(working, past, strict=True)]
        history = [work * 1000 // all_ if all_ else None for work, all_ in zip(working, there, strict=True)]
        return NumberOut(name="occupancy", unit="permille", value=value, history=history)

    def _is_late(self) -> bool:
        return any(waits_too_long(each, self._promise_of(each), self._now) for each in self._contacts)

    def _in_line(self) -> list[Contact]:
        return [each for each in self._contacts if each.is_waiting and not each.is_callback]


def expected(rows: Sequence[LogRow], value: int | None, target: int | None, now: datetime) -> NumberOut:
    """What somebody who asks now would wait; its past is what customers were told."""
    told = [row for row in rows if row.kind is Kind.ANNOUNCED and row.details.get("upper_seconds") is not None]

    def told_at(moment: datetime) -> int | None:
        last = next((row for row in reversed(told) if row.happened_at <= moment), None)
        if last is None or seconds_between(last.happened_at, moment) > _TOLD_LATELY_SECONDS:
            return None
        return round(float(last.details["upper_seconds"]))

    return NumberOut(
        name="expected_seconds",
        unit="seconds",
        value=value,
        target=target,
        history=chart.history(told_at, now),
    )


def day_numbers(today: Figures) -> list[NumberOut]:
    return [NumberOut(name=name, unit=unit, value=getattr(today, name)) for name, unit in DAY_NUMBERS.items()]
