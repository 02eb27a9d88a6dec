"""Billing periods: start inclusive, end exclusive, dates in the account's time zone."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from billing.errors import SaldoError

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class PeriodInvalid(SaldoError):
    """A period that is no month, or ends before it starts."""

    status = 422

    def __init__(self, value: str) -> None:
        super().__init__(f"not a billing period: {value}")
        self.value = value


@dataclass(frozen=True, slots=True, order=True)
class BillingPeriod:
    """At least one day."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise PeriodInvalid(f"{self.start}/{self.end}")

    @classmethod
    def month(cls, label: str) -> "BillingPeriod":
        """Return the calendar month written like "2026-10"."""
        match = _MONTH.fullmatch(label)
        if match is None:
            raise PeriodInvalid(label)
        return cls.month_of(date(int(match[1]), int(match[2]), 1))

    @classmethod
    def month_of(cls, day: date) -> "BillingPeriod":
        start = day.replace(day=1)
        return cls(start, (start + timedelta(days=31)).replace(day=1))

    @property
    def label(self) -> str:
        """Return the month written like "2026-10"."""
        return f"{self.start:%Y-%m}"

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def next_month(self) -> "BillingPeriod":
        return BillingPeriod.month_of(self.end)

    def previous_month(self) -> "BillingPeriod":
        return BillingPeriod.month_of(self.start - timedelta(days=1))

    def overlap(self, start: date, end: date | None) -> "BillingPeriod | None":
        """Return the days shared with a span that may have no end; None if there are none."""
        first = max(self.start, start)
        last = self.end if end is None else min(self.end, end)
        return BillingPeriod(first, last) if first < last else None
