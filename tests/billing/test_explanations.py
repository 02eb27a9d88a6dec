"""Explanations of issued invoices: any two of an account, and what comes next on the terms that are agreed."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from billing.explain.bill_changes import BillChange
from billing.explanations import (
    InvoiceNumberUnknown,
    explain_between,
    explain_latest_change,
)
from billing.ledger.credit_notes import CreditLine, issue_credit_note
from billing.models.contract import Contract, ContractPhase, OneOffCharge
from billing.models.credit_note import CreditReason
from billing.models.customer import Customer
from billing.models.invoice import Invoice
from billing.models.plan import Plan
from billing.models.usage import UsageRecord
from billing.money import Money
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing
from tests.billing.planned_accounts import plan_for_many
from tests.factories.billing import (
    invoice_of,
    line_ids,
    make_contract,
    make_customer,
    make_discount,
    make_invoice,
    make_one_off,
    make_plan,
    make_price,
    make_usage,
)

NOVEMBER = date(2026, 11, 1)
CUSTOMERS = {"sqlite": 100, "postgresql": 20}


@pytest.fixture
def customer(session: Session) -> Customer:
    customer = make_customer(session)
    session.commit()
    return customer


def bill_months(sessions: sessionmaker[Session], *labels: str) -> None:
    for label in labels:
        month = BillingPeriod.month(label)
        run_billing(sessions, month, now=datetime(month.end.year, month.end.month, 1, 9, tzinfo=UTC))


def codes(change: BillChange | None) -> list[tuple[str, int]]:
    assert change is not None
    return [(cause.code.value, cause.amount.minor) for cause in change.causes]


def number_of(session: Session, customer_id: UUID, label: str) -> str:
    return invoice_of(session, customer_id, BillingPeriod.month(label).start).number


def test_without_an_invoice_there_is_nothing_to_explain(session: Session, customer: Customer) -> None:
    assert explain_latest_change(session, customer.id) is None
    assert explain_between(session, customer.id, None, None) is None


def test_the_same_month_a_year_ago_is_compared_over_all_that_happened_since(
    session: Session, session_factory: sessionmaker[Session], customer: Customer
) -> None:
    """30.00 less 5.00 in October 2025; dearer by 2.00 since March, and the discount ended with June."""
    plan = make_plan(session, base_minor=3000, valid_to=date(2026, 3, 1))
    make_price(session, plan, base_minor=3200, valid_from=date(2026, 3, 1))
    contract = make_contract(session, customer, plan)
    make_discount(session, contract, amount_minor=500, valid_to=date(2026, 7, 1))
    session.commit()
    bill_months(session_factory, "2025-10", "2026-09", "2026-10")
    earlier, later = (number_of(session, customer.id, label) for label in ("2025-10", "2026-10"))

    change = explain_between(session, customer.id, earlier, later)

    assert change is not None
    assert change.difference == Money(700, "EUR")
    assert codes(change) == [("discount_ended", 500), ("price_change", 200)]
    assert change.causes[0].facts["ended_on"] == "2026-06-30"
    assert change.causes[1].facts["changed_on"] == "2026-03-01"


def test_a_month_without_a_bill_is_passed_over(
    session: Session, session_factory: sessionmaker[Session], customer: Customer
) -> None:
    contract = make_contract(session, customer, make_plan(session, base_minor=3000))
    make_one_off(session, contract, charged_on=date(2026, 10, 9), amount_minor=4990)
    session.commit()
    bill_months(session_factory, "2026-08", "2026-10")

    change = explain_latest_change(session, customer.id)

    assert change is not None
    assert change.previous_period == BillingPeriod.month("2026-08")
    assert codes(change) == [("one_off", 4990)]


def test_a_further_invoice_of_a_period_does_not_pass_for_the_months_bill(
    session: Session, session_factory: sessionmaker[Session], customer: Customer
) -> None:
    make_contract(session, customer, make_plan(session, base_minor=3000))
    session.commit()
    bill_months(session_factory, "2026-09", "2026-10")
    further = make_invoice(session, customer, due_on=date(2026, 11, 15), amounts=(700,))
    session.flush()

    change = explain_latest_change(session, customer.id)
    of_further = explain_between(session, customer.id, None, further.number)

    assert change is not None
    assert of_further is not None
    assert change.difference == Money(0, "EUR")
    assert of_further.current_total == Money(700, "EUR")
    assert sum(cause.amount.minor for cause in of_further.causes) == of_further.difference.minor


def test_a_number_of_another_account_is_unknown(
    session: Session, session_factory: sessionmaker[Session], customer: Customer
) -> None:
    other = make_customer(session, number="30000001")
    plan = make_plan(session)
    for one in (customer, other):
        make_contract(session, one, plan)
    session.commit()
    bill_months(session_factory, "2026-10")
    foreign = number_of(session, other.id, "2026-10")

    with pytest.raises(InvoiceNumberUnknown) as refused:
        explain_between(session, customer.id, foreign, None)

    assert refused.value.number == foreign


def test_what_was_credited_stands_beside_the_totals(
    session: Session, session_factory: sessionmaker[Session], customer: Customer
) -> None:
    make_contract(session, customer, make_plan(session, base_minor=3000))
    session.commit()
    bill_months(session_factory, "2026-09", "2026-10")
    earlier = invoice_of(session, customer.id, date(2026, 9, 1))
    line = CreditLine(line_ids(session, earlier)[0], Money(1200, "EUR"))
    issue_credit_note(session, earlier.id, [line], CreditReason.GOODWILL, now=datetime(2026, 11, 3, tzinfo=UTC))

    change = explain_latest_change(session, customer.id)

    assert change is not None
    assert (change.difference, change.causes) == (Money(0, "EUR"), ())
    assert (change.previous_credited, change.current_credited) == (Money(1200, "EUR"), Money(0, "EUR"))


def next_bill(session: Session, sessions: sessionmaker[Session], customer: Customer) -> tuple[int | None, int]:
    """Return what was expected after October, and what November's invoice then came to."""
    session.commit()
    bill_months(sessions, "2026-09", "2026-10")
    change = explain_latest_change(session, customer.id)
    assert change is not None
    session.commit()
    bill_months(sessions, "2026-11")
    total = session.scalars(select(Invoice.total_minor).filter_by(customer_id=customer.id, period_start=NOVEMBER)).one()
    return (None if change.expected_next is None else change.expected_next.minor), total


