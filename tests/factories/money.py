"""Amounts."""

from billing.money import Money


def eur(minor: int) -> Money:
    return Money(minor, "EUR")
