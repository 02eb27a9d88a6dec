"""Periods are half-open spans of days; months know their neighbours."""

from datetime import date

import pytest

from billing.periods import BillingPeriod, PeriodInvalid


@pytest.mark.parametrize(
    ("label", "days", "last_day"),
    [
        ("2026-10", 31, date(2026, 10, 31)),
        ("2026-02", 28, date(2026, 2, 28)),
        ("2028-02", 29, date(2028, 2, 29)),
        ("2026-12", 31, date(2026, 12, 31)),
    ],
)
def test_a_month_has_its_days(label: str, days: int, last_day: date) -> None:
    period = BillingPeriod.month(label)

    assert (period.days, period.last_day, period.label) == (days, last_day, label)


@pytest.mark.parametrize("label", ["2026-13", "2026-00", "2026-1", "October", "2026-10-01", ""])
def test_what_is_no_month_is_refused(label: str) -> None:
    with pytest.raises(PeriodInvalid) as refused:
        BillingPeriod.month(label)

    assert refused.value.value == label


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(PeriodInvalid):
        BillingPeriod(date(2026, 10, 2), date(2026, 10, 1))


def test_the_end_is_not_in_the_period() -> None:
    october = BillingPeriod.month("2026-10")

    assert date(2026, 10, 1) in october
    assert date(2026, 10, 31) in october
    assert date(2026, 11, 1) not in october


def test_months_follow_one_another_across_the_year() -> None:
    assert BillingPeriod.month("2026-12").next_month() == BillingPeriod.month("2027-01")
    assert BillingPeriod.month("2027-01").previous_month() == BillingPeriod.month("2026-12")


def test_the_overlap_with_an_endless_span_reaches_to_the_end() -> None:
    october = BillingPeriod.month("2026-10")

    assert october.overlap(date(2026, 10, 15), None) == BillingPeriod(date(2026, 10, 15), date(2026, 11, 1))


def test_spans_that_only_touch_do_not_overlap() -> None:
    october = BillingPeriod.month("2026-10")

    assert october.overlap(date(2026, 9, 1), date(2026, 10, 1)) is None
    assert october.overlap(date(2026, 11, 1), None) is None
