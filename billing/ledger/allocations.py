"""What customers' money is used for: receipts and credit go to invoices until nothing is open or nothing is left."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from billing.invoices import OPEN_MINOR
from billing.ledger.journal import CHUNK, Entry, Posting, post_all
from billing.models.credit_note import CreditNote
from billing.models.customer import Customer
from billing.models.invoice import Invoice
from billing.models.journal import LedgerAccount, TransactionKind
from billing.models.payment import Allocation, Payment, Refund, RefundStatus
from billing.money import Money


@dataclass(frozen=True, slots=True)
class Source:
    """Money that waits for use: what is left of a payment or credit note. `named`: the invoice it is for."""

    available_on: date
    rest_minor: int
    payment_id: int | None = None
    credit_note_id: UUID | None = None
    named: UUID | None = None


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice that waits for money."""

    id: UUID
    issued_on: date
    open_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Use:
    """One amount of a source put to an invoice."""

    source: Source
    invoice: OpenInvoice
    amount_minor: int

    @property
    def allocated_on(self) -> date:
        """From this day the invoice counts as paid: the money was there and the invoice was issued."""
        return max(self.source.available_on, self.invoice.issued_on)


def spread(sources: Sequence[Source], invoices: Sequence[OpenInvoice], refunded_minor: int = 0) -> list[Use]:
    """Put the sources, in their order, to the invoices: each to the one that it names, then in the invoices' order.

    What was refunded came out of the first sources.
    """
    open_minor = {invoice.id: invoice.open_minor for invoice in invoices}
    uses: list[Use] = []
    for source in sources:
        rest = max(0, source.rest_minor - refunded_minor)
        refunded_minor -= source.rest_minor - rest
        for invoice in sorted(invoices, key=lambda invoice: invoice.id != source.named):
            amount = min(rest, open_minor[invoice.id])
            if amount > 0:
                uses.append(Use(source, invoice, amount))
                open_minor[invoice.id] -= amount
                rest -= amount
    return uses


def lock_accounts(session: Session, customer_ids: Collection[UUID]) -> None:
    """Let nobody else move these customers' money until the transaction ends; who comes second waits.

    All in one order, whatever the number: name all customers at once, for two who lock bit by bit can block each other.
    """
    ids = sorted(set(customer_ids))
    for start in range(0, len(ids), CHUNK):
        locked = select(Customer.id).where(Customer.id.in_(ids[start : start + CHUNK])).order_by(Customer.id)
        session.execute(locked.with_for_update(key_share=True)).all()


def use_credit(session: Session, customer_ids: Collection[UUID], *, now: datetime) -> None:
    """Put what these customers have in credit to their open invoices: call it when invoices were issued."""
    # Before the look: whoever pays meanwhile does not see the new invoices, nor we the payment, until one has waited.
    lock_accounts(session, customer_ids)
    ids = list(customer_ids)
    for start in range(0, len(ids), CHUNK):
        _use_credit(session, ids[start : start + CHUNK], now)


def _use_credit(session: Session, customer_ids: Sequence[UUID], now: datetime) -> None:
    sources = _load_sources(session, customer_ids)
    with_credit = sorted(sources)
    if not with_credit:
        return
    invoices = _load_open_invoices(session, with_credit)
    refunded = _load_refunded(session, with_credit)
    uses = [
        (customer_id, use)
        for customer_id in with_credit
        for use in spread(sources[customer_id], invoices[customer_id], refunded[customer_id])
    ]
    if uses:
        _write(session, uses, now)


def _write(session: Session, uses: Sequence[tuple[UUID, Use]], now: datetime) -> None:
    rows = [
        {
            "payment_id": use.source.payment_id,
            "credit_note_id": use.source.credit_note_id,
            "invoice_id": use.invoice.id,
            "amount_minor": use.amount_minor,
            "allocated_on": use.allocated_on,
        }
        for _, use in uses
    ]
    ids = session.scalars(insert(Allocation).returning(Allocation.id, sort_by_parameter_order=True), rows).all()
    post_all(session, [_posting(key, *use) for key, use in zip(ids, uses, strict=True)], now=now)


