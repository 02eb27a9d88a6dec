"""The customer's latest bills, and how the account stands before and after something was credited."""

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.accounts import balance_due
from billing.adjustments.adjustment import Account, Effect, UnknownChoice
from billing.invoices import InvoiceFacts, list_invoices
from billing.ledger.journal import credit_of
from billing.models.credit_note import CreditNote
from billing.models.invoice import Invoice
from billing.money import Money

# Older bills are a matter for billing itself.
BILLS = 6


def latest_bills(session: Session, account: Account) -> Sequence[InvoiceFacts]:
    return list_invoices(session, account.customer_id, limit=BILLS)


def bill_of(session: Session, account: Account, number: str) -> Invoice:
    """Return the customer's bill of this number; raise UnknownChoice."""
    mine = select(Invoice).where(Invoice.number == number, Invoice.customer_id == account.customer_id)
    found = session.scalars(mine).one_or_none()
    if found is None:
        raise UnknownChoice
    return found


def credited(
    session: Session, account: Account, issue: Callable[[], Sequence[CreditNote]]
) -> tuple[Sequence[CreditNote], tuple[Effect, ...]]:
    """Issue the notes and tell what is due and what is in credit, before and after."""
    before = _standing(session, account)
    notes = issue()
    after = _standing(session, account)
    effects = (Effect("due", before[0], after[0]), Effect("credit", before[1], after[1]))
    return notes, tuple(effect for effect in effects if effect.before != effect.after)


def invoice_numbers(session: Session, invoice_ids: Sequence[UUID]) -> str:
    numbers = select(Invoice.number).where(Invoice.id.in_(invoice_ids)).order_by(Invoice.issued_on, Invoice.sequence)
    return ", ".join(session.scalars(numbers))


def _standing(session: Session, account: Account) -> tuple[Money, Money]:
    due = balance_due(session, account.customer_id, account.today).amount
    return due, credit_of(session, account.customer_id)
