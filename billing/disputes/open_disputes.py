"""The disputes that wait for a decision, as the people who decide read them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.disputes.disputes import OPEN, DisputeNotFound
from billing.models.customer import Customer
from billing.models.dispute import Dispute, DisputedLine, DisputeStatus
from billing.models.invoice import Invoice, LineItem
from billing.money import Money


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """`answer_by`: until then the charge must be proven."""

    id: UUID
    invoice_number: str
    customer_number: str
    status: DisputeStatus
    disputed: Money
    late: bool
    answer_by: date
    reason: str


def list_open_disputes(session: Session) -> Sequence[OpenDispute]:
    """Return those that must be answered first in front."""
    disputed = func.sum(DisputedLine.amount_minor)
    rows = session.execute(
        select(Dispute, Invoice.number, Invoice.currency, Customer.number, disputed)
        .join(Invoice, Invoice.id == Dispute.invoice_id)
        .join(Customer, Customer.id == Dispute.customer_id)
        .join(DisputedLine, DisputedLine.dispute_id == Dispute.id)
        .where(Dispute.status.in_(OPEN))
        .group_by(Dispute.id, Invoice.number, Invoice.currency, Customer.number)
        .order_by(Dispute.answer_by, Invoice.number)
    )
    return [
        OpenDispute(
            id=dispute.id,
            invoice_number=invoice_number,
            customer_number=customer_number,
            status=dispute.status,
            # int: PostgreSQL sums integers to a decimal.
            disputed=Money(int(minor), currency),
            late=dispute.late,
            answer_by=dispute.answer_by,
            reason=dispute.reason,
        )
        for dispute, invoice_number, currency, customer_number, minor in rows
    ]


def get_open_dispute(session: Session, invoice_number: str) -> OpenDispute:
    """Return the invoice's dispute that must be answered first."""
    for dispute in list_open_disputes(session):
        if dispute.invoice_number == invoice_number:
            return dispute
    raise DisputeNotFound(invoice_number)


def lines_at(session: Session, invoice_number: str, positions: Collection[int]) -> Mapping[int, int]:
    """Return the line item at each position of the invoice, as the customer counts them."""
    rows = session.execute(
        select(LineItem.position, LineItem.id)
        .join(Invoice, Invoice.id == LineItem.invoice_id)
        .where(Invoice.number == invoice_number, LineItem.position.in_(positions))
    )
    found: dict[int, int] = {row.position: row.id for row in rows}
    for position in positions:
        if position not in found:
            raise DisputeNotFound(f"{invoice_number}, line {position}")
    return found
