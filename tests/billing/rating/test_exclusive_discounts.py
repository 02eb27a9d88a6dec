"""A discount that does not add up: on each day the better of it and all others together."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.periods import BillingPeriod
from billing.rating.kinds import LineKind
from billing.rating.rate import rate
from billing.rating.terms import DiscountTerms
from tests.billing.rating.terms import GERMANY, contract, discount, phase, price

SEPTEMBER = BillingPeriod.month("2026-09")
HALF = date(2026, 9, 16)


def taken_off(base: int, *discounts: DiscountTerms) -> list[tuple[int, int]]:
    """Return (number of the discount, minor units), as the lines show them."""
    lines = rate(contract(phase(price(base)), discounts=discounts), [], GERMANY, SEPTEMBER)[1:]
    keys = {str(one.discount_id): number for number, one in enumerate(discounts)}
    return [(keys[str(line.facts["discount_id"])], -line.amount.minor) for line in lines]


@pytest.mark.parametrize(
    ("exclusive", "others", "expected"),
    [
        (600, (300, 200), [(0, 600)]),
        (500, (300, 200), [(1, 300), (2, 200)]),
        (400, (300, 200), [(1, 300), (2, 200)]),
        (5000, (3000, 2000), [(1, 3000)]),  # both take the whole price of 30.00
    ],
    ids=["the exclusive one is better", "a draw", "the others are better", "both take all"],
)
def test_the_better_of_the_exclusive_one_and_the_others_holds(
    exclusive: int, others: tuple[int, int], expected: list[tuple[int, int]]
) -> None:
    first, second = others
    discounts = (
        discount(amount=exclusive, exclusive=True),
        discount(amount=first, key=2),
        discount(amount=second, key=3),
    )

    assert taken_off(3000, *discounts) == expected


def test_of_two_exclusive_ones_the_better_holds() -> None:
    discounts = (
        discount(amount=200, exclusive=True),
        discount(basis_points=1000, exclusive=True, key=2),  # 3.00
        discount(amount=100, key=3),
    )

    assert taken_off(3000, *discounts) == [(1, 300)]


def test_which_is_better_is_asked_for_each_day() -> None:
    """Until the 15th 4.00 alone are more than 3.00; from the 16th 3.00 and 2.00 together are; 15 of 30 days."""
    discounts = (
        discount(amount=400, exclusive=True),
        discount(amount=300, key=2),
        discount(amount=200, valid_from=HALF, key=3),
    )

    assert taken_off(3000, *discounts) == [(0, 200), (1, 150), (2, 100)]


def test_the_line_says_what_the_discount_is_worth_by_itself() -> None:
    """10.00 a month and 7.00 off twice: 3.00 are left to the second."""
    terms = contract(phase(price(1000)), discounts=(discount(amount=700), discount(basis_points=7000, key=2)))

    second = rate(terms, [], GERMANY, SEPTEMBER)[2].facts

    assert (second["monthly_minor"], second["own_monthly_minor"], second["basis_points"]) == (300, 700, 7000)


@st.composite
def discounts(draw: st.DrawFn, key: int) -> DiscountTerms:
    starts_on = draw(st.dates(date(2026, 8, 20), SEPTEMBER.last_day))
    ends_on = draw(st.none() | st.dates(starts_on + timedelta(days=1), date(2026, 10, 9)))
    amount = draw(st.integers(1, 3000))
    return discount(amount=amount, valid_from=starts_on, valid_to=ends_on, exclusive=draw(st.booleans()), key=key)


@given(st.integers(0, 3000), st.tuples(*(discounts(key) for key in range(1, 5))))
@settings(deadline=None, max_examples=200)
def test_each_day_is_reduced_by_the_better_of_the_two(base: int, some: tuple[DiscountTerms, ...]) -> None:
    lines = rate(contract(phase(price(base)), discounts=some), [], GERMANY, SEPTEMBER)[1:]

    exact = Fraction(0)
    for day in (SEPTEMBER.start + timedelta(days=number) for number in range(SEPTEMBER.days)):
        held = [one for one in some if one.valid_from <= day and (one.valid_to is None or day < one.valid_to)]
        together = sum(one.amount.minor for one in held if one.amount and not one.exclusive)
        alone = max((one.amount.minor for one in held if one.amount and one.exclusive), default=0)
        exact += Fraction(min(base, max(together, alone)), SEPTEMBER.days)
    assert all(line.kind is LineKind.DISCOUNT for line in lines)
    assert abs(exact + sum(line.amount.minor for line in lines)) <= len(lines)