def add_phase(session: Session, contract: Contract, plan: Plan, valid_from: date) -> None:
    session.add(ContractPhase(contract_id=contract.id, plan_id=plan.id, valid_from=valid_from))
    session.flush()


def test_a_plan_that_is_agreed_for_next_month_is_expected(
    session: Session, session_factory: sessionmaker[Session], customer: Customer
) -> None:
    small, large = make_plan(session, base_minor=3000), make_plan(session, base_minor=5000)
    make_contract(session, customer, small, changed_on=NOVEMBER, changed_to=large)

    assert next_bill(session, session_factory, customer) == (5000, 5000)


def test_a_price_that_is_set_for_next_month_is_expected(
    session: Session, session_factory: sessionmaker[Session], customer: Customer
) -> None:
    plan = make_plan(session, base_minor=3000, valid_to=NOVEMBER)
    make_price(session, plan, base_minor=3300, valid_from=NOVEMBER)
    make_contract(session, customer, plan)

    assert next_bill(session, session_factory, customer) == (3300, 3300)


def test_a_discount_held_down_by_one_that_ends_is_expected_in_full(
    session: Session, session_factory: sessionmaker[Session], customer: Customer
) -> None:
    """10.00 a month less 7.00 and what is left of another 7.00; from November 7.00 off alone."""
    contract = make_contract(session, customer, make_plan(session, base_minor=1000))
    make_discount(session, contract, amount_minor=700, valid_to=NOVEMBER)
    make_discount(session, contract, amount_minor=700, valid_from=date(2020, 1, 2))

    assert next_bill(session, session_factory, customer) == (300, 300)


