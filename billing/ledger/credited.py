"""What a customer was credited last, read."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.models.credit_note import CreditNote
from billing.models.invoice import Invoice
from billing.money import Money


@dataclass(frozen=True, slots=True)
class Credited:
    """All of the credit note, whether it lowered what was open or became credit."""

    amount: Money
    invoice_number: str
    issued_on: date


def find_latest_credit(session: Session, customer_id: UUID) -> Credited | None:
    row = session.execute(
        select(CreditNote, Invoice.number)
        .join(Invoice, Invoice.id == CreditNote.invoice_id)
        .where(CreditNote.customer_id == customer_id)
        .order_by(CreditNote.issued_on.desc(), CreditNote.sequence.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    note = row.CreditNote
    return Credited(Money(note.total_minor, note.currency), row.number, note.issued_on)
