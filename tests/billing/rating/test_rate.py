"""Rating: what a contract comes to in a month, and why. Amounts are worked out by hand in the test."""

import dataclasses
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.law import RuleMissing, law_of
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.errors import (
    CurrencyMixed,
    EndsBeforeStart,
    PhasesOverlap,
    PriceGap,
    PriceMissing,
    PricesOverlap,
    RatingError,
    UnitUnknown,
)
from billing.rating.line import Line, LineKind, ReasonCode
from billing.rating.rate import rate
from billing.rating.terms import ContractTerms, DiscountTerms, Usage
from tests.billing.rating.terms import GERMANY, contract, discount, one_off, phase, price
from tests.factories.money import eur

SEPTEMBER = BillingPeriod.month("2026-09")
OCTOBER = BillingPeriod.month("2026-10")
MID_MONTH = date(2026, 10, 15)


def brief(lines: tuple[Line, ...]) -> list[tuple[LineKind, ReasonCode, int]]:
    return [(line.kind, line.reason_code, line.amount.minor) for line in lines]


def test_a_whole_month_costs_the_base_price() -> None:
    lines = rate(contract(phase(price(3999))), [], GERMANY, OCTOBER)

    assert brief(lines) == [(LineKind.RECURRING, ReasonCode.BASE_FEE, 3999)]
    assert lines[0].period == OCTOBER


