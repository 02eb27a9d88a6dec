"""The amount of money that a message names."""

from decimal import Decimal, InvalidOperation

from babel.numbers import get_currency_precision

from actions.base import Work
from billing.money import Money


def find_amount(work: Work, currency: str) -> Money | None:
    """Return the amount, more than nothing and in whole minor units; None if none is named or it is no such amount."""
    try:
        value = Decimal(work.dialogue.find_entity("amount") or "").scaleb(get_currency_precision(currency))
    except InvalidOperation:
        return None
    is_payable = value.is_finite() and value > 0 and value == value.to_integral_value()
    return Money(int(value), currency) if is_payable else None
