"""Money adds within one currency, rounds once and is never a float."""

from decimal import ROUND_DOWN

import pytest

from billing.money import CurrencyMismatch, Money, total


def test_a_float_is_refused_as_an_amount() -> None:
    with pytest.raises(TypeError):
        Money(12.5, "EUR")


def test_something_that_is_no_currency_is_refused() -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, "euro")


def test_two_currencies_do_not_add() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "SEK")


def test_two_currencies_do_not_compare() -> None:
    with pytest.raises(CurrencyMismatch):
        min(Money(1, "EUR"), Money(2, "SEK"))


@pytest.mark.parametrize(
    ("minor", "numerator", "denominator", "expected"),
    [(5, 1, 2, 3), (-5, 1, 2, -3), (20000, 29, 30, 19333), (100, 1, 3, 33)],
)
def test_a_share_rounds_half_away_from_zero(minor: int, numerator: int, denominator: int, expected: int) -> None:
    assert Money(minor, "EUR").times(numerator, denominator) == Money(expected, "EUR")


def test_the_caller_may_name_another_rounding() -> None:
    assert Money(5, "EUR").times(1, 2, rounding=ROUND_DOWN) == Money(2, "EUR")


def test_tax_on_a_share_is_taken_before_rounding() -> None:
    """200.00 a month for 29 of 30 days with 25 % on top is 241.67; taxing the rounded 193.33 would give 241.66."""
    assert Money(20000, "EUR").times(29 * 125, 30 * 100) == Money(24167, "EUR")


def test_a_sum_of_nothing_is_zero() -> None:
    assert total([], "EUR") == Money(0, "EUR")


def test_only_zero_is_falsy() -> None:
    assert not Money(0, "EUR")
    assert Money(-1, "EUR")
