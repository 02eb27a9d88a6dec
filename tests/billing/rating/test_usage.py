"""What usage costs: allowance, tiers, zones, and what comes late."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.periods import BillingPeriod
from billing.rating.errors import TiersInvalid, UnitUnknown, ZoneUnpriced
from billing.rating.kinds import UsageZone
from billing.rating.late_usage import late_usage_lines
from billing.rating.line import Line, LineKind, ReasonCode
from billing.rating.rate import rate
from billing.rating.terms import ContractTerms, Tier, Usage
from tests.billing.rating.terms import FINLAND, GERMANY, contract, phase, price
from tests.factories.money import eur

OCTOBER = BillingPeriod.month("2026-10")
MID_MONTH = date(2026, 10, 15)
# The period in which the Finnish rate of tax went from 24 to 25.5 per cent, on 1 September.
SUMMER = BillingPeriod(date(2024, 8, 16), date(2024, 9, 16))
STEPS = (Tier(101, 250_000), Tier(201, 200_000))


def gb(quantity: int, day: date = MID_MONTH, zone: UsageZone = UsageZone.HOME) -> Usage:
    return Usage(day, quantity, "GB", zone)


def charged(terms: ContractTerms, *usage: Usage) -> list[tuple[int, int]]:
    lines = (line for line in rate(terms, usage, GERMANY, OCTOBER) if line.kind is LineKind.USAGE)
    return [(line.quantity, line.amount.minor) for line in lines]


@pytest.mark.parametrize(
    ("used", "cents"),
    [
        (100, 3000),  # 100 x 0.30
        (101, 3025),  # 100 x 0.30 + 1 x 0.25
        (200, 5500),  # 100 x 0.30 + 100 x 0.25
        (250, 6500),  # 100 x 0.30 + 100 x 0.25 + 50 x 0.20
    ],
)
def test_each_tier_s_price_holds_for_its_own_units(used: int, cents: int) -> None:
    terms = contract(phase(price(0, unit="GB", micro=300_000, tiers=STEPS)))

    assert charged(terms, gb(used)) == [(used, cents)]


def test_tiers_are_counted_from_the_first_unit_beyond_the_allowance() -> None:
    """Of 130 units 10 are included: 100 x 0.30 + 20 x 0.25."""
    terms = contract(phase(price(0, unit="GB", included=10, micro=300_000, tiers=STEPS)))

    assert charged(terms, gb(130)) == [(120, 3500)]


def test_a_tier_may_begin_with_the_first_unit() -> None:
    for first in (0, 1):
        terms = contract(phase(price(0, unit="GB", micro=990_000, tiers=(Tier(first, 100_000),))))

        assert charged(terms, gb(7)) == [(7, 70)]


def test_the_line_says_which_tiers_hold() -> None:
    terms = contract(phase(price(0, unit="GB", micro=300_000, tiers=STEPS)))

    facts = rate(terms, [gb(150)], GERMANY, OCTOBER)[1].facts

    assert facts["unit_price_micro"] == 300_000
    assert (facts["tier_1_from"], facts["tier_1_micro"]) == (101, 250_000)
    assert (facts["tier_2_from"], facts["tier_2_micro"]) == (201, 200_000)


@pytest.mark.parametrize("tiers", [(Tier(201, 1), Tier(101, 1)), (Tier(101, 1), Tier(101, 2)), (Tier(101, -1),)])
def test_tiers_out_of_order_or_below_zero_are_refused(tiers: tuple[Tier, ...]) -> None:
    with pytest.raises(TiersInvalid):
        rate(contract(phase(price(0, unit="GB", micro=1, tiers=tiers))), [gb(1)], GERMANY, OCTOBER)


def test_tiers_of_a_fraction_of_a_cent_are_rounded_once() -> None:
    """100 x 0.00333 + 1 x 0.00333 are 0.33633; tier by tier it would be 0.33 + 0.00."""
    terms = contract(phase(price(0, unit="GB", micro=3330, tiers=(Tier(101, 3330),))))

    assert charged(terms, gb(101)) == [(101, 34)]


def test_use_within_the_eu_is_use_at_home() -> None:
    terms = contract(phase(price(0, unit="GB", included=10, micro=2_000_000, world_micro=9_000_000)))

    assert charged(terms, gb(8), gb(4, zone=UsageZone.EU)) == [(2, 400)]


def test_no_allowance_covers_use_outside_the_eu() -> None:
    """12 at home of which 10 are included, at 2.00; 3 in the world at 9.00."""
    terms = contract(phase(price(0, unit="GB", included=10, micro=2_000_000, world_micro=9_000_000)))

    lines = rate(terms, [gb(12), gb(3, zone=UsageZone.WORLD)], GERMANY, OCTOBER)[1:]

    assert [(line.facts["zone"], line.facts["included"], line.amount.minor) for line in lines] == [
        ("home", 10, 400),
        ("world", 0, 2700),
    ]


def test_use_outside_the_eu_without_a_price_is_refused() -> None:
    with pytest.raises(ZoneUnpriced) as refused:
        rate(
            contract(phase(price(0, unit="GB", included=10, micro=1))),
            [gb(1, zone=UsageZone.WORLD)],
            GERMANY,
            OCTOBER,
        )

    assert (refused.value.zone, refused.value.day) == ("world", MID_MONTH)


def test_use_on_a_day_with_a_flat_plan_is_refused() -> None:
    with pytest.raises(UnitUnknown):
        rate(contract(phase(price(1000))), [gb(1)], GERMANY, OCTOBER)


def test_a_part_of_a_month_includes_its_share_of_the_allowance() -> None:
    """17 of 31 days include 17 of 31 units."""
    terms = contract(phase(price(0, unit="GB", included=31, micro=1_000_000), valid_from=MID_MONTH))

    assert charged(terms, gb(20, OCTOBER.last_day)) == [(3, 300)]


def test_a_change_of_tax_does_not_cut_the_allowance() -> None:
    """31 units are included; 20 in August use none of September's money, 16 in September exceed it by 5."""
    terms = contract(phase(price(3100, unit="GB", included=31, micro=1_000_000)))

    lines = rate(terms, [gb(20, date(2024, 8, 31)), gb(16, date(2024, 9, 1))], FINLAND, SUMMER)
    extra = [line for line in lines if line.kind is LineKind.USAGE]

    assert [(line.tax_rate, line.quantity, line.facts["included"], line.amount) for line in extra] == [
        (2550, 5, 11, eur(500))
    ]


