"""What of an invoice is open on a day, and what of that is claimed: all but the disputed part."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from billing.disputes.disputes import disputed_minor
from billing.models.credit_note import CreditNote
from billing.models.invoice import Invoice
from billing.models.payment import Allocation


def open_on(session: Session, invoice_ids: Collection[UUID], day: date) -> Mapping[UUID, int]:
    """Return per invoice what was open on that day, disputed or not, in minor units."""
    rows = session.execute(select(Invoice.id, open_minor_on(day)).where(Invoice.id.in_(invoice_ids)))
    # int: PostgreSQL sums integers to a decimal.
    return {invoice_id: max(0, int(minor)) for invoice_id, minor in rows}


def without_disputed(session: Session, left: Mapping[UUID, int]) -> Mapping[UUID, int]:
    """Return per invoice what is claimed of what is open: all but what is disputed now."""
    disputed = disputed_minor(session, left)
    return {invoice_id: max(0, minor - disputed.get(invoice_id, 0)) for invoice_id, minor in left.items()}


def open_minor_on(day: date | InstrumentedAttribute[date]) -> ColumnElement[int]:
    """What of an invoice was neither paid nor credited by the end of that day, or of the day in a column of its own."""
    paid = (
        select(func.coalesce(func.sum(Allocation.amount_minor), 0))
        .where(Allocation.invoice_id == Invoice.id, Allocation.allocated_on <= day)
        .correlate(Invoice)
        .scalar_subquery()
    )
    waived = (
        select(func.coalesce(func.sum(CreditNote.total_minor - CreditNote.to_credit_minor), 0))
        .where(CreditNote.invoice_id == Invoice.id, CreditNote.issued_on <= day)
        .correlate(Invoice)
        .scalar_subquery()
    )
    return Invoice.total_minor - paid - waived
