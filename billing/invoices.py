"""Issued invoices, read: what they come to, whether they are paid, and why the newest differs from the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from billing.explain.bill_changes import Bill, BillChange, explain_change
from billing.models.invoice import Invoice, LineItem
from billing.models.payment import Payment
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.line import Line


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


def explain_latest_change(session: Session, customer_id: UUID) -> BillChange | None:
    """Compare the newest invoice with the one before it; None if there is no invoice at all."""
    newest = select(Invoice).filter_by(customer_id=customer_id).order_by(Invoice.period_start.desc()).limit(2)
    invoices = session.scalars(newest).all()
    if not invoices:
        return None
    bills = _load_bills(session, invoices)
    return explain_change(bills[1] if len(bills) > 1 else None, bills[0])


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


def _load_bills(session: Session, invoices: Sequence[Invoice]) -> list[Bill]:
    items = session.scalars(
        select(LineItem)
        .where(LineItem.invoice_id.in_([invoice.id for invoice in invoices]))
        .order_by(LineItem.invoice_id, LineItem.position)
    ).all()
    return [
        Bill(
            number=invoice.number,
            period=BillingPeriod(invoice.period_start, invoice.period_end),
            total=Money(invoice.total_minor, invoice.currency),
            lines=tuple(_line(item) for item in items if item.invoice_id == invoice.id),
        )
        for invoice in invoices
    ]


def _line(item: LineItem) -> Line:
    return Line(
        kind=item.kind,
        reason_code=item.reason_code,
        facts=item.cause,
        period=BillingPeriod(item.period_start, item.period_end),
        amount=Money(item.amount_minor, item.currency),
        tax_rate=item.tax_rate,
        quantity=item.quantity,
        unit=item.unit,
        contract_id=item.contract_id,
        price_version_id=item.price_version_id,
    )