def test_usage_on_both_sides_of_a_change_of_tax_is_told_apart() -> None:
    """120 and 130 units: 100 x 0.30 + 20 x 0.25 at 24 %, then 80 x 0.25 + 50 x 0.20 at 25.5 %."""
    terms = contract(phase(price(0, unit="GB", micro=300_000, tiers=STEPS)))

    lines = rate(terms, [gb(120, date(2024, 8, 31)), gb(130, date(2024, 9, 1))], FINLAND, SUMMER)

    extra = [line for line in lines if line.kind is LineKind.USAGE]
    assert [(line.tax_rate, line.period.start, line.amount) for line in extra] == [
        (2400, SUMMER.start, eur(3500)),
        (2550, date(2024, 9, 1), eur(3000)),
    ]


@given(st.lists(st.tuples(st.dates(SUMMER.start, SUMMER.last_day), st.integers(0, 300)), max_size=8))
@settings(deadline=None, max_examples=200)
def test_the_parts_around_a_change_of_tax_cost_what_the_whole_would(some: list[tuple[date, int]]) -> None:
    terms = contract(phase(price(0, unit="GB", included=50, micro=3333, tiers=(Tier(101, 777),))))
    usage = [gb(quantity, day) for day, quantity in some]
    shifted = [gb(quantity, date(2026, 10, 1)) for _, quantity in some]

    cut = sum(line.amount.minor for line in rate(terms, usage, FINLAND, SUMMER))

    assert cut == sum(line.amount.minor for line in rate(terms, shifted, FINLAND, OCTOBER))


