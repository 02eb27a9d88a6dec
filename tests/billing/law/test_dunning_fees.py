"""Requirement 28: a fee above the law, or before its day, is rejected when it is booked."""

from datetime import date, timedelta

import pytest

from billing.dunning.fees import FeeQuestion, FeeRejected, PastStep, check_demand_fee, check_reminder_fee
from billing.law import RuleMissing, law_of
from billing.money import Money

FI = law_of("FI")
DE = law_of("DE")
DUE = date(2026, 3, 2)
EURO = 100


def asked(
    fee: int, *, day: int, claimed: int = 100 * EURO, past: tuple[PastStep, ...] = (), due_on: date = DUE
) -> FeeQuestion:
    sent_on = due_on + timedelta(days=day)
    return FeeQuestion(Money(fee, "EUR"), Money(claimed, "EUR"), due_on, sent_on, past)


def sent(day: int, fee: int = 0, *, is_demand: bool = False) -> PastStep:
    return PastStep(is_demand, DUE + timedelta(days=day), Money(fee, "EUR"))


def test_finland_allows_five_euros_from_the_fourteenth_day() -> None:
    assert check_reminder_fee(FI, asked(500, day=14)).version == "FI.reminder_fee@2013-03-16"


@pytest.mark.parametrize(("fee", "day", "allowed"), [(501, 14, 500), (500, 13, 0), (1, 13, 0)])
def test_finland_rejects_a_cent_more_and_a_day_less(fee: int, day: int, allowed: int) -> None:
    with pytest.raises(FeeRejected) as refused:
        check_reminder_fee(FI, asked(fee, day=day))

    assert refused.value.allowed == Money(allowed, "EUR")


def test_a_second_reminder_may_cost_only_fourteen_days_after_the_first() -> None:
    first = (sent(14, 500),)

    assert check_reminder_fee(FI, asked(500, day=28, past=first))
    with pytest.raises(FeeRejected):
        check_reminder_fee(FI, asked(500, day=27, past=first))


def test_a_free_reminder_may_come_any_day() -> None:
    assert check_reminder_fee(FI, asked(0, day=1))


@pytest.mark.parametrize("past", [(), (sent(7),), (sent(7), sent(21))])
def test_germany_rejects_a_flat_fee_for_every_reminder(past: tuple[PastStep, ...]) -> None:
    with pytest.raises(FeeRejected):
        check_reminder_fee(DE, asked(250, day=40, past=past))


def test_germany_lets_a_reminder_be_free() -> None:
    assert check_reminder_fee(DE, asked(0, day=7)).version == "DE.reminder_fee@2002-01-01"


@pytest.mark.parametrize(
    ("claimed", "cap"),
    [
        (100 * EURO, 1400),
        (100 * EURO + 1, 2400),
        (1000 * EURO, 2400),
        (1000 * EURO + 1, 5000),
    ],
)
def test_a_payment_demand_costs_at_most_what_the_claim_allows(claimed: int, cap: int) -> None:
    reminded = (sent(14, 500),)

    assert check_demand_fee(FI, asked(cap, day=28, claimed=claimed, past=reminded))
    with pytest.raises(FeeRejected) as refused:
        check_demand_fee(FI, asked(cap + 1, day=28, claimed=claimed, past=reminded))
    assert refused.value.allowed == Money(cap, "EUR")


def test_a_second_payment_demand_costs_at_most_half_and_a_third_nothing() -> None:
    past = (sent(14, 500), sent(28, 1400, is_demand=True))

    assert check_demand_fee(FI, asked(700, day=42, past=past))
    with pytest.raises(FeeRejected):
        check_demand_fee(FI, asked(701, day=42, past=past))
    with pytest.raises(FeeRejected):
        check_demand_fee(FI, asked(1, day=60, past=(*past, sent(42, 700, is_demand=True))))


def test_all_fees_together_stay_under_the_total() -> None:
    """60 EUR in all for a claim up to 100 EUR: after 50 EUR there are 10 left, not 14."""
    past = (sent(14, 5000),)

    with pytest.raises(FeeRejected) as refused:
        check_demand_fee(FI, asked(1001, day=28, past=past))
    assert refused.value.allowed == Money(1000, "EUR")


def test_a_payment_demand_costs_nothing_before_fourteen_days_have_passed_since_the_reminder() -> None:
    with pytest.raises(FeeRejected):
        check_demand_fee(FI, asked(1, day=27, past=(sent(14, 500),)))


def test_germany_knows_no_fee_for_a_payment_demand() -> None:
    with pytest.raises(RuleMissing):
        check_demand_fee(DE, asked(1, day=40))
