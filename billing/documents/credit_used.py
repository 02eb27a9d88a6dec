"""What the customer's credit had paid of an invoice when it was issued: the document asks for the rest and no more.

What is put to the invoice afterwards changes nothing: an issued document keeps its words and its bytes.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session, aliased

from billing.ledger.journal import CHUNK
from billing.models.invoice import Invoice
from billing.models.journal import JournalTransaction, TransactionKind
from billing.models.payment import Allocation

Put, Issued = aliased(JournalTransaction), aliased(JournalTransaction)


def credit_used(session: Session, invoice_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Return the minor units per invoice; 0 for one that credit paid nothing of."""
    ids = list(invoice_ids)
    used: dict[UUID, int] = defaultdict(int)
    for start in range(0, len(ids), CHUNK):
        used.update(_load(session, ids[start : start + CHUNK]))
    return used


def _load(session: Session, invoice_ids: Collection[UUID]) -> Mapping[UUID, int]:
    sums = session.execute(
        select(Allocation.invoice_id, func.sum(Allocation.amount_minor))
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .join(Put, (Put.kind == TransactionKind.ALLOCATION) & (Put.document == cast(Allocation.id, String)))
        .join(Issued, (Issued.kind == TransactionKind.INVOICE) & (Issued.document == Invoice.number))
        .where(Allocation.invoice_id.in_(invoice_ids), Allocation.allocated_on <= Invoice.issued_on)
        # Not by the value date alone: a receipt of that day, or of one before, may be read later.
        .where(Put.created_at <= Issued.created_at)
        .group_by(Allocation.invoice_id)
    )
    # int: PostgreSQL sums integers to a decimal.
    return {invoice_id: int(minor) for invoice_id, minor in sums}
