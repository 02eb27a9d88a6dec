"""How a customer stands: balance, invoices, payments, overview."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session, sessionmaker

from billing.accounts import CustomerNotFound, balance_due, find_customer_by_number, get_customer, get_overview
from billing.accounts import time_zone_of as zone_of
from billing.explanations import explain_latest_change
from billing.invoices import InvoiceStatus, list_invoices
from billing.ledger.credit_notes import CreditLine, credit_rest, issue_credit_note
from billing.models import Customer
from billing.models.credit_note import CreditReason
from billing.payments import payment_status
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing
from tests.factories.billing import (
    invoice_of,
    line_ids,
    make_contract,
    make_customer,
    make_discount,
    make_payment,
    make_plan,
)
from tests.factories.money import eur

SEPTEMBER = BillingPeriod.month("2026-09")
OCTOBER = BillingPeriod.month("2026-10")
DUE_OF_SEPTEMBER = date(2026, 10, 15)
DUE_OF_OCTOBER = date(2026, 11, 15)
TODAY = date(2026, 11, 10)


@pytest.fixture
def customer(session_factory: sessionmaker[Session]) -> Customer:
    """A customer with two bills: 29.99 for September, and 39.99 for October, after a discount ended."""
    with session_factory.begin() as session:
        customer = make_customer(session)
        contract = make_contract(session, customer, make_plan(session, base_minor=3999, name="Home 250"))
        make_discount(session, contract, amount_minor=1000, valid_to=OCTOBER.start)
        other = make_customer(session)
        make_contract(session, other, make_plan(session, base_minor=77777))
    run_billing(session_factory, SEPTEMBER, now=datetime(2026, 10, 1, 6, tzinfo=UTC))
    run_billing(session_factory, OCTOBER, now=datetime(2026, 11, 1, 6, tzinfo=UTC))
    return customer


def pay(session: Session, customer: Customer, period: BillingPeriod, on: date, minor: int | None = None) -> None:
    make_payment(session, invoice_of(session, customer.id, period.start), received_on=on, amount_minor=minor)


def test_a_customer_is_found_by_number(session: Session, customer: Customer) -> None:
    found = find_customer_by_number(session, customer.number)

    assert found is not None
    assert found.id == customer.id
    assert find_customer_by_number(session, "00000000") is None


def test_an_unknown_customer_is_named_in_the_error(session: Session) -> None:
    unknown = uuid4()

    with pytest.raises(CustomerNotFound) as missing:
        get_customer(session, unknown)
    with pytest.raises(CustomerNotFound):
        zone_of(session, unknown)

    assert (missing.value.customer_id, missing.value.status) == (unknown, 404)


def test_a_customers_day_begins_in_the_sellers_zone(session: Session) -> None:
    assert zone_of(session, make_customer(session, country="FI").id).key == "Europe/Helsinki"


def test_the_newest_invoice_comes_first(session: Session, customer: Customer) -> None:
    invoices = list_invoices(session, customer.id)

    assert [(invoice.period.label, invoice.total) for invoice in invoices] == [
        ("2026-10", eur(3999)),
        ("2026-09", eur(2999)),
    ]
    assert [invoice.period.label for invoice in list_invoices(session, customer.id, limit=1)] == ["2026-10"]


def test_an_invoice_is_paid_when_its_receipts_reach_its_total(session: Session, customer: Customer) -> None:
    pay(session, customer, OCTOBER, TODAY, 3000)
    part_paid = list_invoices(session, customer.id)[0]
    pay(session, customer, OCTOBER, TODAY, 999)
    paid = list_invoices(session, customer.id)[0]

    assert (part_paid.status, part_paid.open_amount) == (InvoiceStatus.OPEN, eur(999))
    assert (paid.status, paid.open_amount) == (InvoiceStatus.PAID, eur(0))


@pytest.mark.parametrize("paid_before", [0, 1000, 3999])
def test_an_invoice_that_was_taken_back_as_a_whole_is_credited(
    session: Session, customer: Customer, paid_before: int
) -> None:
    if paid_before:
        pay(session, customer, OCTOBER, TODAY, paid_before)
    bill = invoice_of(session, customer.id, OCTOBER.start)

    credit_rest(session, bill.id, CreditReason.CORRECTION, now=datetime(2026, 11, 10, 9, tzinfo=UTC))

    october = list_invoices(session, customer.id)[0]
    assert (october.status, october.open_amount) == (InvoiceStatus.CREDITED, eur(0))
    assert not october.is_overdue(date(2026, 12, 24))


def test_an_invoice_that_is_credited_in_part_is_open_until_the_rest_is_paid(
    session: Session, customer: Customer
) -> None:
    """Of 39.99 a credit of 10.00 leaves 29.99."""
    bill = invoice_of(session, customer.id, OCTOBER.start)
    line = CreditLine(line_ids(session, bill)[0], eur(1000))
    issue_credit_note(session, bill.id, [line], CreditReason.CORRECTION, now=datetime(2026, 11, 10, 9, tzinfo=UTC))

    in_part = list_invoices(session, customer.id)[0]
    pay(session, customer, OCTOBER, TODAY, 2999)
    settled = list_invoices(session, customer.id)[0]

    assert (in_part.status, in_part.open_amount) == (InvoiceStatus.OPEN, eur(2999))
    assert (settled.status, settled.credited) == (InvoiceStatus.PAID, eur(1000))


def test_a_bill_of_nothing_is_paid_and_not_credited(session_factory: sessionmaker[Session]) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        make_contract(session, customer, make_plan(session, base_minor=0))
    run_billing(session_factory, OCTOBER, now=datetime(2026, 11, 1, 6, tzinfo=UTC))

    with session_factory() as session:
        [bill] = list_invoices(session, customer.id)
    assert (bill.total, bill.status) == (eur(0), InvoiceStatus.PAID)


def test_the_balance_is_what_is_open_and_names_the_earliest_due_date(session: Session, customer: Customer) -> None:
    pay(session, customer, SEPTEMBER, DUE_OF_SEPTEMBER, 1000)

    balance = balance_due(session, customer.id, TODAY)

    assert (balance.amount, balance.due_on, balance.overdue) == (eur(1999 + 3999), DUE_OF_SEPTEMBER, True)
    assert [invoice.period.label for invoice in balance.invoices] == ["2026-09", "2026-10"]


def test_a_bill_is_not_overdue_on_the_day_it_is_due(session: Session, customer: Customer) -> None:
    pay(session, customer, SEPTEMBER, DUE_OF_SEPTEMBER)

    assert not balance_due(session, customer.id, DUE_OF_OCTOBER).overdue
    assert balance_due(session, customer.id, date(2026, 11, 16)).overdue


def test_nothing_is_due_when_all_is_paid(session: Session, customer: Customer) -> None:
    pay(session, customer, SEPTEMBER, DUE_OF_SEPTEMBER)
    pay(session, customer, OCTOBER, TODAY)

    balance = balance_due(session, customer.id, TODAY)

    assert (balance.amount, balance.due_on, balance.overdue, balance.invoices) == (eur(0), None, False, ())


def test_the_latest_change_is_explained_from_the_issued_lines(session: Session, customer: Customer) -> None:
    change = explain_latest_change(session, customer.id)

    assert change is not None
    assert (change.previous_total, change.current_total, change.difference) == (eur(2999), eur(3999), eur(1000))
    assert [(cause.code, cause.amount, cause.facts["ended_on"]) for cause in change.causes] == [
        ("discount_ended", eur(1000), "2026-09-30")
    ]


def test_an_issued_bill_knows_that_its_contract_ended_with_the_month(session_factory: sessionmaker[Session]) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        make_contract(session, customer, make_plan(session, base_minor=3999), ended_on=OCTOBER.end)
    run_billing(session_factory, OCTOBER, now=datetime(2026, 11, 1, 6, tzinfo=UTC))

    with session_factory() as session:
        change = explain_latest_change(session, customer.id)

    assert change is not None
    assert (change.current_total, change.expected_next) == (eur(3999), None)


def test_without_any_invoice_there_is_nothing_to_explain(session: Session) -> None:
    assert explain_latest_change(session, make_customer(session).id) is None


def test_a_late_payment_is_told_with_its_days(session: Session, customer: Customer) -> None:
    pay(session, customer, SEPTEMBER, date(2026, 10, 20))

    status = payment_status(session, customer.id, TODAY)

    assert status.last_payment is not None
    assert (status.last_payment.amount, status.last_payment.received_on) == (eur(2999), date(2026, 10, 20))
    assert status.last_payment.days_late == 5
    assert (status.open_amount, status.overdue_since, status.duplicate) == (eur(3999), None, None)


def test_a_payment_on_the_due_date_is_in_time(session: Session, customer: Customer) -> None:
    pay(session, customer, SEPTEMBER, DUE_OF_SEPTEMBER)

    status = payment_status(session, customer.id, TODAY)

    assert status.last_payment is not None
    assert status.last_payment.days_late is None


def test_without_payments_the_oldest_due_date_counts(session: Session, customer: Customer) -> None:
    status = payment_status(session, customer.id, TODAY)

    assert (status.last_payment, status.overdue_since) == (None, DUE_OF_SEPTEMBER)


def test_an_invoice_paid_twice_is_noticed_and_two_parts_are_not(session: Session, customer: Customer) -> None:
    pay(session, customer, SEPTEMBER, date(2026, 10, 10), 1000)
    pay(session, customer, SEPTEMBER, date(2026, 10, 11), 1999)
    assert payment_status(session, customer.id, TODAY).duplicate is None
    pay(session, customer, SEPTEMBER, date(2026, 10, 12), 2999)

    duplicate = payment_status(session, customer.id, TODAY).duplicate

    assert duplicate is not None
    assert (duplicate.amount, duplicate.received_on) == (eur(2999), date(2026, 10, 12))


def test_the_overview_gathers_what_an_agent_needs(session: Session, customer: Customer) -> None:
    overview = get_overview(session, customer.id, TODAY)

    assert (overview.number, overview.name, overview.country) == (customer.number, "Lena Hoffmann", "DE")
    assert overview.plan_names == {"en": "Home 250", "de": "Home 250", "fi": "Home 250"}
    assert overview.contract_since == date(2020, 1, 1)
    assert overview.balance.amount == eur(2999 + 3999)
    assert len(overview.invoices) == 2
    assert overview.change is not None


def test_the_overview_of_a_customer_who_left_has_no_plan(session: Session) -> None:
    customer = make_customer(session)
    make_contract(session, customer, make_plan(session), ended_on=TODAY)

    overview = get_overview(session, customer.id, TODAY)

    assert (overview.plan_names, overview.contract_since, overview.change) == (None, None, None)
