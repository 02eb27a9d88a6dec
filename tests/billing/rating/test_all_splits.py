"""However a month is cut, its parts sum to the whole: every month shape, every cut in two, and many cuts at once."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.periods import BillingPeriod
from billing.rating.proration import prorate
from billing.rating.rate import rate
from tests.billing.rating.terms import GERMANY, contract, discount, phase, price
from tests.factories.money import eur

# 28, 29 (leap day), 30 and 31 days; in March and October of Central Europe a day has 23 and 25 hours.
SHAPES = ["2026-02", "2028-02", "2026-04", "2026-03", "2026-10", "2026-12"]
PRICES = [1, 2, 29, 100, 999, 1999, 3333, 3999, 10_000, 395_000]


def anchored(first: date, number: int) -> BillingPeriod:
    """Return the month of a contract that began on a late day: in February it begins on the last one there is."""
    return BillingPeriod(_anchor(first, number), _anchor(first, number + 1))


def _anchor(first: date, number: int) -> date:
    year, month = divmod(first.month - 1 + number, 12)
    last = BillingPeriod.month_of(date(first.year + year, month + 1, 1)).last_day
    return last.replace(day=min(first.day, last.day))


ANCHORED = [anchored(date(year, 1, 31), number) for year in (2026, 2028) for number in range(13)]
PERIODS = [*(BillingPeriod.month(label) for label in SHAPES), *ANCHORED]


def test_months_that_begin_on_the_31st_follow_on_one_another() -> None:
    assert all(left.end == right.start for left, right in pairwise(ANCHORED[:13]))
    assert anchored(date(2026, 1, 31), 0) == BillingPeriod(date(2026, 1, 31), date(2026, 2, 28))
    assert anchored(date(2028, 1, 31), 1) == BillingPeriod(date(2028, 2, 29), date(2028, 3, 31))


@pytest.mark.parametrize("minor", PRICES)
def test_every_cut_in_two_of_every_shape_sums_to_the_price(minor: int) -> None:
    for whole in PERIODS:
        for first, second in cuts_in_two(whole):
            assert prorate(eur(minor), whole, first).minor + prorate(eur(minor), whole, second).minor == minor


def cuts_in_two(whole: BillingPeriod) -> Iterator[tuple[BillingPeriod, BillingPeriod]]:
    for number in range(1, whole.days):
        cut = whole.start + timedelta(days=number)
        yield BillingPeriod(whole.start, cut), BillingPeriod(cut, whole.end)


@pytest.mark.parametrize("whole", PERIODS, ids=lambda period: f"{period.start}")
def test_a_price_version_or_a_plan_a_day_costs_what_the_month_costs(whole: BillingPeriod) -> None:
    """The finest cut there is, by price and by plan, with a discount over all of it."""
    days = [whole.start + timedelta(days=number) for number in range(whole.days)]
    prices = [price(3999, valid_from=day, valid_to=day + timedelta(days=1)) for day in days]
    plans = [phase(price(3999), plan=f"p{day}", valid_from=day, valid_to=day + timedelta(days=1)) for day in days]
    off = (discount(basis_points=1250),)

    expected = 3999 - 500  # 12.5 % of 39.99 are 4.99875
    assert sum_of(contract(phase(*prices), discounts=off), whole) == expected
    assert sum_of(contract(*plans, discounts=off), whole) == expected


def sum_of(terms, whole: BillingPeriod) -> int:
    return sum(line.amount.minor for line in rate(terms, [], GERMANY, whole))


@given(st.sampled_from(PERIODS), st.integers(0, 1_000_000), st.data())
@settings(deadline=None, max_examples=500)
def test_any_number_of_cuts_sums_to_the_price(whole: BillingPeriod, minor: int, data: st.DataObject) -> None:
    inside = data.draw(st.sets(st.integers(1, whole.days - 1)))
    edges = [whole.start, *(whole.start + timedelta(days=number) for number in sorted(inside)), whole.end]
    prices = [price(minor, valid_from=start, valid_to=end) for start, end in pairwise(edges)]

    assert sum_of(contract(phase(*prices)), whole) == minor


def test_a_contract_of_the_31st_of_january_pays_one_day_and_then_whole_months() -> None:
    terms = contract(phase(price(3100), valid_from=date(2026, 1, 31)))

    paid = [sum_of(terms, BillingPeriod.month(label)) for label in ("2026-01", "2026-02", "2026-03")]

    assert paid == [100, 3100, 3100]
