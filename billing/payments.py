"""What was paid, when, and what is still open."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.invoices import list_invoices, list_open_invoices
from billing.models.customer import Customer
from billing.models.invoice import Invoice, LineItem
from billing.models.payment import Payment
from billing.models.seller import Seller
from billing.money import Money, total
from billing.rating.line import LineKind


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """One receipt. `days_late` counts from the due date; None if it came in time."""

    amount: Money
    received_on: date
    invoice_number: str
    days_late: int | None


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    """How a customer stands. `duplicate`: the last receipt for an invoice that was already paid in full."""

    last_payment: PaymentFacts | None
    open_amount: Money
    overdue_since: date | None
    duplicate: PaymentFacts | None
    late_fee: Money | None


def payment_status(session: Session, customer_id: UUID, today: date) -> PaymentStatus:
    """Return the status; `overdue_since` is the oldest due date that passed, `late_fee` the one on the newest bill."""
    currency = currency_of(session, customer_id)
    receipts = _load_receipts(session, customer_id)
    unpaid = list_open_invoices(session, customer_id)
    return PaymentStatus(
        last_payment=_facts(*receipts[-1]) if receipts else None,
        open_amount=total((invoice.open_amount for invoice in unpaid), currency),
        overdue_since=next((invoice.due_on for invoice in unpaid if invoice.is_overdue(today)), None),
        duplicate=_find_duplicate(receipts),
        late_fee=_find_late_fee(session, customer_id),
    )


def currency_of(session: Session, customer_id: UUID) -> str:
    """Return the currency that the customer's seller bills in."""
    from_seller = select(Seller.currency).join(Customer, Customer.seller_id == Seller.id)
    return session.scalars(from_seller.where(Customer.id == customer_id)).one()


def _load_receipts(session: Session, customer_id: UUID) -> Sequence[tuple[Payment, Invoice]]:
    """Return all receipts with their invoices, the latest last."""
    rows = session.execute(
        select(Payment, Invoice)
        .join(Invoice, Invoice.id == Payment.invoice_id)
        .where(Payment.customer_id == customer_id)
        .order_by(Payment.received_on, Payment.id)
    )
    return [(payment, invoice) for payment, invoice in rows]


def _find_duplicate(receipts: Sequence[tuple[Payment, Invoice]]) -> PaymentFacts | None:
    paid: dict[UUID, int] = defaultdict(int)
    duplicate = None
    for payment, invoice in receipts:
        if paid[invoice.id] >= invoice.total_minor:
            duplicate = _facts(payment, invoice)
        paid[invoice.id] += payment.amount_minor
    return duplicate


def _find_late_fee(session: Session, customer_id: UUID) -> Money | None:
    newest = list_invoices(session, customer_id, limit=1)
    if not newest:
        return None
    fees = session.scalars(
        select(LineItem.amount_minor).filter_by(invoice_id=newest[0].id, kind=LineKind.LATE_FEE)
    ).all()
    return Money(sum(fees), newest[0].total.currency) if fees else None


def _facts(payment: Payment, invoice: Invoice) -> PaymentFacts:
    days_late = (payment.received_on - invoice.due_on).days
    return PaymentFacts(
        amount=Money(payment.amount_minor, payment.currency),
        received_on=payment.received_on,
        invoice_number=invoice.number,
        days_late=days_late if days_late > 0 else None,
    )
