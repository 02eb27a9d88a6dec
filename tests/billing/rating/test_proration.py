"""Shares by calendar day: whatever the split, the parts are the whole."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.proration import prorate, prorate_units
from tests.factories.money import eur

MONTHS = st.builds(
    lambda year, month: BillingPeriod.month(f"{year}-{month:02}"), st.integers(2024, 2032), st.integers(1, 12)
)


@st.composite
def splits(draw: st.DrawFn) -> tuple[BillingPeriod, list[BillingPeriod]]:
    month = draw(MONTHS)
    cuts = sorted(draw(st.sets(st.integers(1, month.days - 1))))
    edges = [month.start, *(month.start + timedelta(days=cut) for cut in cuts), month.end]
    return month, [BillingPeriod(start, end) for start, end in itertools.pairwise(edges)]


@given(splits(), st.integers(-1_000_000, 1_000_000))
def test_the_shares_of_any_split_of_a_month_sum_to_the_whole(
    split: tuple[BillingPeriod, list[BillingPeriod]], minor: int
) -> None:
    month, parts = split

    assert sum(prorate(eur(minor), month, part).minor for part in parts) == minor


@given(splits(), st.integers(0, 10_000))
def test_no_share_is_more_than_a_cent_off_its_exact_value(
    split: tuple[BillingPeriod, list[BillingPeriod]], minor: int
) -> None:
    month, parts = split

    for part in parts:
        assert abs(prorate(eur(minor), month, part).minor * month.days - minor * part.days) <= month.days


@given(splits(), st.integers(0, 500))
def test_included_units_are_split_without_loss(split: tuple[BillingPeriod, list[BillingPeriod]], units: int) -> None:
    month, parts = split

    assert sum(prorate_units(units, month, part) for part in parts) == units


def test_a_quarter_that_starts_on_8_april_is_charged_by_the_days_of_each_month() -> None:
    """3,950.00 a month from 8 April to 30 June: 23 of 30 days and two whole months."""
    months = [BillingPeriod.month(label) for label in ("2026-04", "2026-05", "2026-06")]
    service = BillingPeriod(date(2026, 4, 8), date(2026, 7, 1))

    charged = [prorate(eur(395_000), month, month.overlap(service.start, service.end) or month) for month in months]

    assert sum(amount.minor for amount in charged) == 1_092_833


def test_half_of_a_month_with_an_odd_price_rounds_the_first_half_up() -> None:
    april = BillingPeriod.month("2026-04")
    first, second = BillingPeriod(date(2026, 4, 1), date(2026, 4, 16)), BillingPeriod(date(2026, 4, 16), april.end)

    assert prorate(eur(1999), april, first) == eur(1000)
    assert prorate(eur(1999), april, second) == eur(999)


def test_a_part_outside_the_period_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        prorate(Money(1000, "EUR"), BillingPeriod.month("2026-04"), BillingPeriod.month("2026-05"))
