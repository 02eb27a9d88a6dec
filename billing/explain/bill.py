"""A bill as the explainer sees it."""

from dataclasses import dataclass

from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.line import Line


@dataclass(frozen=True, slots=True)
class Bill:
    """An issued invoice with its lines; the lines sum to the total. `credited`: what credit notes took back of it."""

    number: str
    period: BillingPeriod
    total: Money
    lines: tuple[Line, ...]
    credited: Money | None = None
