"""A day in half hours, and the last hour minute by minute: the board's chart and its sparklines. Pure."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from handoff.supervision.agent_log import Timeline, count_states, present_on_average
from handoff.supervision.contacts import Contact, seconds_between
from handoff.supervision.metrics import Figures, PromiseOf, figures, share

V = TypeVar("V")
HALF_HOUR: Final = timedelta(minutes=30)
HISTORY: Final = timedelta(minutes=60)
_HISTORY_STEP: Final = timedelta(minutes=2)
_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True)
class Day:
    """A calendar day where the contact centre stands; on two days a year it has not 24 hours."""

    begin: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        return self.begin <= moment < self.end


@dataclass(frozen=True)
class HalfHour:
    """What was asked for in this half hour and what became of it; `present` is an average of agents."""

    begin: datetime
    figures: Figures
    present: float | None


def day_of(date_: date, zone: ZoneInfo) -> Day:
    begin, end = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (date_, date_ + timedelta(days=1)))
    return Day(begin, end)


def asked_within(contacts: Sequence[Contact], begin: datetime, end: datetime) -> list[Contact]:
    return [contact for contact in contacts if begin <= contact.requested_at < end]


def half_hours(
    day: Day, contacts: Sequence[Contact], agents: Mapping[UUID, Timeline], promise_of: PromiseOf, now: datetime
) -> list[HalfHour]:
    """Every half hour of the day; of those to come nobody knows who is present."""
    found = []
    for number in range((day.end - day.begin) // HALF_HOUR):
        begin = day.begin + number * HALF_HOUR
        end = min(begin + HALF_HOUR, now)
        asked = asked_within(contacts, begin, begin + HALF_HOUR)
        present = present_on_average(agents, begin, end) if begin < now else None
        found.append(HalfHour(begin, figures(asked, promise_of, now), present))
    return found


def history(value_at: Callable[[datetime], int | None], now: datetime) -> list[int | None]:
    """The value at every second minute of the last hour, now included."""
    return history_of(value_at, now)


def history_of(value_at: Callable[[datetime], V], now: datetime) -> list[V]:
    steps = HISTORY // _HISTORY_STEP
    return [value_at(now - (steps - step) * _HISTORY_STEP) for step in range(steps + 1)]


def waiting_at(contacts: Sequence[Contact], moment: datetime) -> list[Contact]:
    """Who stood in line then, and had not asked to be called back."""
    return [contact for contact in contacts if _stood_in_line(contact, moment)]


def oldest_at(contacts: Sequence[Contact], moment: datetime) -> int | None:
    ages = [seconds_between(contact.requested_at, moment) for contact in waiting_at(contacts, moment)]
    return int(max(ages)) if ages else None


def waiting_since(contacts: Sequence[Contact], moment: datetime) -> list[Contact]:
    """Who stood in line at any time since then."""
    return [each for each in contacts if each.waits[-1].ended_at is None or each.waits[-1].ended_at >= moment]


def service_level_over(contacts: Sequence[Contact], promise_of: PromiseOf) -> Callable[[datetime], int | None]:
    """The service level of the given contacts as it stood at any moment.

    A contact counts from its answer or its leaving on, or from when its promise was broken.
    """
    met, counted = [], []
    for contact in contacts:
        promise, ended_at = promise_of(contact), contact.answered_at or contact.left_at
        if promise is None or contact.outcome in ("callback", "to_bot"):
            continue
        broken_at = contact.requested_at + timedelta(seconds=promise)
        is_in_time = ended_at is not None and ended_at <= broken_at
        if is_in_time and contact.answered_at is not None:
            met.append(contact.answered_at)
        counted.append(ended_at if is_in_time and ended_at else broken_at + _INSTANT)
    met.sort()
    counted.sort()
    return lambda moment: share(bisect_right(met, moment), bisect_right(counted, moment))


def states_at(agents: Mapping[UUID, Timeline], moment: datetime) -> dict[str, int]:
    return {str(state): count for state, count in count_states(agents, moment).items()}


def abandoned_over(contacts: Sequence[Contact]) -> Callable[[datetime], int]:
    """How many of the given contacts had given up by any moment."""
    left = sorted(each.left_at for each in contacts if each.outcome == "abandoned" and each.left_at is not None)
    return lambda moment: bisect_right(left, moment)


def _stood_in_line(contact: Contact, moment: datetime) -> bool:
    if contact.callback_asked_at is not None and contact.callback_asked_at <= moment:
        return False
    return any(wait.began_at <= moment and (wait.ended_at is None or wait.ended_at > moment) for wait in contact.waits)
