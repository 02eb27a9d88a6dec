"""The arithmetic of paying later: equal parts on monthly days, and whether what was agreed is kept."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from billing.models.dunning import ArrangementStatus
from billing.money import Money


@dataclass(frozen=True, slots=True)
class Part:
    """One payment of an arrangement."""

    due_on: date
    amount: Money


def split(amount: Money, parts: int) -> Sequence[Money]:
    """Return equal parts that sum to the amount exactly; the first ones carry the cents that do not divide."""
    share, rest = divmod(amount.minor, parts)
    return [Money(share + (1 if position < rest else 0), amount.currency) for position in range(parts)]


def monthly(amount: Money, parts: int, first_due_on: date) -> Sequence[Part]:
    """Return the parts, due on the same day of each month; in a shorter month on its last day."""
    days = [_months_later(first_due_on, position) for position in range(parts)]
    return [Part(day, share) for day, share in zip(days, split(amount, parts), strict=True)]


def standing(parts: Sequence[Part], left: Money, today: date) -> ArrangementStatus:
    """Return how an agreement stands: broken by the end of a day on which less had been paid than was agreed.

    `left` is what is still open of the invoice, disputed or not: a dispute pays nothing.
    """
    if not left:
        return ArrangementStatus.KEPT
    missed = first_missed(parts, left)
    return ArrangementStatus.BROKEN if missed is not None and missed < today else ArrangementStatus.ACTIVE


def first_missed(parts: Sequence[Part], left: Money) -> date | None:
    """Return the day of the first part that what was paid does not cover; None if all are covered."""
    agreed = sum(part.amount.minor for part in parts)
    paid = agreed - left.minor
    due_sums = accumulate(part.amount.minor for part in parts)
    return next((part.due_on for part, due in zip(parts, due_sums, strict=True) if due > paid), None)


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
