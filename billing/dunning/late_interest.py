"""Interest on what was paid late: actual days over 365, each half-year at its own rate, rounded once at the end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from billing.law import Law, Rule
from billing.money import Money, divide

RULE = "late_interest"
DAY = timedelta(days=1)
YEAR_BASIS_POINTS = 365 * 10_000


@dataclass(frozen=True, slots=True)
class OwedSpan:
    """What was owed after the day `after` up to and including `until`."""

    principal: Money
    after: date
    until: date


def late_interest(principal: Money, law: Law, due_on: date, paid_on: date) -> Money:
    """Return the interest for the days after `due_on` up to `paid_on`; raise RuleMissing where a rate is unknown."""
    return interest_on([OwedSpan(principal, due_on, paid_on)], law, principal.currency)


def interest_on(spans: Iterable[OwedSpan], law: Law, currency: str) -> Money:
    """Return the interest on a debt that shrank over time: the spans are added exactly, then rounded once, half up."""
    exact = 0
    for span in spans:
        for rule, days in _days_by_rate(law, span.after, span.until):
            exact += span.principal.minor * rule.number("basis_points") * days
    return Money(divide(exact, YEAR_BASIS_POINTS), currency)


def last_known_day(law: Law, after: date, until: date) -> date:
    """Return the last day up to `until` to which all rates since `after` are known; `after` itself if none is."""
    day = after
    while day < until:
        rule = law.find(RULE, day + DAY)
        if rule is None:
            break
        day = until if rule.valid_to is None else min(until, rule.valid_to - DAY)
    return day


def _days_by_rate(law: Law, after: date, until: date) -> Iterable[tuple[Rule, int]]:
    day = after
    while day < until:
        rule = law.get(RULE, day + DAY)
        last = until if rule.valid_to is None else min(until, rule.valid_to - DAY)
        yield rule, (last - day).days
        day = last
