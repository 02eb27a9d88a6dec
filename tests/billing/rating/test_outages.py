"""Compensation for outages, as the law of each country sets it."""

from dataclasses import replace
from datetime import date

import pytest

from billing.law import Law, law_of
from billing.periods import BillingPeriod
from billing.rating.kinds import LineKind, ReasonCode
from billing.rating.line import Line
from billing.rating.rate import rate
from billing.rating.terms import Outage
from tests.billing.rating.terms import FINLAND, GERMANY, contract, phase, price
from tests.factories.money import eur

OCTOBER = BillingPeriod.month("2026-10")
NOVEMBER = BillingPeriod.month("2026-11")


def compensation(
    *outages: Outage, base: int = 3999, law: Law = GERMANY, period: BillingPeriod = OCTOBER, until: date | None = None
) -> list[Line]:
    terms = replace(contract(phase(price(base), valid_to=until)), outages=outages)
    return [line for line in rate(terms, [], law, period) if line.kind is LineKind.COMPENSATION]


def outage(reported_on: date, ended_on: date | None, reference: str = "OUT-1") -> Outage:
    return Outage(reference, reported_on, ended_on)


@pytest.mark.parametrize(
    ("ended_on", "cents"),
    [
        (date(2026, 10, 8), 0),  # the second day after the report was the last without service
        (date(2026, 10, 9), 500),  # the third
        (date(2026, 10, 10), 1000),  # the third and fourth
        (date(2026, 10, 11), 2000),  # the fifth is worth 10.00
        (date(2026, 10, 13), 4000),
    ],
)
def test_germany_pays_from_the_third_day_after_the_report(ended_on: date, cents: int) -> None:
    """Reported on the 5th: the 8th and 9th are worth 5.00, each day from the 10th 10.00."""
    assert sum(line.amount.minor for line in compensation(outage(date(2026, 10, 5), ended_on))) == -cents


def test_a_share_of_a_high_price_is_worth_more_than_the_sum() -> None:
    """10 % of 89.99 are 9.00, 20 % are 18.00: two days of each."""
    [line] = compensation(outage(date(2026, 10, 5), date(2026, 10, 12)), base=8999)

    assert line.amount == eur(-2 * 900 - 2 * 1800)


def test_the_line_says_what_it_is_for_and_has_no_tax() -> None:
    [line] = compensation(outage(date(2026, 10, 5), date(2026, 10, 12)))

    assert (line.reason_code, line.tax_rate) == (ReasonCode.OUTAGE, 0)
    assert line.period == BillingPeriod(date(2026, 10, 8), date(2026, 10, 12))
    assert line.facts == {
        "reference": "OUT-1",
        "started_on": "2026-10-05",
        "ended_on": "2026-10-11",
        "days": 4,
        "rule": "DE.outage_compensation@2021-12-01",
    }


def test_each_day_is_paid_on_the_bill_of_its_month() -> None:
    """Reported on 29 October, over on 4 November: 1 and 2 November are days 3 and 4, the 3rd is day 5."""
    over = outage(date(2026, 10, 29), date(2026, 11, 4))

    assert compensation(over) == []
    assert [line.amount for line in compensation(over, period=NOVEMBER)] == [eur(-2000)]


def test_an_outage_that_goes_on_is_paid_until_the_end_of_the_month() -> None:
    """Reported on the 27th: the 30th and 31st are days 3 and 4. When its end is known, October stays as it is."""
    [line] = compensation(outage(date(2026, 10, 27), None))

    assert line.amount == eur(-1000)
    assert [line] == compensation(outage(date(2026, 10, 27), date(2026, 11, 9)))


def test_no_day_is_paid_twice() -> None:
    """The second report does not begin a new count: days 3 to 7 of the first are 5 + 5 + 10 + 10 + 10."""
    both = compensation(
        outage(date(2026, 10, 5), date(2026, 10, 13)), outage(date(2026, 10, 7), date(2026, 10, 12), "OUT-2")
    )

    assert [(line.facts["reference"], line.amount.minor) for line in both] == [("OUT-1", -4000)]


def test_days_after_the_end_of_the_contract_are_not_paid() -> None:
    [line] = compensation(outage(date(2026, 10, 5), date(2026, 10, 20)), until=date(2026, 10, 9))

    assert line.amount == eur(-500)


def test_before_the_law_nothing_is_paid() -> None:
    old = BillingPeriod.month("2021-10")

    assert compensation(outage(date(2021, 10, 5), date(2021, 10, 20)), period=old) == []


def test_a_country_without_a_rule_pays_nothing() -> None:
    law = Law("FI", {name: rules for name, rules in law_of("FI").rules.items() if name.startswith("vat")})

    assert compensation(outage(date(2026, 10, 5), date(2026, 10, 20)), law=law) == []


@pytest.mark.parametrize(
    ("ended_on", "cents"),
    [
        (date(2026, 10, 6), 0),  # one day: a person decides
        (date(2026, 10, 7), 2000),
        (date(2026, 10, 12), 2000),
        (date(2026, 10, 13), 4000),  # the second week has begun
        (date(2026, 10, 26), 6000),
    ],
)
def test_finland_pays_for_each_week_that_has_begun(ended_on: date, cents: int) -> None:
    lines = compensation(outage(date(2026, 10, 5), ended_on), law=FINLAND)

    assert sum(line.amount.minor for line in lines) == -cents


def test_finland_pays_for_eight_weeks_at_most() -> None:
    """Reported on 1 September: 20.00 for each of the weeks that begin in three months, up to 160.00."""
    long = outage(date(2026, 9, 1), date(2026, 12, 1))
    months = [BillingPeriod.month(label) for label in ("2026-09", "2026-10", "2026-11")]

    paid = [-sum(line.amount.minor for line in compensation(long, law=FINLAND, period=month)) for month in months]

    assert paid == [10_000, 6000, 0]  # five weeks begin in September, three more until the 20th of October
