"""Shares of a month by calendar day, the way a customer can compute them again."""

from billing.money import Money, divide
from billing.periods import BillingPeriod


def prorate(amount: Money, whole: BillingPeriod, part: BillingPeriod) -> Money:
    """Return the part's share of an amount for the whole period.

    The share is what has accrued at the part's end minus what had accrued at its start, each rounded half up. So the
    shares of any split of the period sum to the whole amount.
    """
    return Money(prorate_units(amount.minor, whole, part), amount.currency)


def prorate_units(units: int, whole: BillingPeriod, part: BillingPeriod) -> int:
    """Do the same for a quantity, such as included gigabytes."""
    if part == whole:
        return units
    if part.start < whole.start or part.end > whole.end:
        raise ValueError(f"{part} lies outside {whole}")
    days_before = (part.start - whole.start).days
    accrued_before = divide(units * days_before, whole.days)
    accrued_after = divide(units * (days_before + part.days), whole.days)
    return accrued_after - accrued_before
