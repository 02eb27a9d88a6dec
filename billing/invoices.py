"""Issued invoices, read: what they come to and whether they are paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from billing.models.invoice import Invoice
from billing.models.payment import Payment
from billing.money import Money
from billing.periods import BillingPeriod


class InvoiceStatus(StrEnum):
    """Follows from the payments; overdue is a matter of today."""

    OPEN = "open"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """An issued invoice as people talk about it. `open_amount` is what is still to be paid, never negative."""

    id: UUID
    number: str
    period: BillingPeriod
    total: Money
    issued_on: date
    due_on: date
    open_amount: Money

    @property
    def status(self) -> InvoiceStatus:
        return InvoiceStatus.OPEN if self.open_amount else InvoiceStatus.PAID

    def is_overdue(self, today: date) -> bool:
        return self.status is InvoiceStatus.OPEN and self.due_on < today


PAID_MINOR = (
    select(func.coalesce(func.sum(Payment.amount_minor), 0))
    .where(Payment.invoice_id == Invoice.id)
    .correlate(Invoice)
    .scalar_subquery()
)


def list_invoices(session: Session, customer_id: UUID, *, limit: int = 12) -> Sequence[InvoiceFacts]:
    """Return the newest first."""
    newest = _with_paid().where(Invoice.customer_id == customer_id).order_by(Invoice.period_start.desc()).limit(limit)
    return [_facts(row) for row in session.execute(newest)]


def list_open_invoices(session: Session, customer_id: UUID) -> Sequence[InvoiceFacts]:
    """Return those that are not wholly paid, the one due first in front."""
    unpaid = _with_paid().where(Invoice.customer_id == customer_id, Invoice.total_minor > PAID_MINOR)
    return [_facts(row) for row in session.execute(unpaid.order_by(Invoice.due_on, Invoice.sequence))]


def _with_paid() -> Select[Invoice, int]:
    return select(Invoice, PAID_MINOR.label("paid_minor"))


def _facts(row: Row[Invoice, int]) -> InvoiceFacts:
    invoice, paid_minor = row
    return InvoiceFacts(
        id=invoice.id,
        number=invoice.number,
        period=BillingPeriod(invoice.period_start, invoice.period_end),
        total=Money(invoice.total_minor, invoice.currency),
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        # int: PostgreSQL sums integers to a decimal.
        open_amount=Money(max(0, invoice.total_minor - int(paid_minor)), invoice.currency),
    )