def _posting(allocation_id: int, customer_id: UUID, use: Use) -> Posting:
    amount = Money(use.amount_minor, use.invoice.currency)
    entries = [Entry(LedgerAccount.CUSTOMER_CREDIT, amount), Entry(LedgerAccount.RECEIVABLE, -amount)]
    return Posting(customer_id, TransactionKind.ALLOCATION, str(allocation_id), use.allocated_on, entries)


def _load_sources(session: Session, customer_ids: Sequence[UUID]) -> dict[UUID, list[Source]]:
    """Return what is left per customer, the oldest money first."""
    sources: dict[UUID, list[Source]] = defaultdict(list)
    for customer_id, source in (*_payments_left(session, customer_ids), *_notes_left(session, customer_ids)):
        sources[customer_id].append(source)
    for of_customer in sources.values():
        of_customer.sort(key=lambda source: source.available_on)
    return sources


def _payments_left(session: Session, customer_ids: Sequence[UUID]) -> Iterator[tuple[UUID, Source]]:
    rest = Payment.amount_minor - (
        select(func.coalesce(func.sum(Allocation.amount_minor), 0))
        .where(Allocation.payment_id == Payment.id)
        .scalar_subquery()
    )
    left = (
        select(Payment.customer_id, Payment.id, Payment.received_on, Payment.invoice_id, rest)
        .where(Payment.customer_id.in_(customer_ids), rest > 0)
        .order_by(Payment.received_on, Payment.id)
    )
    for customer_id, payment_id, received_on, invoice_id, minor in session.execute(left):
        # int: PostgreSQL sums integers to a decimal.
        yield customer_id, Source(received_on, int(minor), payment_id=payment_id, named=invoice_id)


def _notes_left(session: Session, customer_ids: Sequence[UUID]) -> Iterator[tuple[UUID, Source]]:
    rest = CreditNote.to_credit_minor - (
        select(func.coalesce(func.sum(Allocation.amount_minor), 0))
        .where(Allocation.credit_note_id == CreditNote.id)
        .scalar_subquery()
    )
    left = (
        select(CreditNote.customer_id, CreditNote.id, CreditNote.issued_on, rest)
        .where(CreditNote.customer_id.in_(customer_ids), rest > 0)
        .order_by(CreditNote.issued_on, CreditNote.year, CreditNote.sequence)
    )
    for customer_id, credit_note_id, issued_on, minor in session.execute(left):
        yield customer_id, Source(issued_on, int(minor), credit_note_id=credit_note_id)


def _load_open_invoices(session: Session, customer_ids: Sequence[UUID]) -> dict[UUID, list[OpenInvoice]]:
    """Return them per customer, the one due first in front."""
    invoices: dict[UUID, list[OpenInvoice]] = defaultdict(list)
    unpaid = (
        select(Invoice.customer_id, Invoice.id, Invoice.issued_on, OPEN_MINOR, Invoice.currency)
        .where(Invoice.customer_id.in_(customer_ids), OPEN_MINOR > 0)
        .order_by(Invoice.due_on, Invoice.sequence)
    )
    for customer_id, invoice_id, issued_on, open_minor, currency in session.execute(unpaid):
        invoices[customer_id].append(OpenInvoice(invoice_id, issued_on, int(open_minor), currency))
    return invoices


def _load_refunded(session: Session, customer_ids: Sequence[UUID]) -> dict[UUID, int]:
    sums = session.execute(
        select(Refund.customer_id, func.sum(Refund.amount_minor))
        .where(Refund.customer_id.in_(customer_ids), Refund.status != RefundStatus.REFUSED)
        .group_by(Refund.customer_id)
    )
    return defaultdict(int, {customer_id: int(minor) for customer_id, minor in sums})
