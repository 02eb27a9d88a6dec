"""What a letter costs stands on the next bill, once."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.dunning.dunning_run import run_dunning
from billing.ledger.credit_notes import credit_rest
from billing.models.credit_note import CreditReason
from billing.models.customer import Customer
from billing.models.invoice import Invoice, LineItem
from billing.periods import BillingPeriod
from billing.rating.line import LineKind
from billing.run.billing_run import run_billing
from tests.factories.billing import invoice_of, make_contract, make_customer, make_payment, make_plan

SEPTEMBER = BillingPeriod.month("2026-09")
OCTOBER, NOVEMBER = SEPTEMBER.next_month(), SEPTEMBER.next_month().next_month()
# Issued on 1 October, due on 15 October: the reminder goes on the 30th.
REMINDED = date(2026, 10, 30)


def morning(day: date, hour: int = 6) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def bill(session_factory: sessionmaker[Session], period: BillingPeriod) -> None:
    run_billing(session_factory, period, now=morning(period.end))


def customer_of(session: Session, country: str) -> Customer:
    customer = make_customer(session, country=country)
    make_contract(session, customer, make_plan(session, country=country))
    session.commit()
    return customer


def fees(session: Session) -> Sequence[LineItem]:
    session.rollback()
    return session.scalars(select(LineItem).filter_by(kind=LineKind.LATE_FEE).order_by(LineItem.id)).all()


def pay(session: Session, invoice: Invoice, received_on: date) -> None:
    make_payment(session, invoice, received_on=received_on)
    session.commit()


def test_a_reminder_in_finland_costs_five_euros_on_the_next_bill_and_only_there(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    customer = customer_of(session, "FI")
    bill(session_factory, SEPTEMBER)
    run_dunning(session_factory, now=morning(REMINDED))
    late = invoice_of(session, customer.id, SEPTEMBER.start)
    pay(session, late, REMINDED + timedelta(days=1))

    bill(session_factory, OCTOBER)
    bill(session_factory, NOVEMBER)

    (fee,) = fees(session)
    assert fee.invoice_id == invoice_of(session, customer.id, OCTOBER.start).id
    assert (fee.amount_minor, fee.tax_rate, fee.period_start) == (500, 0, REMINDED)
    assert fee.cause == {
        "invoice_number": late.number,
        "due_on": "2026-10-15",
        "reminded_on": "2026-10-30",
        "kind": "reminder",
        "law": "FI.reminder_fee@2013-03-16",
    }


def test_a_letter_on_the_day_of_a_bill_is_not_lost_whichever_comes_first(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    first, second = customer_of(session, "FI"), customer_of(session, "FI")
    bill(session_factory, SEPTEMBER)
    pay(session, invoice_of(session, second.id, SEPTEMBER.start), date(2026, 10, 15))
    run_dunning(session_factory, now=morning(OCTOBER.end, 5))
    bill(session_factory, OCTOBER)
    run_dunning(session_factory, now=morning(OCTOBER.end + timedelta(days=29), 5))
    bill(session_factory, NOVEMBER)

    charged = [(fee.invoice_id, fee.cause["reminded_on"]) for fee in fees(session)]
    october = invoice_of(session, first.id, OCTOBER.start)
    of_november = [invoice_of(session, customer.id, NOVEMBER.start) for customer in (first, second)]
    assert charged[0] == (october.id, "2026-11-01")
    assert sorted(charged[1:]) == sorted((invoice.id, "2026-11-30") for invoice in of_november)


def test_what_was_paid_by_the_day_of_the_reminder_costs_nothing_more(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    customer = customer_of(session, "FI")
    bill(session_factory, SEPTEMBER)
    pay(session, invoice_of(session, customer.id, SEPTEMBER.start), REMINDED)

    run_dunning(session_factory, now=morning(REMINDED))
    bill(session_factory, OCTOBER)

    assert fees(session) == []


def test_a_reminder_of_what_was_credited_since_is_not_charged(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    customer = customer_of(session, "FI")
    bill(session_factory, SEPTEMBER)
    run_dunning(session_factory, now=morning(REMINDED))
    invoice = invoice_of(session, customer.id, SEPTEMBER.start)
    credit_rest(session, invoice.id, CreditReason.CORRECTION, now=morning(REMINDED, 12))
    session.commit()

    bill(session_factory, OCTOBER)

    assert fees(session) == []


def test_in_germany_a_reminder_is_free(session: Session, session_factory: sessionmaker[Session]) -> None:
    customer_of(session, "DE")
    bill(session_factory, SEPTEMBER)

    run_dunning(session_factory, now=morning(REMINDED))
    bill(session_factory, OCTOBER)

    assert fees(session) == []
