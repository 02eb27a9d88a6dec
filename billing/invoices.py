"""Issued invoices, read: what they come to and whether they are paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from billing.models.credit_note import CreditNote
from billing.models.invoice import Invoice
from billing.models.payment import Allocation
from billing.money import Money
from billing.periods import BillingPeriod


class InvoiceStatus(StrEnum):
    """Follows from the payments and credit notes; overdue is a matter of today.

    `credited` is an invoice that credit notes took back as a whole, paid before or not.
    """

    OPEN = "open"
    PAID = "paid"
    CREDITED = "credited"


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """An issued invoice as people talk about it.

    `open_amount` is what is still to be paid, never negative; `credited` is what credit notes took back.
    """

    id: UUID
    number: str
    period: BillingPeriod
    total: Money
    issued_on: date
    due_on: date
    open_amount: Money
    credited: Money

    @property
    def status(self) -> InvoiceStatus:
        if self.open_amount:
            return InvoiceStatus.OPEN
        is_taken_back = self.total.minor > 0 and self.credited == self.total
        return InvoiceStatus.CREDITED if is_taken_back else InvoiceStatus.PAID

    def is_overdue(self, today: date) -> bool:
        return self.status is InvoiceStatus.OPEN and self.due_on < today


ALLOCATED_MINOR = (
    select(func.coalesce(func.sum(Allocation.amount_minor), 0))
    .where(Allocation.invoice_id == Invoice.id)
    .correlate(Invoice)
    .scalar_subquery()
)
# What credit notes took back of what was not paid yet; the rest of a note is the customer's credit.
WAIVED_MINOR = (
    select(func.coalesce(func.sum(CreditNote.total_minor - CreditNote.to_credit_minor), 0))
    .where(CreditNote.invoice_id == Invoice.id)
    .correlate(Invoice)
    .scalar_subquery()
)
CREDITED_MINOR = (
    select(func.coalesce(func.sum(CreditNote.total_minor), 0))
    .where(CreditNote.invoice_id == Invoice.id)
    .correlate(Invoice)
    .scalar_subquery()
)
OPEN_MINOR = Invoice.total_minor - ALLOCATED_MINOR - WAIVED_MINOR


def list_invoices(session: Session, customer_id: UUID, *, limit: int = 12) -> Sequence[InvoiceFacts]:
    """Return the newest first."""
    newest = _with_open().where(Invoice.customer_id == customer_id)
    newest = newest.order_by(Invoice.period_start.desc(), Invoice.issued_on.desc(), Invoice.sequence.desc())
    return [_facts(row) for row in session.execute(newest.limit(limit))]


def list_open_invoices(session: Session, customer_id: UUID) -> Sequence[InvoiceFacts]:
    """Return those that are not wholly paid, the one due first in front."""
    unpaid = _with_open().where(Invoice.customer_id == customer_id, OPEN_MINOR > 0)
    return [_facts(row) for row in session.execute(unpaid.order_by(Invoice.due_on, Invoice.sequence))]


def _with_open() -> Select[Invoice, int, int]:
    return select(Invoice, OPEN_MINOR.label("open_minor"), CREDITED_MINOR.label("credited_minor"))


def _facts(row: Row[Invoice, int, int]) -> InvoiceFacts:
    invoice, open_minor, credited_minor = row
    return InvoiceFacts(
        id=invoice.id,
        number=invoice.number,
        period=BillingPeriod(invoice.period_start, invoice.period_end),
        total=Money(invoice.total_minor, invoice.currency),
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        # int: PostgreSQL sums integers to a decimal.
        open_amount=Money(max(0, int(open_minor)), invoice.currency),
        credited=Money(int(credited_minor), invoice.currency),
    )
