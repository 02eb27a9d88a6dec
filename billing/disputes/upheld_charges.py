"""What an earlier bill charged for paying late what turned out not to be owed: it goes back with the dispute."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.ledger.credit_notes import CreditLine, creditable, issue_credit_note
from billing.models.credit_note import CreditNote, CreditReason
from billing.models.invoice import Invoice, LineItem
from billing.rating.kinds import LineKind

LATE_CHARGES = (LineKind.LATE_FEE, LineKind.INTEREST)


def credit_late_charges(session: Session, invoice_id: UUID, *, now: datetime) -> Sequence[CreditNote]:
    """Take back the fees and the interest about an invoice of which nothing is left; none while something is owed."""
    if any(money.minor > 0 for money in creditable(session, invoice_id).values()):
        return []
    return [
        issue_credit_note(session, billed_on, lines, CreditReason.DISPUTE, now=now)
        for billed_on, lines in _late_charges_about(session, session.get_one(Invoice, invoice_id)).items()
    ]


def _late_charges_about(session: Session, late: Invoice) -> Mapping[UUID, Sequence[CreditLine]]:
    """Return per bill its lines about this invoice of which something is left to take back."""
    items = session.scalars(
        select(LineItem)
        .join(Invoice, Invoice.id == LineItem.invoice_id)
        .where(Invoice.customer_id == late.customer_id, LineItem.kind.in_(LATE_CHARGES))
        .order_by(Invoice.sequence, LineItem.position)
    ).all()
    about = [item for item in items if item.cause.get("invoice_number") == late.number]
    lines: dict[UUID, list[CreditLine]] = defaultdict(list)
    left = {billed_on: creditable(session, billed_on) for billed_on in dict.fromkeys(item.invoice_id for item in about)}
    for item in about:
        if left[item.invoice_id][item.id].minor > 0:
            lines[item.invoice_id].append(CreditLine(item.id, None))
    return lines
