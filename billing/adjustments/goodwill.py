"""Goodwill: a credit that nobody owes the customer, as a credit note for a bill of theirs, with its tax."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.adjustments.adjustment import Account, Adjusted, AdjustmentRefused, Choice, Facts, UnknownChoice, Wish
from billing.adjustments.bills import bill_of, credited, invoice_numbers, latest_bills
from billing.adjustments.goodwill_lines import most_minor, spread_goodwill
from billing.ledger.credit_notes import CreditTooHigh, NothingToCredit, issue_credit_note, load_invoiced
from billing.models.credit_note import CreditNote, CreditReason
from billing.models.invoice import Invoice
from billing.money import Money


class GoodwillReason(StrEnum):
    """Why the company is generous."""

    LONG_WAIT = "long_wait"
    POOR_SERVICE = "poor_service"
    WRONG_INFORMATION = "wrong_information"
    LOYALTY = "loyalty"


def list_goodwill(session: Session, account: Account) -> Sequence[Choice]:
    """Return a choice per bill of which something is left, and per reason."""
    bills = [(bill, _most(session, bill.id)) for bill in latest_bills(session, account)]
    choices = [
        Choice(
            f"{reason}:{bill.number}",
            f"goodwill.{reason}",
            {"invoice": bill.number, "month": bill.period},
            "goodwill.detail",
            least=Money(1, account.currency),
            most=most,
        )
        for reason in GoodwillReason
        for bill, most in bills
        if most
    ]
    if not choices:
        raise AdjustmentRefused("nothing_to_credit")
    return choices


def give_goodwill(session: Session, account: Account, wish: Wish) -> Adjusted:
    """Credit the amount, tax included, to the bill; where prices are net it may come to a cent less."""
    reason, _, number = wish.choice.partition(":")
    if reason not in set(GoodwillReason) or wish.amount is None or wish.amount.currency != account.currency:
        raise UnknownChoice
    invoice = bill_of(session, account, number)
    if _most(session, invoice.id) < wish.amount:
        raise AdjustmentRefused("more_than_the_bill")
    notes, effects = credited(session, account, lambda: [_issue(session, invoice, wish.amount, account.now)])
    [note] = notes
    amount = Money(note.total_minor, note.currency)
    facts: Facts = {"amount": amount, "invoice": invoice_numbers(session, [invoice.id])}
    return Adjusted(amount, "goodwill", facts, effects, note.number)


def goodwill_since(session: Session, customer_id: UUID, currency: str, since: datetime) -> Money:
    """Return what the customer was given out of goodwill from that moment on, by whomever.

    After a note was issued its account is locked until the transaction ends: then nothing is left out.
    """
    given = select(func.coalesce(func.sum(CreditNote.total_minor), 0)).where(
        CreditNote.customer_id == customer_id,
        CreditNote.reason == CreditReason.GOODWILL,
        CreditNote.currency == currency,
        CreditNote.created_at > since,
    )
    # int: PostgreSQL sums integers to a decimal.
    return Money(int(session.scalars(given).one()), currency)


def _most(session: Session, invoice_id: UUID) -> Money:
    invoiced = load_invoiced(session, session.get_one(Invoice, invoice_id))
    return Money(most_minor(invoiced), invoiced.currency)


def _issue(session: Session, invoice: Invoice, amount: Money | None, now: datetime) -> CreditNote:
    lines = spread_goodwill(load_invoiced(session, invoice), 0 if amount is None else amount.minor)
    try:
        return issue_credit_note(session, invoice.id, lines, CreditReason.GOODWILL, now=now)
    except (CreditTooHigh, NothingToCredit) as error:
        raise AdjustmentRefused("more_than_the_bill") from error
