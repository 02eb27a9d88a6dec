"""Fees for reminders of earlier bills, due on the bill that is being made."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.models.invoice import Invoice
from billing.models.payment import Payment
from billing.models.seller import Seller
from billing.periods import BillingPeriod
from billing.rating.late_fee import LateFeeRule, find_late_fee_rule
from billing.rating.line import Line, LineKind, ReasonCode

LONGEST_WAIT_DAYS = 60


def load_late_fee_lines(
    session: Session, seller: Seller, customer_ids: Collection[UUID], issued_on: date
) -> Mapping[UUID, list[Line]]:
    """Return a fee for each bill that was unpaid on its reminder day, if that day came since the customer's last bill.

    The spans between a customer's bills follow on one another without overlap, so each reminder is charged once.
    """
    lines: dict[UUID, list[Line]] = defaultdict(list)
    if find_late_fee_rule(seller.country, issued_on) is None:
        return lines
    last_issued = _last_issue_dates(session, customer_ids)
    invoices = _load_overdue(session, customer_ids, min(last_issued.values(), default=issued_on), issued_on)
    payments = _load_payments(session, [invoice.id for invoice in invoices])
    for invoice in invoices:
        rule = find_late_fee_rule(seller.country, invoice.due_on)
        if rule is None:
            continue
        reminded_on = rule.reminds_on(invoice.due_on)
        paid = sum(amount for received_on, amount in payments[invoice.id] if received_on <= reminded_on)
        if last_issued[invoice.customer_id] < reminded_on <= issued_on and paid < invoice.total_minor:
            lines[invoice.customer_id].append(_late_fee_line(invoice, rule, reminded_on))
    return lines


def _load_overdue(
    session: Session, customer_ids: Collection[UUID], last_issued: date, issued_on: date
) -> Sequence[Invoice]:
    """Leave out bills so old that their reminder was due before the last bill."""
    due_since = last_issued - timedelta(days=LONGEST_WAIT_DAYS)
    overdue = select(Invoice).where(
        Invoice.customer_id.in_(customer_ids), Invoice.due_on >= due_since, Invoice.due_on < issued_on
    )
    return session.scalars(overdue.order_by(Invoice.due_on)).all()


def _load_payments(session: Session, invoice_ids: Collection[UUID]) -> Mapping[UUID, list[tuple[date, int]]]:
    payments: dict[UUID, list[tuple[date, int]]] = defaultdict(list)
    rows = session.execute(
        select(Payment.invoice_id, Payment.received_on, Payment.amount_minor).where(Payment.invoice_id.in_(invoice_ids))
    )
    for invoice_id, received_on, amount_minor in rows:
        if invoice_id is not None:
            payments[invoice_id].append((received_on, amount_minor))
    return payments


def _last_issue_dates(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, date]:
    rows = session.execute(
        select(Invoice.customer_id, func.max(Invoice.issued_on))
        .where(Invoice.customer_id.in_(customer_ids))
        .group_by(Invoice.customer_id)
    )
    return {row[0]: row[1] for row in rows}


def _late_fee_line(invoice: Invoice, rule: LateFeeRule, reminded_on: date) -> Line:
    return Line(
        kind=LineKind.LATE_FEE,
        reason_code=ReasonCode.REMINDER,
        facts={
            "invoice_number": invoice.number,
            "due_on": invoice.due_on.isoformat(),
            "reminded_on": reminded_on.isoformat(),
        },
        period=BillingPeriod(reminded_on, reminded_on + timedelta(days=1)),
        amount=rule.fee,
        tax_rate=0,  # damages, not a supply: no tax
    )
