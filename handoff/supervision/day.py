"""A day in half hours, and the last hour minute by minute: the board's chart and its sparklines. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from handoff.supervision.agent_log import Timeline, count_states, present_on_average
from handoff.supervision.contacts import Contact, seconds_between
from handoff.supervision.metrics import Figures, PromiseOf, figures

V = TypeVar("V")
HALF_HOUR: Final = timedelta(minutes=30)
HISTORY: Final = timedelta(minutes=60)
_HISTORY_STEP: Final = timedelta(minutes=2)


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


def service_level_at(contacts: Sequence[Contact], promise_of: PromiseOf, moment: datetime) -> int | None:
    """The service level of the given contacts as it stood then."""
    known = [contact for contact in contacts if contact.requested_at <= moment]
    met, counted = 0, 0
    for contact in known:
        promise, ended_at = promise_of(contact), contact.answered_at or contact.left_at
        is_over = ended_at is not None and ended_at <= moment
        if promise is None or contact.outcome in ("callback", "to_bot"):
            continue
        waited = seconds_between(contact.requested_at, ended_at if is_over and ended_at else moment)
        is_answered = is_over and contact.answered_at is not None
        met += is_answered and waited <= promise
        counted += is_over or waited > promise
    return met * 1000 // counted if counted else None


def states_at(agents: Mapping[UUID, Timeline], moment: datetime) -> dict[str, int]:
    return {str(state): count for state, count in count_states(agents, moment).items()}


def abandoned_until(contacts: Sequence[Contact], moment: datetime) -> int:
    return sum(contact.outcome == "abandoned" and _left_by(contact, moment) for contact in contacts)


def _left_by(contact: Contact, moment: datetime) -> bool:
    return contact.left_at is not None and contact.left_at <= moment


def _stood_in_line(contact: Contact, moment: datetime) -> bool:
    if contact.callback_asked_at is not None and contact.callback_asked_at <= moment:
        return False
    return any(wait.began_at <= moment and (wait.ended_at is None or wait.ended_at > moment) for wait in contact.waits)