def test_a_contract_with_a_gap_between_two_plans_is_expected_from_the_second_on(
    session: Session, session_factory: sessionmaker[Session], customer: Customer
) -> None:
    """Nothing from 20 October to 10 November; then 20 of 30 days of 60.00."""
    small, large = make_plan(session, base_minor=3000), make_plan(session, base_minor=6000)
    contract = make_contract(session, customer, small, changed_on=date(2026, 10, 20))
    add_phase(session, contract, large, date(2026, 11, 11))

    assert next_bill(session, session_factory, customer) == (4000, 4000)


def test_steady_usage_is_expected_though_the_plan_does_not_include_it(
    session: Session, session_factory: sessionmaker[Session], customer: Customer
) -> None:
    """13 GB each month, 10 included, 3 at 2.00."""
    plan = make_plan(session, base_minor=3000, unit="GB", included=10, unit_price_micro=2_000_000)
    contract = make_contract(session, customer, plan)
    for month in (9, 10, 11):
        make_usage(session, contract, used_on=date(2026, month, 15), quantity=13)

    assert next_bill(session, session_factory, customer) == (3600, 3600)


def test_an_exception_in_usage_is_not_expected_again(
    session: Session, session_factory: sessionmaker[Session], customer: Customer
) -> None:
    plan = make_plan(session, base_minor=3000, unit="GB", included=10, unit_price_micro=2_000_000)
    contract = make_contract(session, customer, plan)
    make_usage(session, contract, used_on=date(2026, 10, 15), quantity=60)

    assert next_bill(session, session_factory, customer) == (3000, 3000)


def test_flat_consumption_with_a_new_unit_price_is_expected_at_that_price(
    session: Session, session_factory: sessionmaker[Session], customer: Customer
) -> None:
    """120 kWh a month: at 0.30 until October, at 0.35 from November; 10.00 base."""
    plan = make_plan(session, base_minor=1000, unit="kWh", unit_price_micro=300_000, valid_to=NOVEMBER)
    make_price(session, plan, base_minor=1000, unit="kWh", unit_price_micro=350_000, valid_from=NOVEMBER)
    contract = make_contract(session, customer, plan)
    for month in (9, 10, 11):
        make_usage(session, contract, used_on=date(2026, month, 30), quantity=120, unit="kWh")

    assert next_bill(session, session_factory, customer) == (1000 + 4200, 1000 + 4200)


def test_terms_that_allow_no_bill_let_expect_nothing(
    session: Session, session_factory: sessionmaker[Session], customer: Customer
) -> None:
    make_contract(session, customer, make_plan(session, base_minor=3000, valid_to=NOVEMBER))
    session.commit()
    bill_months(session_factory, "2026-10")

    change = explain_latest_change(session, customer.id)

    assert change is not None
    assert change.expected_next is None


def test_with_flat_usage_the_expected_amount_is_that_of_the_next_invoice(
    session_factory: sessionmaker[Session],
) -> None:
    """Whatever plan, prices, allowance, tiers, zones and discounts: asked for within a cent, held to the cent."""
    with session_factory.begin() as session:
        number = CUSTOMERS[session.get_bind().dialect.name]
        planned = plan_for_many(session, BillingPeriod.month("2026-10"), number, seed=2)
        session.execute(delete(OneOffCharge))
        for record in session.scalars(select(UsageRecord)).all():
            contract = session.get_one(Contract, record.contract_id)
            for month in (9, 11):
                day = record.used_on.replace(month=month, day=min(record.used_on.day, 28))
                usage = make_usage(session, contract, used_on=day, quantity=record.quantity)
                usage.zone = record.zone
            record.used_on = record.used_on.replace(day=min(record.used_on.day, 28))
    bill_months(session_factory, "2026-09", "2026-10")
    with session_factory() as session:
        changes = [explain_latest_change(session, one.customer_id) for one in planned]
    bill_months(session_factory, "2026-11")

    with session_factory() as session:
        november = session.scalars(select(Invoice).filter_by(period_start=NOVEMBER)).all()
    totals = {invoice.customer_id: Money(invoice.total_minor, "EUR") for invoice in november}
    expected = [change.expected_next for change in changes if change is not None]
    assert expected == [totals[one.customer_id] for one in planned]
