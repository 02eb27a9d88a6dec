"""What a reply has to say, and where it says something else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import zip_longest

from billing.money import Money
from tests.actions.reply_roles.figures import Day, Value
from tests.actions.reply_roles.reading import Statement, Unread, read_reply

TODAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Expected:
    """One statement. `must` has to be told; what is told besides stands in `may`. `recurrence` None: it is not told."""

    kind: str
    must: Mapping[str, Value] = field(default_factory=dict)
    may: Mapping[str, Value] = field(default_factory=dict)
    recurrence: str | None = None


def euros(money: Money) -> Decimal:
    return Decimal(money.minor) / 100


def day_of(day: date) -> Day:
    return Day(day.year, day.month, day.day)


def month_of(day: date) -> Day:
    return Day(day.year, day.month, None)


def faults(text: str, language: str, expected: Sequence[Expected]) -> list[str]:
    """Return what a reader would understand wrongly, or not at all."""
    try:
        statements = read_reply(text, language)
    except Unread as unread:
        return [str(unread)]
    return [fault for pair in zip_longest(statements, expected) for fault in _faults_of(*pair)]


def _faults_of(told: Statement | None, expected: Expected | None) -> Iterator[str]:
    if told is None or expected is None or told.kind != expected.kind:
        yield f"{told and told.kind} instead of {expected and expected.kind}"
        return
    if told.recurrence != expected.recurrence:
        yield f"{told.kind}: {told.recurrence} instead of {expected.recurrence}"
    yield from (f"{told.kind}: no {role}" for role in expected.must.keys() - told.figures.keys())
    facts = {**expected.may, **expected.must}
    for role, value in told.figures.items():
        if _with_year(value) != facts.get(role):
            yield f"{told.kind}: {role} {value} instead of {facts.get(role)}"


def _with_year(value: Value) -> Value:
    """Take a day without a year as its reader does: of this year."""
    return replace(value, year=TODAY.year) if isinstance(value, Day) and value.year is None else value
