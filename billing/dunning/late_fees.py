"""Fees of letters about earlier bills, due on the bill that is being made: each booked step is charged once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from billing.disputes.disputes import OPEN
from billing.models.credit_note import CreditNote
from billing.models.dispute import Dispute
from billing.models.dunning import DunningStep
from billing.models.invoice import Invoice, LineItem
from billing.models.seller import Seller
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.line import Line, LineKind, ReasonCode


def load_late_fee_lines(
    session: Session, seller: Seller, customer_ids: Collection[UUID], issued_on: date
) -> Mapping[UUID, list[Line]]:
    """Return a fee for each letter that cost something and is on no bill yet.

    A letter about an amount that was credited since is not charged: it should not have been sent. One about an invoice
    of which something is disputed waits until that is decided.
    """
    lines: dict[UUID, list[Line]] = defaultdict(list)
    steps = _load_steps(session, seller, customer_ids, issued_on)
    charged = _load_charged(session, {invoice.customer_id for _, invoice, _ in steps})
    for step, invoice, credited_minor in steps:
        is_wrong = int(credited_minor) >= step.claimed_minor
        if not is_wrong and (invoice.number, step.sent_on.isoformat()) not in charged:
            lines[invoice.customer_id].append(_late_fee_line(invoice, step))
    return lines


def _load_steps(
    session: Session, seller: Seller, customer_ids: Collection[UUID], issued_on: date
) -> Sequence[Row[DunningStep, Invoice, int]]:
    credited = (
        select(func.coalesce(func.sum(CreditNote.total_minor), 0))
        .where(CreditNote.invoice_id == Invoice.id)
        .correlate(Invoice)
        .scalar_subquery()
    )
    steps = (
        select(DunningStep, Invoice, credited)
        .join(Invoice, Invoice.id == DunningStep.invoice_id)
        .where(Invoice.seller_id == seller.id, Invoice.customer_id.in_(customer_ids))
        .where(DunningStep.fee_minor > 0, DunningStep.sent_on <= issued_on)
        .where(Invoice.id.not_in(select(Dispute.invoice_id).where(Dispute.status.in_(OPEN))))
    )
    return session.execute(steps.order_by(DunningStep.sent_on, DunningStep.id)).all()


def _load_charged(session: Session, customer_ids: Collection[UUID]) -> frozenset[tuple[object, object]]:
    """Return which letters stand on a bill: the invoice that they were about, and their day."""
    if not customer_ids:
        return frozenset()
    causes = (
        select(LineItem.cause, LineItem.period_start)
        .join(Invoice, Invoice.id == LineItem.invoice_id)
        .where(Invoice.customer_id.in_(customer_ids), LineItem.kind == LineKind.LATE_FEE)
    )
    # The line's day, not a fact of the cause: a line that was imported may have no such fact.
    return frozenset((cause.get("invoice_number"), day.isoformat()) for cause, day in session.execute(causes))


def _late_fee_line(invoice: Invoice, step: DunningStep) -> Line:
    return Line(
        kind=LineKind.LATE_FEE,
        reason_code=ReasonCode.REMINDER,
        facts={
            "invoice_number": invoice.number,
            "due_on": invoice.due_on.isoformat(),
            "reminded_on": step.sent_on.isoformat(),
            "kind": step.kind.value,
            "law": step.law,
        },
        period=BillingPeriod(step.sent_on, step.sent_on + timedelta(days=1)),
        amount=Money(step.fee_minor, invoice.currency),
        tax_rate=0,  # damages, not a supply: no tax
    )
