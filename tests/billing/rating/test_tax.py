"""Tax inside consumer prices, rounded once per rate of a document."""

from datetime import date

import pytest

from billing.periods import BillingPeriod
from billing.rating.line import Line, LineKind, ReasonCode
from billing.rating.tax import contained_taxes
from tests.billing.rating.terms import eur


def line(minor: int, tax_rate: int) -> Line:
    day = BillingPeriod(date(2026, 10, 1), date(2026, 10, 2))
    return Line(LineKind.ONE_OFF, ReasonCode.ONE_OFF, {}, day, eur(minor), tax_rate)


@pytest.mark.parametrize(
    ("gross", "tax_rate", "tax"),
    [(11900, 1900, 1900), (12550, 2550, 2550), (3999, 1900, 638), (2990, 2550, 608), (500, 0, 0)],
)
def test_the_tax_is_what_the_price_contains(gross: int, tax_rate: int, tax: int) -> None:
    (contained,) = contained_taxes([line(gross, tax_rate)], "EUR")

    assert contained.tax == eur(tax)
    assert contained.net + contained.tax == contained.gross == eur(gross)


def test_tax_is_rounded_on_the_document_and_not_per_line() -> None:
    """Three lines of 9.99 contain 4.79 at 19 %; rounded line by line it would be 3 x 1.60 = 4.80, 0.01 too much."""
    (contained,) = contained_taxes([line(999, 1900)] * 3, "EUR")

    assert contained.tax == eur(479)


def test_each_rate_is_told_apart() -> None:
    taxes = contained_taxes([line(1190, 1900), line(500, 0), line(-119, 1900)], "EUR")

    assert [(tax.tax_rate, tax.gross, tax.tax) for tax in taxes] == [(0, eur(500), eur(0)), (1900, eur(1071), eur(171))]