def test_a_contract_that_begins_on_the_12th_pays_20_of_31_days() -> None:
    lines = rate(contract(phase(price(2790), valid_from=date(2026, 10, 12))), [], GERMANY, OCTOBER)

    assert brief(lines) == [(LineKind.PRORATION_CHARGE, ReasonCode.CONTRACT_START, 2790 * 20 // 31)]
    assert (lines[0].facts["days"], lines[0].facts["days_in_period"]) == (20, 31)


def test_a_contract_that_ends_pays_until_the_day_before() -> None:
    lines = rate(contract(phase(price(3100), valid_to=date(2026, 10, 11))), [], GERMANY, OCTOBER)

    assert brief(lines) == [(LineKind.PRORATION_CHARGE, ReasonCode.CONTRACT_END, 1000)]


def test_the_last_day_of_a_contract_is_a_fact_of_its_base_price_once_it_is_known() -> None:
    first, last = phase(price(3100), valid_to=MID_MONTH), phase(price(6200), valid_from=MID_MONTH)
    ended = dataclasses.replace(last, valid_to=date(2027, 1, 1))

    assert ["contract_last_day" in line.facts for line in rate(contract(first, last), [], GERMANY, OCTOBER)] == [
        False,
        False,
    ]
    assert [line.facts["contract_last_day"] for line in rate(contract(first, ended), [], GERMANY, OCTOBER)] == [
        "2026-12-31"
    ] * 2


def test_a_plan_change_mid_month_charges_both_plans_by_day() -> None:
    terms = contract(
        phase(price(3100), plan="small", valid_to=MID_MONTH), phase(price(6200), plan="large", valid_from=MID_MONTH)
    )

    lines = rate(terms, [], GERMANY, OCTOBER)

    assert brief(lines) == [
        (LineKind.PRORATION_CHARGE, ReasonCode.PLAN_CHANGE, 1400),
        (LineKind.PRORATION_CHARGE, ReasonCode.PLAN_CHANGE, 3400),
    ]


def test_a_price_change_mid_month_charges_each_day_at_its_price() -> None:
    prices = price(3100, valid_to=MID_MONTH), price(3410, valid_from=MID_MONTH)

    lines = rate(contract(phase(*prices)), [], GERMANY, OCTOBER)

    assert brief(lines) == [
        (LineKind.PRORATION_CHARGE, ReasonCode.PRICE_CHANGE, 1400),
        (LineKind.PRORATION_CHARGE, ReasonCode.PRICE_CHANGE, 1870),
    ]
    assert lines[0].price_version_id != lines[1].price_version_id


def test_a_plan_change_on_the_first_of_the_month_charges_the_new_plan_alone() -> None:
    terms = contract(
        phase(price(3100), plan="small", valid_to=OCTOBER.start),
        phase(price(6200), plan="large", valid_from=OCTOBER.start),
    )

    assert brief(rate(terms, [], GERMANY, OCTOBER)) == [(LineKind.RECURRING, ReasonCode.BASE_FEE, 6200)]


def test_usage_within_the_included_units_costs_nothing() -> None:
    terms = contract(phase(price(1499, unit="GB", included=10, micro=2_000_000)))

    assert len(rate(terms, [Usage(MID_MONTH, 10, "GB")], GERMANY, OCTOBER)) == 1


def test_usage_beyond_the_included_units_is_charged_per_unit() -> None:
    terms = contract(phase(price(1499, unit="GB", included=10, micro=2_000_000)))

    extra = rate(terms, [Usage(date(2026, 10, 3), 9, "GB"), Usage(MID_MONTH, 4, "GB")], GERMANY, OCTOBER)[1]

    assert (extra.kind, extra.reason_code, extra.amount) == (LineKind.USAGE, ReasonCode.EXTRA_USAGE, eur(600))
    assert (extra.quantity, extra.facts["used"], extra.facts["included"]) == (3, 13, 10)


def test_a_unit_price_below_a_cent_is_rounded_once_for_the_whole_quantity() -> None:
    """217 kWh at 31.9 cent are 69.223 euros; rounding the price first would give 69.44."""
    terms = contract(phase(price(1190, unit="kWh", micro=319_000)))

    consumption = rate(terms, [Usage(MID_MONTH, 217, "kWh")], GERMANY, OCTOBER)[1]

    assert (consumption.reason_code, consumption.amount) == (ReasonCode.CONSUMPTION, eur(6922))


def test_usage_around_a_plan_change_is_charged_once_under_the_plan_of_its_day() -> None:
    terms = contract(
        phase(price(1000, unit="GB", micro=1_000_000), plan="small", valid_to=MID_MONTH),
        phase(price(2000, unit="GB", micro=3_000_000), plan="large", valid_from=MID_MONTH),
    )

    lines = rate(terms, [Usage(date(2026, 10, 14), 2, "GB"), Usage(MID_MONTH, 5, "GB")], GERMANY, OCTOBER)

    assert [line.amount.minor for line in lines if line.kind is LineKind.USAGE] == [200, 1500]


def test_usage_outside_the_period_is_not_charged() -> None:
    terms = contract(phase(price(1190, unit="kWh", micro=319_000)))
    around = [Usage(date(2026, 9, 30), 50, "kWh"), Usage(date(2026, 11, 1), 50, "kWh")]

    assert len(rate(terms, around, GERMANY, OCTOBER)) == 1


def test_usage_in_a_unit_without_a_price_is_refused() -> None:
    with pytest.raises(UnitUnknown) as refused:
        rate(contract(phase(price(1499, unit="GB", included=10))), [Usage(MID_MONTH, 1, "kWh")], GERMANY, OCTOBER)

    assert refused.value.unit == "kWh"


def test_a_discount_by_share_reduces_the_base_price_and_not_the_usage() -> None:
    terms = contract(phase(price(2000, unit="GB", micro=1_000_000)), discounts=(discount(basis_points=1000),))

    lines = rate(terms, [Usage(MID_MONTH, 3, "GB")], GERMANY, OCTOBER)

    assert [line.amount.minor for line in lines if line.kind is LineKind.DISCOUNT] == [-200]


def test_a_discount_that_ends_mid_month_counts_by_day() -> None:
    terms = contract(phase(price(3999)), discounts=(discount(amount=310, valid_to=date(2026, 10, 11)),))

    line = rate(terms, [], GERMANY, OCTOBER)[1]

    assert line.amount == eur(-100)
    assert line.facts["ended_on"] == "2026-10-10"


def test_discounts_together_never_take_more_than_the_base_price() -> None:
    terms = contract(phase(price(1000)), discounts=(discount(amount=700), discount(amount=700, key=2)))

    assert [line.amount.minor for line in rate(terms, [], GERMANY, OCTOBER)] == [1000, -700, -300]


def test_a_discount_after_another_takes_nothing_from_it() -> None:
    """60 % of 30.00 for 15 of 30 days are 9.00, twice."""
    changed_on = date(2026, 9, 16)
    terms = contract(
        phase(price(3000)),
        discounts=(
            discount(basis_points=6000, valid_to=changed_on),
            discount(basis_points=6000, valid_from=changed_on, key=2),
        ),
    )

    assert [line.amount.minor for line in rate(terms, [], GERMANY, SEPTEMBER)] == [3000, -900, -900]


def test_a_discount_has_a_line_for_the_days_with_another_and_one_for_those_without() -> None:
    """10.00 a month: 7.00 off until the 15th, so 3.00 are left to the other there, and 7.00 from the 16th."""
    terms = contract(
        phase(price(1000)), discounts=(discount(amount=700, valid_to=date(2026, 9, 16)), discount(amount=700, key=2))
    )

    reductions = rate(terms, [], GERMANY, SEPTEMBER)[1:]

    assert [(line.amount.minor, line.facts["monthly_minor"], line.facts["days"]) for line in reductions] == [
        (-350, 700, 15),
        (-150, 300, 15),
        (-350, 700, 15),
    ]


def test_a_discount_that_another_does_not_touch_keeps_one_line() -> None:
    terms = contract(
        phase(price(3000)), discounts=(discount(amount=333, valid_to=MID_MONTH), discount(amount=777, key=2))
    )

    assert [line.amount.minor for line in rate(terms, [], GERMANY, OCTOBER)][2:] == [-777]


def test_discounts_of_the_whole_price_leave_no_cent_of_a_part_of_a_month() -> None:
    """20 of 31 days: 6.45 of 10.00; 4.52 of 7.00 and 1.94 of 3.00 would be a cent more."""
    terms = contract(
        phase(price(1000), valid_from=date(2026, 10, 12)),
        discounts=(discount(amount=700), discount(amount=300, key=2)),
    )

    assert [line.amount.minor for line in rate(terms, [], GERMANY, OCTOBER)] == [645, -452, -193]


def test_a_single_charge_stands_on_the_bill_of_its_day_only() -> None:
    terms = contract(phase(price(3999)), one_offs=(one_off(OCTOBER.last_day), one_off(OCTOBER.end)))

    charges = [line for line in rate(terms, [], GERMANY, OCTOBER) if line.kind is LineKind.ONE_OFF]

    assert [line.facts["charged_on"] for line in charges] == ["2026-10-31"]


@pytest.mark.parametrize(
    ("prices", "error"),
    [
        ((), PriceMissing),
        ((price(1000, valid_to=MID_MONTH),), PriceMissing),
        ((price(1000, valid_from=MID_MONTH),), PriceMissing),
        ((price(1000, valid_to=MID_MONTH), price(1100, valid_from=date(2026, 10, 16))), PriceGap),
        ((price(1000, valid_to=MID_MONTH), price(1100, valid_from=date(2026, 10, 14))), PricesOverlap),
    ],
    ids=["none", "ends early", "begins late", "gap", "overlap"],
)
def test_a_day_without_exactly_one_price_is_refused(prices: tuple, error: type[RatingError]) -> None:
    with pytest.raises(RatingError) as refused:
        rate(contract(phase(*prices)), [], GERMANY, OCTOBER)

    assert type(refused.value) is error


@pytest.mark.parametrize(
    "terms",
    [
        contract(phase(price(1000), valid_from=MID_MONTH, valid_to=OCTOBER.start)),
        contract(phase(price(1000), price(1100, valid_from=MID_MONTH, valid_to=OCTOBER.start))),
        contract(phase(price(1000)), discounts=(discount(amount=1, valid_from=MID_MONTH, valid_to=OCTOBER.start),)),
    ],
    ids=["plan", "price", "discount"],
)
def test_what_ends_before_it_begins_is_refused(terms: ContractTerms) -> None:
    with pytest.raises(EndsBeforeStart) as refused:
        rate(terms, [], GERMANY, OCTOBER)

    assert (refused.value.start, refused.value.end) == (MID_MONTH, OCTOBER.start)


def test_a_price_in_another_currency_is_refused() -> None:
    foreign = dataclasses.replace(price(1000), base=Money(1000, "SEK"))

    with pytest.raises(CurrencyMixed) as refused:
        rate(contract(phase(foreign)), [], GERMANY, OCTOBER)

    assert (refused.value.expected, refused.value.actual) == ("EUR", "SEK")


def test_a_month_for_which_the_law_names_no_rate_is_refused() -> None:
    with pytest.raises(RuleMissing):
        rate(contract(phase(price(1000))), [], law_of("XX"), OCTOBER)


def test_a_day_with_two_plans_is_refused() -> None:
    with pytest.raises(PhasesOverlap):
        rate(
            contract(phase(price(1000), plan="a"), phase(price(1000), plan="b", valid_from=MID_MONTH)),
            [],
            GERMANY,
            OCTOBER,
        )


@given(st.integers(2, 30), st.integers(0, 9999), st.integers(0, 9999))
def test_a_change_to_the_same_price_changes_no_cent(day: int, base: int, off: int) -> None:
    changed_on = date(2026, 10, day)
    cut = contract(
        phase(price(base), plan="a", valid_to=changed_on),
        phase(price(base), plan="b", valid_from=changed_on),
        discounts=(discount(amount=off + 1),),
    )
    uncut = contract(phase(price(base)), discounts=(discount(amount=off + 1),))

    assert sum(line.amount.minor for line in rate(cut, [], GERMANY, OCTOBER)) == sum(
        line.amount.minor for line in rate(uncut, [], GERMANY, OCTOBER)
    )


@st.composite
def discounts(draw: st.DrawFn, key: int) -> DiscountTerms:
    starts_on = draw(st.dates(SEPTEMBER.start, OCTOBER.last_day))
    ends_on = draw(st.none() | st.dates(starts_on + timedelta(days=1), date(2026, 12, 1)))
    if draw(st.booleans()):
        return discount(amount=draw(st.integers(1, 3000)), valid_from=starts_on, valid_to=ends_on, key=key)
    return discount(basis_points=draw(st.integers(1, 10_000)), valid_from=starts_on, valid_to=ends_on, key=key)


@given(st.integers(0, 3000), st.tuples(discounts(1), discounts(2), discounts(3)))
def test_each_day_is_reduced_by_its_discounts_and_never_below_zero(base: int, some: tuple[DiscountTerms, ...]) -> None:
    reductions = rate(contract(phase(price(base)), discounts=some), [], GERMANY, OCTOBER)[1:]

    exact = Fraction(0)
    for day in (OCTOBER.start + timedelta(days=number) for number in range(OCTOBER.days)):
        valid = [one for one in some if one.valid_from <= day and (one.valid_to is None or day < one.valid_to)]
        worth = [
            one.amount.minor if one.amount else eur(base).times(one.basis_points or 0, 10_000).minor for one in valid
        ]
        exact += Fraction(min(base, sum(worth)), OCTOBER.days)
    assert abs(exact + sum(line.amount.minor for line in reductions)) <= len(reductions)


@given(st.integers(1, 9999), st.integers(1, 9999), st.integers(2, 31), st.integers(2, 30))
def test_two_discounts_of_the_whole_price_always_leave_nothing(base: int, off: int, began: int, changed: int) -> None:
    changed_on = date(2026, 10, changed)
    terms = contract(
        phase(price(base), valid_from=date(2026, 10, began)),
        discounts=(
            discount(amount=off),
            discount(basis_points=10_000, valid_to=changed_on, key=2),
            discount(basis_points=10_000, valid_from=changed_on, key=3),
        ),
    )

    assert sum(line.amount.minor for line in rate(terms, [], GERMANY, OCTOBER)) == 0


def test_three_discounts_on_one_day_never_add_a_cent() -> None:
    """1 of 31 days of 1.08 is 0.03, and 0.90 of it is 0.03: nothing is left for 0.16 and the rest."""
    terms = contract(
        phase(price(108), valid_from=date(2026, 10, 31)),
        discounts=(discount(amount=90), discount(amount=16, key=2), discount(amount=108, key=3)),
    )

    reductions = [line.amount.minor for line in rate(terms, [], GERMANY, OCTOBER)][1:]

    assert sum(reductions) == -3
    assert max(reductions) <= 0
