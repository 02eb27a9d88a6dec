"""What was paid, put to invoices, credited, refunded and asked for by letter."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from billing.audit_loading.grouping import Rows, grouped
from billing.fairness.facts import AllocationFacts, CreditNoteFacts, DunningFacts, InvoiceAudited, PaymentFacts
from billing.models.credit_note import CreditNote
from billing.models.dunning import DunningStep
from billing.models.invoice import Invoice
from billing.models.payment import Allocation, Payment, Refund, RefundStatus


@dataclass(frozen=True, slots=True)
class LoadedMoney:
    """Rows of several customers; each method picks one customer's."""

    owners: Mapping[UUID, UUID]  # by invoice
    numbers: Mapping[UUID, str]  # of these invoices, and of others' that the money went to
    paid: Sequence[Any]  # Any: rows of the tables
    notes: Sequence[Any]
    by_payment: Rows
    by_note: Rows
    letters: Rows
    refunded: Mapping[UUID, int]

    def payments(self, customer_id: UUID) -> tuple[PaymentFacts, ...]:
        return tuple(
            PaymentFacts(
                reference=row.reference,
                amount=row.amount_minor,
                received_on=row.received_on,
                invoice=self.numbers.get(row.invoice_id),
                own=row.customer_id == customer_id,
                allocations=self._allocations(customer_id, self.by_payment.get(row.id, ())),
            )
            for row in self.paid
            if row.customer_id == customer_id or self.owners.get(row.invoice_id) == customer_id
        )

    def credit_notes(self, customer_id: UUID) -> tuple[CreditNoteFacts, ...]:
        return tuple(
            CreditNoteFacts(
                number=row.number,
                invoice=self.numbers[row.invoice_id],
                issued_on=row.issued_on,
                amount=row.total_minor,
                to_credit=row.to_credit_minor,
                allocations=self._allocations(customer_id, self.by_note.get(row.id, ())),
            )
            for row in self.notes
            if row.customer_id == customer_id
        )

    def dunning(self, customer_id: UUID) -> tuple[DunningFacts, ...]:
        own = [invoice_id for invoice_id, owner in self.owners.items() if owner == customer_id]
        return tuple(
            DunningFacts(
                self.numbers[invoice_id], row.position, row.kind.value, row.sent_on, row.claimed_minor, row.fee_minor
            )
            for invoice_id in own
            for row in self.letters.get(invoice_id, ())
        )

    def _allocations(self, customer_id: UUID, rows: Sequence[Any]) -> tuple[AllocationFacts, ...]:
        return tuple(
            AllocationFacts(
                self.numbers[row.invoice_id],
                row.amount_minor,
                row.allocated_on,
                self.owners.get(row.invoice_id) == customer_id,
            )
            for row in rows
        )


def load_money(
    session: Session, customer_ids: Collection[UUID], invoices: Mapping[UUID, Sequence[InvoiceAudited]]
) -> LoadedMoney:
    ours = select(Invoice.id).where(Invoice.customer_id.in_(customer_ids))
    paid = _payments(session, customer_ids, ours)
    notes = _credit_notes(session, customer_ids)
    allocations = _allocations_of(session, paid, notes)
    numbers = {invoice.invoice_id: invoice.number for several in invoices.values() for invoice in several}
    named = {row.invoice_id for row in (*paid, *allocations) if row.invoice_id}
    return LoadedMoney(
        owners={invoice.invoice_id: owner for owner, several in invoices.items() for invoice in several},
        numbers=numbers | _numbers_of(session, named - set(numbers)),
        paid=paid,
        notes=notes,
        by_payment=grouped(allocations, "payment_id"),
        by_note=grouped(allocations, "credit_note_id"),
        letters=_letters(session, ours),
        refunded=_refunded(session, customer_ids),
    )


def _payments(session: Session, customer_ids: Collection[UUID], ours: Select[UUID]) -> Sequence[Any]:
    return session.execute(
        select(Payment.id, Payment.reference, Payment.customer_id, Payment.invoice_id, Payment.amount_minor,
               Payment.received_on)
        .where(or_(Payment.customer_id.in_(customer_ids), Payment.invoice_id.in_(ours)))
        .order_by(Payment.received_on, Payment.reference)
    ).all()  # fmt: skip


def _credit_notes(session: Session, customer_ids: Collection[UUID]) -> Sequence[Any]:
    return session.execute(
        select(*CreditNote.__table__.columns)
        .where(CreditNote.customer_id.in_(customer_ids))
        .order_by(CreditNote.issued_on, CreditNote.number)
    ).all()


def _allocations_of(session: Session, paid: Sequence[Any], notes: Sequence[Any]) -> Sequence[Any]:
    return session.execute(
        select(Allocation.payment_id, Allocation.credit_note_id, Allocation.invoice_id, Allocation.amount_minor,
               Allocation.allocated_on)
        .where(or_(Allocation.payment_id.in_([row.id for row in paid]),
                   Allocation.credit_note_id.in_([row.id for row in notes])))
        .order_by(Allocation.id)
    ).all()  # fmt: skip


def _numbers_of(session: Session, invoice_ids: Collection[UUID]) -> dict[UUID, str]:
    if not invoice_ids:
        return {}
    rows = session.execute(select(Invoice.id, Invoice.number).where(Invoice.id.in_(invoice_ids)))
    return {row.id: row.number for row in rows}


def _letters(session: Session, ours: Select[UUID]) -> Rows:
    letters = (
        select(*DunningStep.__table__.columns)
        .where(DunningStep.invoice_id.in_(ours))
        .order_by(DunningStep.sent_on, DunningStep.position)
    )
    return grouped(session.execute(letters), "invoice_id")


def _refunded(session: Session, customer_ids: Collection[UUID]) -> Mapping[UUID, int]:
    sums = session.execute(
        select(Refund.customer_id, func.sum(Refund.amount_minor))
        .where(Refund.customer_id.in_(customer_ids), Refund.status != RefundStatus.REFUSED)
        .group_by(Refund.customer_id)
    )
    # int: PostgreSQL sums integers to a decimal.
    return {customer_id: int(amount) for customer_id, amount in sums}
