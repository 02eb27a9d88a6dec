"""What was paid, when, and what is still open."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.invoices import WAIVED_MINOR, list_invoices, list_open_invoices
from billing.ledger.journal import credit_of, currency_of
from billing.ledger.receipts import Receipt, record_payment, record_payments
from billing.models.invoice import Invoice, LineItem
from billing.models.payment import Allocation, Payment
from billing.money import Money, total
from billing.rating.kinds import LineKind

__all__ = [
    "PaymentFacts",
    "PaymentStatus",
    "Receipt",
    "currency_of",
    "paid_on",
    "payment_status",
    "record_payment",
    "record_payments",
]


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """One receipt. `invoice_number` is the one that it named or went to, None if it is all credit.

    `days_late` counts from that invoice's due date; None if it came in time.
    """

    amount: Money
    received_on: date
    invoice_number: str | None
    days_late: int | None


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    """How a customer stands. `duplicate`: the last receipt for an invoice that was already paid in full.

    `credit` is what was paid too much and waits for the next invoice.
    """

    last_payment: PaymentFacts | None
    open_amount: Money
    overdue_since: date | None
    duplicate: PaymentFacts | None
    late_fee: Money | None
    credit: Money


def payment_status(session: Session, customer_id: UUID, today: date) -> PaymentStatus:
    """Return the status; `overdue_since` is the oldest due date that passed, `late_fee` the one on the newest bill."""
    currency = currency_of(session, customer_id)
    receipts = _load_receipts(session, customer_id)
    unpaid = list_open_invoices(session, customer_id)
    return PaymentStatus(
        last_payment=_facts(*receipts[-1]) if receipts else None,
        open_amount=total((invoice.open_amount for invoice in unpaid), currency),
        overdue_since=next((invoice.due_on for invoice in unpaid if invoice.is_overdue(today)), None),
        duplicate=_find_duplicate(session, receipts),
        late_fee=_find_late_fee(session, customer_id),
        credit=credit_of(session, customer_id),
    )


def paid_on(session: Session, invoice_id: UUID) -> date | None:
    """Return the day on which money was last put to the invoice; None if none ever was."""
    return session.scalars(select(func.max(Allocation.allocated_on)).filter_by(invoice_id=invoice_id)).one()


def _load_receipts(session: Session, customer_id: UUID) -> Sequence[tuple[Payment, Invoice | None]]:
    """Return all receipts with the invoice that each named, else the first that it went to; the latest last."""
    first_use = (
        select(Allocation.invoice_id)
        .where(Allocation.payment_id == Payment.id)
        .order_by(Allocation.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Payment, Invoice)
        .outerjoin(Invoice, Invoice.id == func.coalesce(Payment.invoice_id, first_use))
        .where(Payment.customer_id == customer_id)
        .order_by(Payment.received_on, Payment.id)
    )
    return [(payment, invoice) for payment, invoice in rows]


def _find_duplicate(session: Session, receipts: Sequence[tuple[Payment, Invoice | None]]) -> PaymentFacts | None:
    named = [(payment, invoice) for payment, invoice in receipts if invoice is not None and payment.invoice_id]
    waived = _load_waived(session, {invoice.id for _, invoice in named})
    paid: dict[UUID, int] = defaultdict(int)
    duplicate = None
    for payment, invoice in named:
        if paid[invoice.id] and paid[invoice.id] >= invoice.total_minor - waived[invoice.id]:
            duplicate = _facts(payment, invoice)
        paid[invoice.id] += payment.amount_minor
    return duplicate


def _load_waived(session: Session, invoice_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return what never had to be paid, because credit notes took it back in time."""
    rows = session.execute(select(Invoice.id, WAIVED_MINOR).where(Invoice.id.in_(invoice_ids)))
    return {row[0]: int(row[1]) for row in rows}


def _find_late_fee(session: Session, customer_id: UUID) -> Money | None:
    newest = list_invoices(session, customer_id, limit=1)
    if not newest:
        return None
    fees = session.scalars(
        select(LineItem.amount_minor).filter_by(invoice_id=newest[0].id, kind=LineKind.LATE_FEE)
    ).all()
    return Money(sum(fees), newest[0].total.currency) if fees else None


def _facts(payment: Payment, invoice: Invoice | None) -> PaymentFacts:
    days_late = 0 if invoice is None else (payment.received_on - invoice.due_on).days
    return PaymentFacts(
        amount=Money(payment.amount_minor, payment.currency),
        received_on=payment.received_on,
        invoice_number=None if invoice is None else invoice.number,
        days_late=days_late if days_late > 0 else None,
    )
