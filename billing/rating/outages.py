"""Compensation for days without service, where the law sets it; damages, not a supply, so without tax.

Each day counts once, on the bill of the period in which it lies. The law knows two ways: an amount for each day from
some day after the report on, or one for each week that has begun.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from billing.law import Law, Rule
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.line import Facts, Line, LineKind, ReasonCode
from billing.rating.segments import Segment
from billing.rating.tax import BASIS_POINTS
from billing.rating.terms import ContractTerms, Outage

RULE = "outage_compensation"
DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True)
class _Due:
    """What is due for an outage because service was missing on this day."""

    day: date
    amount: Money


def compensation_lines(
    terms: ContractTerms, segments: Sequence[Segment], law: Law, period: BillingPeriod
) -> list[Line]:
    """Return a line for each outage; of two at the same time the one reported first counts, which is worth more."""
    lines: list[Line] = []
    compensated: set[date] = set()
    for outage in sorted(terms.outages, key=lambda outage: outage.reported_on):
        rule = law.find(RULE, outage.reported_on)
        if rule is None:
            continue
        due = [one for one in _due(outage, rule, segments, period) if one.day not in compensated]
        compensated.update(one.day for one in due)
        if due:
            lines.append(_line(terms, outage, rule, due, period))
    return lines


def _due(outage: Outage, rule: Rule, segments: Sequence[Segment], period: BillingPeriod) -> Iterator[_Due]:
    """Go through the days of the outage on which the customer had a plan."""
    missing = period.overlap(outage.reported_on, outage.ended_on)
    for segment in segments:
        days = missing and missing.overlap(segment.days.start, segment.days.end)
        if days is None:
            continue
        for day in (days.start + timedelta(days=number) for number in range(days.days)):
            number = (day - outage.reported_on).days
            amount = _of_day(rule, number, segment.price.base) if "days" in rule.values else _of_week(rule, number)
            if amount:
                yield _Due(day, Money(amount, segment.price.base.currency))


def _of_day(rule: Rule, number: int, base: Money) -> int:
    """Return the sum or the share of the monthly price, whichever is more; day 1 is the day after the report."""
    steps: Sequence[Mapping[str, Any]] = rule.values["days"]  # Any: numbers as the law file has them
    reached = [step for step in steps if number >= step["from_day"]]
    if not reached:
        return 0
    step = max(reached, key=lambda step: int(step["from_day"]))
    return max(int(step["minor"]), base.times(int(step["basis_points"]), BASIS_POINTS).minor)


def _of_week(rule: Rule, number: int) -> int:
    """Return what a week is worth on the day from which it is sure: its first; of the first week, once it counts.

    An outage so short that the law leaves it open is for a person to judge.
    """
    week, day_of_week = divmod(number, DAYS_PER_WEEK)
    sure_on = rule.number("person_up_to_days") if week == 0 else 0
    if day_of_week != sure_on:
        return 0
    per_week = rule.number("per_week_minor")
    return max(0, min(per_week, rule.number("max_minor") - week * per_week))


def _line(terms: ContractTerms, outage: Outage, rule: Rule, due: Sequence[_Due], period: BillingPeriod) -> Line:
    last_day = period.last_day if outage.ended_on is None else outage.ended_on - timedelta(days=1)
    facts: Facts = {
        "reference": outage.reference,
        "started_on": outage.reported_on.isoformat(),
        "ended_on": min(last_day, period.last_day).isoformat(),
        "days": len(due),
        "rule": rule.version,
    }
    return Line(
        kind=LineKind.COMPENSATION,
        reason_code=ReasonCode.OUTAGE,
        facts=facts,
        period=BillingPeriod(due[0].day, due[-1].day + timedelta(days=1)),
        amount=Money(-sum(one.amount.minor for one in due), terms.currency),
        tax_rate=0,
        contract_id=terms.contract_id,
    )
