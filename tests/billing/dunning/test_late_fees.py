"""What a letter costs stands on the next bill, once."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.disputes.disputes import close_dispute, open_dispute, review_dispute
from billing.dunning.dunning_run import run_dunning
from billing.ledger.credit_notes import credit_rest
from billing.models.credit_note import CreditNote, CreditReason
from billing.models.customer import Customer
from billing.models.dispute import Dispute, DisputeStatus
from billing.models.invoice import Invoice, LineItem
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.line import LineKind
from billing.run.billing_run import run_billing
from tests.factories.billing import invoice_of, line_ids, make_contract, make_customer, make_payment, make_plan

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


def dispute_after(session: Session, customer: Customer, day: date) -> Dispute:
    """Contest the whole bill of September on that day, and let a person look at it."""
    invoice = invoice_of(session, customer.id, SEPTEMBER.start)
    dispute = open_dispute(session, customer.id, invoice.id, None, "not mine", now=morning(day))
    review_dispute(session, dispute.id)
    session.commit()
    return dispute


@pytest.mark.parametrize(
    ("outcome", "charged_on_november"),
    [(DisputeStatus.REJECTED, True), (DisputeStatus.WITHDRAWN, True), (DisputeStatus.UPHELD, False)],
)
def test_the_fee_of_a_reminder_waits_while_its_bill_is_disputed(
    session: Session, session_factory: sessionmaker[Session], outcome: DisputeStatus, charged_on_november: bool
) -> None:
    customer = customer_of(session, "FI")
    bill(session_factory, SEPTEMBER)
    run_dunning(session_factory, now=morning(REMINDED))
    dispute = dispute_after(session, customer, REMINDED + timedelta(days=1))

    bill(session_factory, OCTOBER)
    assert fees(session) == []

    close_dispute(session, dispute.id, outcome, now=morning(date(2026, 11, 10)))
    session.commit()
    bill(session_factory, NOVEMBER)
    about = [fee.amount_minor for fee in fees(session) if fee.cause["reminded_on"] == "2026-10-30"]
    assert about == ([500] if charged_on_november else [])


def test_a_fee_that_was_billed_goes_back_when_all_of_its_bill_was_wrong(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    customer = customer_of(session, "FI")
    bill(session_factory, SEPTEMBER)
    run_dunning(session_factory, now=morning(REMINDED))
    bill(session_factory, OCTOBER)
    dispute = dispute_after(session, customer, date(2026, 11, 5))
    close_dispute(session, dispute.id, DisputeStatus.UPHELD, now=morning(date(2026, 11, 10)))

    october = invoice_of(session, customer.id, OCTOBER.start)
    notes = session.scalars(select(CreditNote).filter_by(invoice_id=october.id)).all()
    assert [(note.total_minor, note.reason) for note in notes] == [(500, CreditReason.DISPUTE)]


def test_a_fee_that_was_billed_stays_when_part_of_its_bill_was_owed(
    session: Session, session_factory: sessionmaker[Session]
) -> None:
    customer = customer_of(session, "FI")
    bill(session_factory, SEPTEMBER)
    run_dunning(session_factory, now=morning(REMINDED))
    bill(session_factory, OCTOBER)
    dispute = dispute_after(session, customer, date(2026, 11, 5))
    given = {line_ids(session, invoice_of(session, customer.id, SEPTEMBER.start))[0]: Money(100, "EUR")}
    close_dispute(session, dispute.id, DisputeStatus.PARTLY_UPHELD, given=given, now=morning(date(2026, 11, 10)))

    assert [note.total_minor for note in session.scalars(select(CreditNote))] == [100]
