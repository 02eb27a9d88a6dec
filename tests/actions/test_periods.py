"""Which days "last month" or "March" are: on any day of any year, across year ends and leap days."""

from datetime import date, timedelta

import pytest

from actions.periods import (
    LATEST,
    PREVIOUS,
    Place,
    find_coming_day,
    find_coming_span,
    find_past_day,
    find_place,
    find_span,
)
from billing.periods import BillingPeriod

TODAY = date(2026, 11, 22)  # a Sunday
EVERY_DAY = [date(2023, 12, 1) + timedelta(days=number) for number in range(3 * 366)]


def span(start: date, end: date) -> BillingPeriod:
    return BillingPeriod(start, end)


@pytest.mark.parametrize(
    ("symbol", "start", "end"),
    [
        ("2026-03", date(2026, 3, 1), date(2026, 4, 1)),
        ("2025-12", date(2025, 12, 1), date(2026, 1, 1)),
        ("--03", date(2026, 3, 1), date(2026, 4, 1)),
        ("--11", date(2026, 11, 1), date(2026, 12, 1)),
        ("--12", date(2025, 12, 1), date(2026, 1, 1)),
        ("month-1", date(2026, 10, 1), date(2026, 11, 1)),
        ("month+0", date(2026, 11, 1), date(2026, 12, 1)),
        ("month+1", date(2026, 12, 1), date(2027, 1, 1)),
        ("month-11", date(2025, 12, 1), date(2026, 1, 1)),
        ("quarter-1", date(2026, 7, 1), date(2026, 10, 1)),
        ("quarter+0", date(2026, 10, 1), date(2027, 1, 1)),
        ("year-1", date(2025, 1, 1), date(2026, 1, 1)),
        ("2025", date(2025, 1, 1), date(2026, 1, 1)),
    ],
)
def test_a_symbol_names_whole_months(symbol: str, start: date, end: date) -> None:
    assert find_span(symbol, TODAY) == span(start, end)


@pytest.mark.parametrize(
    ("symbol", "start"),
    [
        ("--12", date(2026, 12, 1)),
        ("--01", date(2027, 1, 1)),
        ("--11", date(2027, 11, 1)),
        ("2026-12", None),
        ("month+1", None),
        ("--13", None),
        ("", None),
    ],
)
def test_a_month_without_a_year_can_be_the_next_of_its_name(symbol: str, start: date | None) -> None:
    assert find_coming_span(symbol, TODAY) == (start and BillingPeriod.month_of(start))


NO_MONTHS = (
    *("", "latest", "previous:1", "ignore", "weekday:5", "day-1", "2026-03-15", "month-1\n"),
    *("2026-13", "2026-00", "--00", "--13", "0000", "0000-01", "9999-12", "٢٠٢٦"),
    *("month", "month+", "month-999x", "year-999999", "year+9998"),
)


@pytest.mark.parametrize("symbol", NO_MONTHS)
def test_what_is_no_month_is_none(symbol: str) -> None:
    assert find_span(symbol, TODAY) is None


def test_a_month_reaches_back_across_any_number_of_years() -> None:
    assert find_span("month-999", TODAY) == span(date(1943, 8, 1), date(1943, 9, 1))
    assert find_span("year-999", TODAY) == span(date(1027, 1, 1), date(1028, 1, 1))


@pytest.mark.parametrize("month", range(1, 13))
def test_a_month_without_a_year_has_begun_within_the_last_twelve(month: int) -> None:
    for today in EVERY_DAY:
        found = find_span(f"--{month:02}", today)
        assert found is not None
        assert found.start.month == month
        assert 0 <= (today.year - found.start.year) * 12 + today.month - found.start.month < 12


def test_spans_from_now_follow_each_other_without_a_gap() -> None:
    for today in EVERY_DAY:
        for unit in ("month", "quarter", "year"):
            before, now, after = (find_span(f"{unit}{step}", today) for step in ("-1", "+0", "+1"))
            assert before
            assert now
            assert after
            assert today in now
            assert (before.end, now.end) == (now.start, after.start)


@pytest.mark.parametrize(
    ("symbol", "past", "coming"),
    [
        ("2026-03-15", date(2026, 3, 15), date(2026, 3, 15)),
        ("--03-15", date(2026, 3, 15), date(2027, 3, 15)),
        ("--12-15", date(2025, 12, 15), date(2026, 12, 15)),
        ("--11-22", TODAY, TODAY),
        ("--02-29", date(2024, 2, 29), date(2028, 2, 29)),
        ("day-1", date(2026, 11, 21), date(2026, 11, 21)),
        ("day+1", date(2026, 11, 23), date(2026, 11, 23)),
        ("weekday:7", TODAY, TODAY),
        ("weekday:5", date(2026, 11, 20), date(2026, 11, 27)),
        ("weekday:1", date(2026, 11, 16), date(2026, 11, 23)),
    ],
)
def test_a_day_without_a_year_is_the_nearest_on_its_side(symbol: str, past: date, coming: date) -> None:
    assert (find_past_day(symbol, TODAY), find_coming_day(symbol, TODAY)) == (past, coming)


@pytest.mark.parametrize("symbol", ["", "2026-02-29", "--02-30", "--13-01", "--00-01", "weekday:0", "weekday:8", "day"])
def test_what_is_no_day_is_none(symbol: str) -> None:
    assert find_past_day(symbol, TODAY) is None
    assert find_coming_day(symbol, TODAY) is None


def test_a_day_of_the_week_lies_within_a_week_on_its_side() -> None:
    for today in EVERY_DAY:
        for weekday in range(1, 8):
            past, coming = find_past_day(f"weekday:{weekday}", today), find_coming_day(f"weekday:{weekday}", today)
            assert past
            assert coming
            assert past.isoweekday() == coming.isoweekday() == weekday
            assert 0 <= (today - past).days < 7
            assert 0 <= (coming - today).days < 7


@pytest.mark.parametrize(
    ("symbol", "place"),
    [
        ("latest", LATEST),
        ("previous", PREVIOUS),
        ("latest:3", Place(0, 3)),
        ("latest:0", None),
        ("--03", None),
        ("2025", None),
        ("", None),
    ],
)
def test_a_place_among_the_bills(symbol: str, place: Place | None) -> None:
    assert find_place(symbol) == place