def test_what_comes_late_costs_what_it_adds_to_the_whole() -> None:
    """8 of 10 included units were known; of 5 late ones 2 are still free, 3 cost 2.00 each."""
    terms = contract(phase(price(1499, unit="GB", included=10, micro=2_000_000)))
    received = datetime(2026, 11, 3, 12, tzinfo=UTC)

    [line] = late_usage_lines(terms, [gb(8)], [replace(gb(5), received_at=received)], GERMANY, OCTOBER)

    assert (line.kind, line.reason_code, line.period) == (LineKind.USAGE, ReasonCode.LATE_USAGE, OCTOBER)
    assert (line.quantity, line.amount) == (3, eur(600))
    assert (line.facts["used"], line.facts["included"], line.facts["used_before"]) == (5, 2, 8)
    assert line.facts["received_on"] == "2026-11-03"


def test_what_comes_late_after_extra_usage_is_told_apart_from_it() -> None:
    """2 units beyond the 10 included stood on the bill already; 3 more are 6.00 more."""
    terms = contract(phase(price(1499, unit="GB", included=10, micro=2_000_000)))

    [line] = late_usage_lines(terms, [gb(12)], [gb(3)], GERMANY, OCTOBER)

    assert (line.quantity, line.amount) == (3, eur(600))
    assert (line.facts["used"], line.facts["included"], line.facts["used_before"]) == (3, 0, 12)


def test_what_comes_late_at_net_prices_keeps_its_exact_worth() -> None:
    """7 units of a third of a cent (0.003333): 0.02333 euros in all, 0.01 for the 3 known, so 0.013332 for 4 late."""
    terms = replace(contract(phase(price(0, unit="GB", micro=3333))), prices_include_tax=False)

    [line] = late_usage_lines(terms, [gb(3)], [gb(4)], GERMANY, OCTOBER)

    assert (line.amount, line.unrounded) == (eur(1), Fraction(4 * 3333, 10_000))


def test_what_comes_late_and_is_included_makes_no_line() -> None:
    terms = contract(phase(price(1499, unit="GB", included=10, micro=2_000_000)))

    assert late_usage_lines(terms, [gb(8)], [gb(2)], GERMANY, OCTOBER) == []


def test_what_comes_late_has_the_tax_of_the_days_of_use() -> None:
    terms = contract(phase(price(0, unit="GB", micro=1_000_000)))

    lines = late_usage_lines(terms, [], [gb(1, date(2024, 8, 31)), gb(2, date(2024, 9, 1))], FINLAND, SUMMER)

    assert [(line.tax_rate, line.amount) for line in lines] == [(2400, eur(100)), (2550, eur(200))]


def usage_of(lines: list[Line] | tuple[Line, ...]) -> int:
    return sum(line.amount.minor for line in lines if line.kind is LineKind.USAGE)


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 200), st.sampled_from(UsageZone), st.integers(0, 2)), max_size=10
    )
)
@settings(deadline=None, max_examples=200)
def test_whenever_usage_comes_it_costs_the_same_in_the_end(some: list[tuple[int, int, UsageZone, int]]) -> None:
    """In time, on the next bill, or on the one after that."""
    tiers = (Tier(51, 7777),)
    terms = contract(
        phase(price(0, unit="GB", included=40, micro=3333, tiers=tiers, world_micro=12_345), valid_to=MID_MONTH),
        phase(price(0, unit="GB", included=40, micro=5555), valid_from=MID_MONTH),
    )
    some = [(day, units, UsageZone.HOME if day >= 14 else zone, bill) for day, units, zone, bill in some]
    by_bill = [
        [gb(units, OCTOBER.start + timedelta(days=day), zone) for day, units, zone, on in some if on == bill]
        for bill in range(3)
    ]

    known = by_bill[0]
    billed = usage_of(rate(terms, known, GERMANY, OCTOBER))
    for late in by_bill[1:]:
        billed += usage_of(late_usage_lines(terms, known, late, GERMANY, OCTOBER))
        known = [*known, *late]

    assert billed == usage_of(rate(terms, known, GERMANY, OCTOBER))
