"""A bill as the explainer sees it."""

from dataclasses import dataclass

from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.line import Line


@dataclass(frozen=True, slots=True)
class Bill:
    """An issued invoice with its lines; the lines sum to the total."""

    number: str
    period: BillingPeriod
    total: Money
    lines: tuple[Line, ...]
