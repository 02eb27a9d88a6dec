"""Bills that our own rating would not write: without facts, wrong, or with several fees for the same days."""

from dataclasses import replace
from datetime import date

import pytest

from billing.explain.bill import Bill
from billing.explain.bill_changes import explain_change
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.line import Line, LineKind, ReasonCode
from tests.billing.explain.made_bills import fee, made_bill, made_line, off, single, used

SEPTEMBER = BillingPeriod.month("2026-09")
OCTOBER = BillingPeriod.month("2026-10")


def told(previous: Bill | None, current: Bill) -> list[tuple[str, int]]:
    return [(cause.code.value, cause.amount.minor) for cause in explain_change(previous, current).causes]


def bare(kind: LineKind, month: BillingPeriod, cents: int, *, units: tuple[int, str] = (1, "")) -> Line:
    reasons = {LineKind.USAGE: ReasonCode.CONSUMPTION, LineKind.DISCOUNT: ReasonCode.DISCOUNT}
    reason = reasons.get(kind, ReasonCode.BASE_FEE)
    return made_line(kind, reason, {}, (month.start, month.end), cents, units=units, contract=None)


@pytest.mark.parametrize(
    ("before", "now", "code"),
    [
        ([(LineKind.RECURRING, 3000)], [(LineKind.RECURRING, 3300)], "price_change"),
        ([], [(LineKind.ONE_OFF, 4990)], "one_off"),
        ([(LineKind.DISCOUNT, -500)], [], "discount_ended"),
        ([], [(LineKind.THIRD_PARTY, 499)], "third_party"),
    ],
)
def test_lines_without_facts_are_named_by_their_kind(
    before: list[tuple[LineKind, int]], now: list[tuple[LineKind, int]], code: str
) -> None:
    constant = fee(SEPTEMBER, 1000, contract=2), fee(OCTOBER, 1000, contract=2)
    previous = made_bill(SEPTEMBER, constant[0], *(bare(kind, SEPTEMBER, cents) for kind, cents in before))
    current = made_bill(OCTOBER, constant[1], *(bare(kind, OCTOBER, cents) for kind, cents in now))

    change = explain_change(previous, current)

    assert [cause.code.value for cause in change.causes] == [code]
    assert change.causes[0].amount == change.difference


def test_usage_without_facts_is_told_by_its_units() -> None:
    """5 units for 10.00, then 8 for 16.00: 3 more at 2.00."""
    previous = made_bill(SEPTEMBER, bare(LineKind.USAGE, SEPTEMBER, 1000, units=(5, "GB")))
    current = made_bill(OCTOBER, bare(LineKind.USAGE, OCTOBER, 1600, units=(8, "GB")))

    change = explain_change(previous, current)

    assert told(previous, current) == [("extra_usage", 600)]
    assert change.causes[0].facts["quantity"] == 3


def test_two_fees_for_the_same_days_are_told_apart() -> None:
    previous = made_bill(SEPTEMBER, fee(SEPTEMBER, 3000), fee(SEPTEMBER, 500, plan="Extra"))
    dearer = made_bill(OCTOBER, fee(OCTOBER, 3000), fee(OCTOBER, 700, plan="Extra", since=OCTOBER.start))
    without = made_bill(OCTOBER, fee(OCTOBER, 3000))

    assert told(previous, made_bill(OCTOBER, fee(OCTOBER, 3000), fee(OCTOBER, 500, plan="Extra"))) == []
    assert told(previous, dearer) == [("price_change", 200)]
    assert told(previous, without) == [("proration", -500)]


def test_a_fee_that_is_not_what_its_price_says_is_left_unnamed() -> None:
    """39.99 a month, charged as 44.99: no price changed and no day more was charged."""
    wrong = replace(fee(OCTOBER, 3999), amount=Money(4499, "EUR"))
    previous, current = made_bill(SEPTEMBER, fee(SEPTEMBER, 3999)), made_bill(OCTOBER, wrong)

    assert told(previous, current) == [("other", 500)]
    assert told(current, made_bill(OCTOBER.next_month(), fee(OCTOBER.next_month(), 3999))) == [("other", -500)]


def test_a_cent_of_another_systems_rounding_is_no_riddle() -> None:
    """10 of 31 days of 30.00 are 9.68; a system that rounds down has 9.67."""
    days = (date(2026, 10, 22), OCTOBER.end)
    down = replace(fee(OCTOBER, 3000, days=days), amount=Money(967, "EUR"))
    november = OCTOBER.next_month()

    assert told(made_bill(OCTOBER, down), made_bill(november, fee(november, 3000))) == [("proration", 2033)]


def test_a_discount_that_is_not_what_it_says_is_left_unnamed() -> None:
    """10.00 off a month, of which only 4.00 were taken off."""
    wrong = replace(off(OCTOBER, 1000), amount=Money(-400, "EUR"))
    previous = made_bill(SEPTEMBER, fee(SEPTEMBER, 3999), off(SEPTEMBER, 1000))

    assert told(previous, made_bill(OCTOBER, fee(OCTOBER, 3999), wrong)) == [("other", 600)]


def test_usage_at_no_price_that_is_named_is_left_unnamed() -> None:
    """4 GB at 2.00 are 8.00, charged as 11.00."""
    previous = made_bill(SEPTEMBER, fee(SEPTEMBER, 3999), used(SEPTEMBER, 4, 2_000_000, 800, included=10))
    current = made_bill(OCTOBER, fee(OCTOBER, 3999), used(OCTOBER, 4, 2_000_000, 1100, included=10))

    assert told(previous, current) == [("other", 300)]


def test_what_another_company_charges_every_month_is_no_change() -> None:
    def magazine(day: date) -> Line:
        return single(LineKind.THIRD_PARTY, ReasonCode.THIRD_PARTY, day, 499, reference=f"M-{day.month}")

    previous = made_bill(SEPTEMBER, fee(SEPTEMBER, 3999), magazine(date(2026, 9, 5)))
    current = made_bill(OCTOBER, fee(OCTOBER, 3999), magazine(date(2026, 10, 5)))

    assert told(previous, current) == []
    assert told(previous, made_bill(OCTOBER, fee(OCTOBER, 3999))) == [("third_party_gone", -499)]


def test_a_second_invoice_of_the_same_month_is_explained_by_what_it_adds() -> None:
    month = made_bill(OCTOBER, fee(OCTOBER, 3999), off(OCTOBER, 500))
    visit = single(LineKind.ONE_OFF, ReasonCode.ONE_OFF, date(2026, 10, 9), 4990)
    again = made_bill(OCTOBER, fee(OCTOBER, 3999), off(OCTOBER, 500), visit)

    assert told(month, again) == [("one_off", 4990)]


def test_the_bill_that_ends_all_contracts_is_the_final_one() -> None:
    last_day = date(2026, 10, 20)
    days = (OCTOBER.start, date(2026, 10, 21))
    ended = fee(OCTOBER, 3100, days=days, last_day=last_day)
    previous = made_bill(SEPTEMBER, fee(SEPTEMBER, 3100))

    assert explain_change(previous, made_bill(OCTOBER, ended)).is_final
    assert not explain_change(previous, made_bill(OCTOBER, ended, fee(OCTOBER, 500, contract=2))).is_final
