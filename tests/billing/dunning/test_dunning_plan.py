"""Which letter is due on which day, and requirement 27: what is disputed, and the guards before a cut-off."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from billing.dunning.fees import FeeRejected
from billing.dunning.plan import OverdueInvoice, SentStep, Stage, plan_account, policy_of
from billing.law import law_of, read_law
from billing.models.dunning import DunningKind
from billing.money import Money

DE, FI = law_of("DE"), law_of("FI")
DUE = date(2026, 3, 2)
REMINDER, DEMAND, WARNING = DunningKind.REMINDER, DunningKind.PAYMENT_DEMAND, DunningKind.CUT_OFF_WARNING


def day(number: int) -> date:
    return DUE + timedelta(days=number)


def invoice(
    claim: int = 12_000,
    *,
    steps: Sequence[tuple[DunningKind, int]] = (),
    number: str = "DE-2026-000001",
    payable_on: date = DUE,
    is_arranged: bool = False,
    due_on: date = DUE,
) -> OverdueInvoice:
    sent = tuple(SentStep(kind, day(on), Money(0, "EUR")) for kind, on in steps)
    return OverdueInvoice(uuid4(), number, due_on, payable_on, Money(claim, "EUR"), sent, is_arranged)


def letters(invoices: Sequence[OverdueInvoice], on: int, country: str = "DE") -> list[tuple[DunningKind, int]]:
    """Return the kinds and fees of the letters of that day after the due date."""
    plan = plan_account(invoices, law_of(country), policy_of(country), day(on))
    return [(step.kind, step.fee.minor) for step in plan.steps]


def test_germany_reminds_after_a_week_for_nothing_and_demands_two_weeks_later() -> None:
    assert letters([invoice()], 6) == []
    assert letters([invoice()], 7) == [(REMINDER, 0)]
    assert letters([invoice(steps=[(REMINDER, 7)])], 20) == []
    assert letters([invoice(steps=[(REMINDER, 7)])], 21) == [(DEMAND, 0)]


def test_finland_reminds_for_five_euros_when_fourteen_whole_days_have_passed() -> None:
    assert letters([invoice()], 14, "FI") == []
    assert letters([invoice()], 15, "FI") == [(REMINDER, 500)]
    assert letters([invoice(steps=[(REMINDER, 15)])], 29, "FI") == []
    assert letters([invoice(steps=[(REMINDER, 15)])], 30, "FI") == [(DEMAND, 0)]


def test_a_bill_of_fees_alone_is_reminded_of_for_nothing() -> None:
    """Else each fee that stands alone on a bill would bring the next one."""
    only_fees = replace(invoice(500), only_late_charges=True)

    assert letters([only_fees], 15, "FI") == [(REMINDER, 0)]


def test_a_step_names_the_rule_that_allowed_its_fee() -> None:
    (finnish,) = plan_account([invoice()], FI, policy_of("FI"), day(15)).steps
    (german,) = plan_account([invoice()], DE, policy_of("DE"), day(7)).steps

    assert finnish.law == "FI.reminder_fee@2013-03-16"
    assert german.law == "DE.reminder_fee@2002-01-01"


@pytest.mark.parametrize("fee", [501, 600])
def test_a_policy_above_the_law_sends_nothing(fee: int) -> None:
    with pytest.raises(FeeRejected):
        plan_account([invoice()], FI, [Stage(REMINDER, 15, fee)], day(15))


def test_a_policy_that_charges_before_the_fourteenth_day_sends_nothing() -> None:
    with pytest.raises(FeeRejected):
        plan_account([invoice()], FI, [Stage(REMINDER, 13, 500)], day(13))


def test_what_is_wholly_disputed_or_paid_is_not_reminded_of() -> None:
    assert letters([invoice(0)], 40) == []


@pytest.mark.parametrize(("claim", "sent"), [(499, []), (500, [(REMINDER, 500)])])
def test_nobody_is_written_to_about_less_than_five_euros(claim: int, sent: list[object]) -> None:
    assert letters([invoice(claim)], 15, "FI") == sent


def test_in_a_country_without_law_a_person_decides() -> None:
    plan = plan_account([invoice()], law_of("SE"), policy_of("DE"), day(40))

    assert plan.steps == ()
    assert [missing.name for missing in plan.missing] == ["default"]


def test_an_invoice_under_an_arrangement_is_not_reminded_of() -> None:
    assert letters([invoice(is_arranged=True)], 40) == []


def test_the_time_to_pay_counts_anew_from_the_end_of_a_dispute() -> None:
    held = invoice(payable_on=day(30))

    assert letters([held], 36) == []
    assert letters([held], 37) == [(REMINDER, 0)]


def test_a_finnish_fee_waits_fourteen_days_from_the_new_day_too() -> None:
    with pytest.raises(FeeRejected):
        plan_account([invoice(payable_on=day(30))], FI, [Stage(REMINDER, 13, 500)], day(43))


def test_a_letter_is_never_sent_twice_and_none_follows_the_last() -> None:
    sent = [(REMINDER, 7), (DEMAND, 21), (WARNING, 35)]

    assert letters([invoice(steps=sent)], 400) == []


DEMANDED = [(REMINDER, 7), (DEMAND, 21)]


@pytest.mark.parametrize(("claim", "warned"), [(9_999, False), (10_000, True), (10_001, True)])
def test_germany_warns_of_a_cut_off_from_a_hundred_euros_on(claim: int, warned: bool) -> None:
    assert letters([invoice(claim, steps=DEMANDED)], 35) == ([(WARNING, 0)] if warned else [])


def test_the_arrears_of_the_whole_account_count_but_only_what_was_reminded_of() -> None:
    demanded = invoice(6_000, steps=DEMANDED)
    not_in_default = invoice(4_000, number="DE-2026-000002", payable_on=day(34), due_on=day(30))
    in_default = invoice(4_000, number="DE-2026-000002", steps=[(REMINDER, 34)], payable_on=day(27), due_on=day(27))

    assert letters([demanded, not_in_default], 35) == []
    assert letters([demanded, in_default], 35) == [(WARNING, 0)]


def test_the_service_may_stop_two_weeks_after_the_warning() -> None:
    (warning,) = plan_account([invoice(steps=DEMANDED)], DE, policy_of("DE"), day(35)).steps

    assert warning.cut_off_from == day(49)
    assert warning.arrears == Money(12_000, "EUR")
    assert warning.law == "DE.cut_off@2021-12-01"


def test_one_warning_speaks_for_the_account() -> None:
    both = [invoice(steps=DEMANDED), invoice(steps=DEMANDED, number="DE-2026-000002")]
    warned = [invoice(steps=[*DEMANDED, (WARNING, 35)]), invoice(steps=DEMANDED, number="DE-2026-000002")]

    assert letters(both, 35) == [(WARNING, 0)]
    assert letters(warned, 36) == []


def test_where_the_rule_of_a_cut_off_is_not_known_a_person_decides_and_other_letters_go() -> None:
    demanded = invoice(50_000, steps=[(REMINDER, 15), (DEMAND, 30)])
    newer = invoice(number="FI-2026-000002", due_on=day(25), payable_on=day(25))

    plan = plan_account([demanded, newer], FI, policy_of("FI"), day(45))

    assert [step.kind for step in plan.steps] == [REMINDER]
    assert [missing.name for missing in plan.missing] == ["cut_off"]


CONFIRMED_BY_A_COMPANY = """
reminder_fee: [{valid_from: 2013-03-16, max_fee_minor: 500, days_after_due: 14, days_between: 14, source: a}]
payment_demand_fee: []
default: [{valid_from: 2003-07-01, days_after_due: 0, by_reminder: false, source: b}]
cut_off: [{valid_from: 2015-01-01, min_arrears_minor: 5000, warning_days: 14, source: read by the company}]
"""


@pytest.mark.parametrize(("claim", "warned"), [(0, False), (4_999, False), (5_000, True)])
def test_where_a_company_confirmed_the_finnish_rule_what_is_disputed_counts_for_no_cut_off(
    claim: int, warned: bool
) -> None:
    """Of 500 EUR, all but the claim is disputed or paid: what counts is the claim."""
    law = read_law("FI", CONFIRMED_BY_A_COMPANY)
    demanded = invoice(claim, steps=[(REMINDER, 15), (DEMAND, 30)])

    plan = plan_account([demanded], law, policy_of("FI"), day(45))

    assert [step.kind for step in plan.steps] == ([WARNING] if warned else [])
