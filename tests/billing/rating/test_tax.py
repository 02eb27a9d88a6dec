"""Tax inside consumer prices and on net prices, rounded once per rate of a document."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.periods import BillingPeriod
from billing.rating.line import Line, LineKind, ReasonCode
from billing.rating.tax import contained_taxes, document_lines
from tests.factories.money import eur


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


@pytest.mark.parametrize(
    ("net", "tax_rate", "tax"),
    [
        ([999] * 3, 2550, 764),  # 29.97 x 0.255 = 7.642; line by line it would be 3 x 2.55 = 7.65
        ([999] * 3, 1900, 569),  # 29.97 x 0.19 = 5.694; line by line it would be 3 x 1.90 = 5.70
        ([6833, 6833, 5750, 8500], 2000, 5583),  # 279.16 x 0.2 = 55.832
        ([1000, -1000], 1900, 0),
        ([], 1900, None),
    ],
)
def test_tax_is_added_to_net_prices_once_for_the_document(net: list[int], tax_rate: int, tax: int | None) -> None:
    lines = [line(minor, tax_rate) for minor in net]

    shown = document_lines(lines, "EUR", prices_include_tax=False)

    assert [one.amount.minor for one in shown if one.kind is LineKind.TAX] == ([] if tax is None else [tax])
    assert sum(one.amount.minor for one in shown) == sum(net) + (tax or 0)


def test_the_total_of_a_net_document_is_the_sum_of_its_lines() -> None:
    """68.33 + 68.33 + 57.50 + 85.00 and 20 % are 334.99."""
    lines = document_lines([line(minor, 2000) for minor in (6833, 6833, 5750, 8500)], "EUR", prices_include_tax=False)

    assert sum(one.amount.minor for one in lines) == 33_499


def test_each_rate_of_a_net_document_has_its_tax_line_and_nought_has_none() -> None:
    shown = document_lines([line(1000, 1900), line(1000, 700), line(500, 0)], "EUR", prices_include_tax=False)

    taxes = [one for one in shown if one.kind is LineKind.TAX]
    assert [(one.tax_rate, one.amount, one.facts["net_minor"]) for one in taxes] == [
        (700, eur(70), 1000),
        (1900, eur(190), 1000),
    ]
    assert taxes[0].reason_code is ReasonCode.TAX


def test_the_taxes_of_a_net_document_are_those_of_its_tax_lines() -> None:
    """What is stored beside the invoice: 30.00 net, 5.70 tax."""
    shown = document_lines([line(1000, 1900)] * 3 + [line(500, 0)], "EUR", prices_include_tax=False)

    assert [(tax.tax_rate, tax.net, tax.tax) for tax in contained_taxes(shown, "EUR")] == [
        (0, eur(500), eur(0)),
        (1900, eur(3000), eur(570)),
    ]


def test_prices_with_tax_get_no_tax_line() -> None:
    lines = (line(1190, 1900), line(500, 0))

    assert document_lines(lines, "EUR", prices_include_tax=True) == lines


def test_a_net_price_by_day_is_not_taxed_on_its_rounded_amount() -> None:
    """29 of 30 days of 200.00 are 193.333...; 25 % on that make 241.666..., so 241.67 and not 193.33 + 48.33."""
    shown = document_lines([exactly(Fraction(20_000 * 29, 30), 2500)], "EUR", prices_include_tax=False)

    assert [one.amount.minor for one in shown] == [19_333, 4_834]


def exactly(minor: Fraction, tax_rate: int) -> Line:
    rounded = int(minor + Fraction(1, 2))
    return replace(line(rounded, tax_rate), unrounded=minor)


@given(st.lists(st.tuples(st.integers(0, 310_000), st.sampled_from([700, 1900])), max_size=12))
@settings(deadline=None, max_examples=200)
def test_a_net_document_s_gross_is_the_exact_one_rounded_once_per_rate(some: list[tuple[int, int]]) -> None:
    """Each amount is a number of thirty-first parts of a cent."""
    shown = document_lines(
        [exactly(Fraction(parts, 31), rate) for parts, rate in some], "EUR", prices_include_tax=False
    )

    for rate in (700, 1900):
        exact = sum((Fraction(parts, 31) for parts, of in some if of == rate), Fraction(0)) * (10_000 + rate) / 10_000
        gross = sum(one.amount.minor for one in shown if one.tax_rate == rate)
        assert abs(gross - exact) <= Fraction(1, 2)
