"""What a customer means by "last month", "March" or "the one before": days, or a place among the bills. Pure rules.

Understanding hands these over as symbols: `2026-03`, `--03` (a March, year not said), `month-1`, `quarter-1`, `year-1`,
`2025`, `latest`, `previous`, `latest:3`; as days `2026-03-15`, `--03-15`, `day+1`, `weekday:5` (ISO, a Friday).
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta

from billing.periods import BillingPeriod

MONTHS_IN_YEAR, MONTHS_IN_QUARTER, DAYS_IN_WEEK = 12, 3, 7
# A leap day comes every eighth year at the latest.
YEARS_TO_TRY = 9
_MONTH = re.compile(r"(\d{4}|-)-(\d{2})", re.ASCII)
_DAY = re.compile(r"(\d{4}|-)-(\d{2})-(\d{2})", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_FROM_NOW = re.compile(r"(day|month|quarter|year)([+-]\d{1,3})", re.ASCII)
_WEEKDAY = re.compile(r"weekday:([1-7])", re.ASCII)
_LAST_FEW = re.compile(r"latest:(\d{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Bills counted from the newest: `count` of them after leaving out `skip`."""

    skip: int
    count: int = 1


LATEST, PREVIOUS = Place(0), Place(1)


def find_place(symbol: str) -> Place | None:
    """Return which bill it is in their order; None for a symbol that speaks of time."""
    if symbol in {"latest", "previous"}:
        return LATEST if symbol == "latest" else PREVIOUS
    few = _LAST_FEW.fullmatch(symbol)
    return Place(0, int(few[1])) if few and int(few[1]) else None


def find_span(symbol: str, today: date) -> BillingPeriod | None:
    """Return the whole months that the symbol names; a month without a year is the last that has begun."""
    try:
        return _month_named(symbol, today) or _year_named(symbol) or _span_from_now(symbol, today)
    except ValueError:
        return None


def find_coming_span(symbol: str, today: date) -> BillingPeriod | None:
    """Return the next month of that name after this one; None for a symbol that is no month without a year."""
    named = _MONTH.fullmatch(symbol)
    if named is None or named[1] != "-" or not 1 <= int(named[2]) <= MONTHS_IN_YEAR:
        return None
    month = int(named[2])
    return _months(date(today.year + (month <= today.month), month, 1), 1)


def find_past_day(symbol: str, today: date) -> date | None:
    """Return the day; one without a year is the last that is not in the future."""
    return _find_day(symbol, today, way=-1)


def find_coming_day(symbol: str, today: date) -> date | None:
    """Return the day; one without a year is the next that is not in the past."""
    return _find_day(symbol, today, way=1)


def _month_named(symbol: str, today: date) -> BillingPeriod | None:
    named = _MONTH.fullmatch(symbol)
    if named is None:
        return None
    month = int(named[2])
    year = int(named[1]) if named[1] != "-" else today.year - (month > today.month)
    return _months(date(year, month, 1), 1)


def _year_named(symbol: str) -> BillingPeriod | None:
    return _months(date(int(symbol), 1, 1), MONTHS_IN_YEAR) if _YEAR.fullmatch(symbol) else None


def _span_from_now(symbol: str, today: date) -> BillingPeriod | None:
    said = _FROM_NOW.fullmatch(symbol)
    if said is None or said[1] == "day":
        return None
    length = {"month": 1, "quarter": MONTHS_IN_QUARTER, "year": MONTHS_IN_YEAR}[said[1]]
    first_month = (today.month - 1) // length * length
    return _months(_month_after(date(today.year, 1, 1), first_month + int(said[2]) * length), length)


def _find_day(symbol: str, today: date, *, way: int) -> date | None:
    try:
        return _day_named(symbol, today, way) or _day_from_now(symbol, today, way)
    except (ValueError, OverflowError):
        return None


def _day_named(symbol: str, today: date, way: int) -> date | None:
    named = _DAY.fullmatch(symbol)
    if named is None:
        return None
    month, day = int(named[2]), int(named[3])
    if named[1] != "-":
        return date(int(named[1]), month, day)
    years = (today.year + way * step for step in range(YEARS_TO_TRY))
    days = (date(year, month, day) for year in years if 1 <= day <= monthrange(year, month)[1])
    return next((found for found in days if (found - today).days * way >= 0), None)


def _day_from_now(symbol: str, today: date, way: int) -> date | None:
    said, weekday = _FROM_NOW.fullmatch(symbol), _WEEKDAY.fullmatch(symbol)
    if said and said[1] == "day":
        return today + timedelta(days=int(said[2]))
    if weekday is None:
        return None
    return today + way * timedelta(days=(int(weekday[1]) - today.isoweekday()) * way % DAYS_IN_WEEK)


def _months(start: date, count: int) -> BillingPeriod:
    return BillingPeriod(start, _month_after(start, count))


def _month_after(month: date, count: int) -> date:
    """Return the first day of the month so many later; raise ValueError beyond the calendar."""
    years, index = divmod(month.month - 1 + count, MONTHS_IN_YEAR)
    if not MINYEAR <= month.year + years <= MAXYEAR:
        raise ValueError(count)
    return date(month.year + years, index + 1, 1)
