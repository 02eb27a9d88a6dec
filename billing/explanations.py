"""Why one issued invoice of an account differs from another."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.explain.bill_changes import Bill, BillChange, explain_change
from billing.models.invoice import Invoice, LineItem
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.line import Line


def explain_latest_change(session: Session, customer_id: UUID) -> BillChange | None:
    """Compare the newest invoice with the one before it; None if there is no invoice at all."""
    newest = select(Invoice).filter_by(customer_id=customer_id).order_by(Invoice.period_start.desc()).limit(2)
    invoices = session.scalars(newest).all()
    if not invoices:
        return None
    bills = _load_bills(session, invoices)
    return explain_change(bills[1] if len(bills) > 1 else None, bills[0])


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
