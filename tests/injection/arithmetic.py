"""Whole cents, rounded half up; shares of a month by calendar day. Written for the measurement alone."""

from collections.abc import Sequence
from datetime import date, timedelta

DAY = timedelta(days=1)


def half_up(numerator: int, denominator: int) -> int:
    """Round a fraction to a whole number; a half goes away from zero."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    numerator, denominator = abs(numerator), abs(denominator)
    return sign * ((2 * numerator + denominator) // (2 * denominator))


def share(amount: int, month: tuple[date, date], start: date, end: date) -> int:
    """Return what the days from start until before end cost: cents run up to their end less those up to their start."""
    length = (month[1] - month[0]).days
    until_end = half_up(amount * (end - month[0]).days, length)
    return until_end - half_up(amount * (start - month[0]).days, length)


def contained_tax(gross: int, basis_points: int) -> int:
    return half_up(gross * basis_points, 10_000 + basis_points)


def usage_price(units: int, first_micro: int, steps: Sequence[tuple[int, int]]) -> int:
    """Return the price of charged units in cents; each step is (number of the first unit, millionths of a euro)."""
    micro = 0
    bounds = [(1, first_micro), *steps]
    for index, (first, price) in enumerate(bounds):
        last = bounds[index + 1][0] - 1 if index + 1 < len(bounds) else units
        micro += max(0, min(units, last) - first + 1) * price
    return half_up(micro, 10_000)


def first_of_month(day: date, ahead: int = 0) -> date:
    month = day.year * 12 + day.month - 1 + ahead
    return date(month // 12, month % 12 + 1, 1)


def vat(country: str, category: str, day: date) -> int:
    """Return the rate of value added tax in basis points, as the two countries' laws have it."""
    if category == "exempt":
        return 0
    if country == "FI":
        if category == "reduced":
            return 1400 if day < date(2026, 1, 1) else 1350
        return 2400 if day < date(2024, 9, 1) else 2550
    lowered = date(2020, 7, 1) <= day < date(2021, 1, 1)
    if category == "reduced":
        return 500 if lowered else 700
    return 1600 if lowered else 1900
