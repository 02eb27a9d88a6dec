"""What arrives is recorded once and goes to the named invoice, then to the one due first; the rest is credit."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.invoices import list_invoices
from billing.ledger.credit_notes import credit_rest
from billing.ledger.journal import credit_of
from billing.ledger.receipts import ReceiptInvalid, ReferenceTaken
from billing.models import Allocation, CreditReason, Customer, JournalTransaction, Payment
from billing.money import CurrencyMismatch, Money
from billing.payments import Receipt, payment_status, record_payment, record_payments
from tests.billing.balances import balance_of
from tests.billing.money.bills import NOW, TODAY, issue
from tests.factories.billing import make_customer
from tests.factories.money import eur

AUGUST, SEPTEMBER, OCTOBER = date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)


def pay(
    session: Session,
    customer: Customer,
    minor: int,
    *,
    invoice_id: UUID | None = None,
    reference: str = "bank-a",
    on: date = TODAY,
) -> Payment:
    return record_payment(
        session,
        customer_id=customer.id,
        reference=reference,
        amount=eur(minor),
        received_on=on,
        invoice_id=invoice_id,
        now=NOW,
    )


def open_amounts(session: Session, customer: Customer) -> list[int]:
    """Return what is open per invoice, the oldest first."""
    return [invoice.open_amount.minor for invoice in reversed(list_invoices(session, customer.id))]


@pytest.fixture
def bills(session: Session, customer: Customer) -> list[UUID]:
    """Three invoices of 30.00, 40.00 and 50.00, in the order in which they are due."""
    days = ((3000, AUGUST), (4000, SEPTEMBER), (5000, OCTOBER))
    return [issue(session, customer, [(minor, 1900)], issued_on=day) for minor, day in days]


def test_without_a_name_the_oldest_debt_is_paid_first(session: Session, customer: Customer, bills: list[UUID]) -> None:
    pay(session, customer, 3500)

    assert open_amounts(session, customer) == [0, 3500, 5000]


def test_the_named_invoice_is_paid_first_and_then_the_oldest(
    session: Session, customer: Customer, bills: list[UUID]
) -> None:
    pay(session, customer, 6000, invoice_id=bills[2])

    assert open_amounts(session, customer) == [2000, 4000, 0]


def test_what_is_over_stays_as_credit_and_pays_the_next_invoice(
    session: Session, customer: Customer, bills: list[UUID]
) -> None:
    pay(session, customer, 12500)
    assert (open_amounts(session, customer), credit_of(session, customer.id)) == ([0, 0, 0], eur(500))

    issue(session, customer, [(3999, 1900)], issued_on=date(2026, 11, 1))

    assert (open_amounts(session, customer), credit_of(session, customer.id)) == ([0, 0, 0, 3499], eur(0))
    assert balance_of(session, customer.id) == eur(3499)


def test_the_same_receipt_twice_changes_nothing(session: Session, customer: Customer, bills: list[UUID]) -> None:
    first = pay(session, customer, 1000)
    again = pay(session, customer, 1000)

    assert again is first
    assert open_amounts(session, customer) == [2000, 4000, 5000]
    assert session.scalars(select(func.count()).select_from(Allocation)).one() == 1
    assert session.scalars(select(func.count()).where(JournalTransaction.kind == "payment")).one() == 1


def test_a_reference_with_another_amount_is_an_error(session: Session, customer: Customer, bills: list[UUID]) -> None:
    pay(session, customer, 1000)

    with pytest.raises(ReferenceTaken) as taken:
        pay(session, customer, 1001)

    assert (taken.value.reference, taken.value.status) == ("bank-a", 409)


def test_a_statement_is_recorded_in_the_order_of_receipt(
    session: Session, customer: Customer, bills: list[UUID]
) -> None:
    statement = [
        Receipt(customer.id, "late", eur(2000), date(2026, 9, 20)),
        Receipt(customer.id, "early", eur(3000), date(2026, 8, 20)),
        Receipt(customer.id, "named", eur(500), date(2026, 9, 10), bills[2]),
    ]

    assert record_payments(session, statement, now=NOW) == 3
    assert record_payments(session, statement, now=NOW) == 0

    uses = session.execute(
        select(Payment.reference, Allocation.invoice_id, Allocation.amount_minor, Allocation.allocated_on)
        .join(Payment, Payment.id == Allocation.payment_id)
        .order_by(Allocation.id)
    )
    assert [tuple(use) for use in uses] == [
        ("early", bills[0], 3000, date(2026, 8, 20)),
        ("named", bills[2], 500, date(2026, 10, 1)),
        ("late", bills[1], 2000, date(2026, 9, 20)),
    ]


@pytest.mark.parametrize("minor", [0, -100, 2**31])
def test_a_receipt_of_nothing_or_beyond_any_account_is_an_error(
    session: Session, customer: Customer, minor: int
) -> None:
    with pytest.raises(ReceiptInvalid) as invalid:
        pay(session, customer, minor)

    assert invalid.value.field == "amount"


def test_a_receipt_for_another_customers_invoice_is_an_error(
    session: Session, customer: Customer, bills: list[UUID]
) -> None:
    with pytest.raises(ReceiptInvalid) as invalid:
        pay(session, make_customer(session), 3000, invoice_id=bills[0])

    assert invalid.value.field == "invoice_id"
    assert open_amounts(session, customer) == [3000, 4000, 5000]


def test_a_receipt_in_another_currency_is_an_error(session: Session, customer: Customer) -> None:
    with pytest.raises(CurrencyMismatch):
        record_payments(session, [Receipt(customer.id, "krona", Money(1000, "SEK"), TODAY)], now=NOW)


def test_a_receipt_that_is_all_credit_names_no_invoice(session: Session, customer: Customer) -> None:
    pay(session, customer, 1000)

    status = payment_status(session, customer.id, TODAY)

    assert status.last_payment is not None
    assert (status.last_payment.invoice_number, status.last_payment.days_late) == (None, None)
    assert (status.credit, status.open_amount) == (eur(1000), eur(0))


def test_an_unnamed_receipt_is_told_with_the_invoice_that_it_went_to(
    session: Session, customer: Customer, bills: list[UUID]
) -> None:
    pay(session, customer, 3000, on=date(2026, 8, 20))

    status = payment_status(session, customer.id, TODAY)

    # Due on 15 August, paid on the 20th.
    assert status.last_payment is not None
    assert status.last_payment.invoice_number == list_invoices(session, customer.id)[2].number
    assert status.last_payment.days_late == 5


def test_a_bill_paid_from_credit_and_then_by_the_customer_is_no_second_payment(
    session: Session, customer: Customer
) -> None:
    pay(session, customer, 5000)
    invoice_id = issue(session, customer, [(4000, 1900)])
    pay(session, customer, 4000, invoice_id=invoice_id, reference="bank-b")

    status = payment_status(session, customer.id, TODAY)

    assert (status.duplicate, status.credit) == (None, eur(5000))


def test_paying_again_what_a_credit_note_had_lowered_is_a_second_payment(session: Session, customer: Customer) -> None:
    invoice_id = issue(session, customer, [(4000, 1900)])
    pay(session, customer, 3000, invoice_id=invoice_id, on=OCTOBER)
    credit_rest(session, invoice_id, CreditReason.GOODWILL, now=NOW)
    assert payment_status(session, customer.id, TODAY).duplicate is None
    pay(session, customer, 3000, invoice_id=invoice_id, reference="bank-b")

    duplicate = payment_status(session, customer.id, TODAY).duplicate

    assert duplicate is not None
    assert duplicate.amount == eur(3000)
