"""What follows from imported documents: taxes that no file gives, the journal, and what money was used for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from billing.exchange.ids import Ids, new_id
from billing.exchange.reading import Record
from billing.human_tasks import raise_task
from billing.ledger.allocations import use_credit
from billing.ledger.journal import Entry, Posting, post_all, taxed_entries
from billing.ledger.refunds import task_key
from billing.models.credit_note import CreditNote, CreditNoteTax
from billing.models.human_task import TaskKind
from billing.models.invoice import Invoice, InvoiceTax, LineItem
from billing.models.journal import LedgerAccount, TransactionKind
from billing.models.payment import Allocation, RefundStatus
from billing.money import Money

LOOK_UP = 500
BASIS_POINTS = 10_000


class Batches(Protocol):
    """Reads the files again, row by row."""

    def batches(self, name: str) -> Iterator[list[Record]]: ...

    def has(self, name: str) -> bool: ...


def complete_taxes(session: Session, ids: Ids, numbers: Iterable[Sequence[str]]) -> None:
    """Compute the taxes of invoices that have none: what the lines of a rate contain, rounded once.

    Written after all lines, for taxes seal an invoice.
    """
    for batch in numbers:
        invoice_ids = [ids.invoices[number] for number in batch]
        for start in range(0, len(invoice_ids), LOOK_UP):
            rows = _contained_taxes(session, invoice_ids[start : start + LOOK_UP])
            if rows:
                session.execute(insert(InvoiceTax), rows)


def _contained_taxes(session: Session, invoice_ids: Sequence[UUID]) -> list[dict[str, object]]:
    gross = func.sum(LineItem.amount_minor)
    without = ~select(InvoiceTax.invoice_id).where(InvoiceTax.invoice_id == LineItem.invoice_id).exists()
    sums = session.execute(
        select(LineItem.invoice_id, LineItem.tax_rate, LineItem.currency, gross)
        .where(LineItem.invoice_id.in_(invoice_ids), without)
        .group_by(LineItem.invoice_id, LineItem.tax_rate, LineItem.currency)
    )
    rows = []
    for invoice_id, rate, currency, minor in sums:
        # int: PostgreSQL sums integers to a decimal.
        money = Money(int(minor), currency)
        tax = money.times(rate, BASIS_POINTS + rate)
        rows.append(
            {
                "invoice_id": invoice_id,
                "tax_rate": rate,
                "gross_minor": money.minor,
                "net_minor": (money - tax).minor,
                "tax_minor": tax.minor,
                "currency": currency,
            }
        )
    return rows


def book(session: Session, ids: Ids, files: Batches) -> None:
    """Book the imported documents; money that no file puts to an invoice goes to the ones that are open."""
    for batch in files.batches("invoices"):
        post_all(session, _invoices(session, [ids.invoices[record["number"]] for record in batch]), now=ids.now)
    for batch in files.batches("credit_notes"):
        post_all(session, _credit_notes(session, [ids.credit_notes[record["number"]] for record in batch]), now=ids.now)
    payers: set[UUID] = set()
    for batch in files.batches("payments"):
        payers.update(ids.customers[record["customer"]] for record in batch)
        post_all(session, [_payment(record, ids) for record in batch], now=ids.now)
    for batch in files.batches("refunds"):
        post_all(session, [posting for record in batch for posting in _refund(record, ids)], now=ids.now)
        for record in batch:
            _put_before_a_person(session, record, ids)
    if not files.has("allocations"):
        use_credit(session, sorted(payers), now=ids.now)


def book_allocations(session: Session, ids: Ids, allocation_ids: Sequence[int]) -> None:
    """Book money that the files put to invoices themselves."""
    for start in range(0, len(allocation_ids), LOOK_UP):
        found = session.execute(
            select(Allocation, Invoice.customer_id, Invoice.currency)
            .join(Invoice, Invoice.id == Allocation.invoice_id)
            .where(Allocation.id.in_(allocation_ids[start : start + LOOK_UP]))
            .order_by(Allocation.id)
        )
        post_all(session, [_allocation(*row) for row in found], now=ids.now)


def _invoices(session: Session, invoice_ids: Sequence[UUID]) -> list[Posting]:
    """Return the postings: what is owed against revenue and tax, per rate.

    Where the total is not what the lines come to, the rest is revenue, so that the books balance as the invoice stands.
    """
    postings = []
    for start in range(0, len(invoice_ids), LOOK_UP):
        part = invoice_ids[start : start + LOOK_UP]
        taxes: dict[UUID, list[InvoiceTax]] = defaultdict(list)
        for tax in session.scalars(select(InvoiceTax).where(InvoiceTax.invoice_id.in_(part))):
            taxes[tax.invoice_id].append(tax)
        postings += [
            _invoice(invoice, taxes[invoice.id])
            for invoice in session.scalars(select(Invoice).where(Invoice.id.in_(part)).order_by(Invoice.number))
        ]
    return postings


def _invoice(invoice: Invoice, taxes: Sequence[InvoiceTax]) -> Posting:
    currency = invoice.currency
    entries = [Entry(LedgerAccount.RECEIVABLE, Money(invoice.total_minor, currency))]
    for tax in taxes:
        entries += taxed_entries(Money(-tax.net_minor, currency), Money(-tax.tax_minor, currency))
    rest = invoice.total_minor - sum(tax.gross_minor for tax in taxes)
    entries.append(Entry(LedgerAccount.REVENUE, Money(-rest, currency)))
    return Posting(invoice.customer_id, TransactionKind.INVOICE, invoice.number, invoice.issued_on, entries)


def _credit_notes(session: Session, credit_note_ids: Sequence[UUID]) -> list[Posting]:
    """Return what mirrors an invoice: revenue and tax against what is no longer owed and what was paid already."""
    postings = []
    for start in range(0, len(credit_note_ids), LOOK_UP):
        part = credit_note_ids[start : start + LOOK_UP]
        taxes: dict[UUID, list[CreditNoteTax]] = defaultdict(list)
        for tax in session.scalars(select(CreditNoteTax).where(CreditNoteTax.credit_note_id.in_(part))):
            taxes[tax.credit_note_id].append(tax)
        notes = session.scalars(select(CreditNote).where(CreditNote.id.in_(part)).order_by(CreditNote.number))
        postings += [_credit_note(note, taxes[note.id]) for note in notes]
    return postings


def _credit_note(note: CreditNote, taxes: Sequence[CreditNoteTax]) -> Posting:
    entries = [
        Entry(LedgerAccount.RECEIVABLE, Money(note.to_credit_minor - note.total_minor, note.currency)),
        Entry(LedgerAccount.CUSTOMER_CREDIT, Money(-note.to_credit_minor, note.currency)),
    ]
    for tax in taxes:
        entries += taxed_entries(Money(tax.net_minor, note.currency), Money(tax.tax_minor, note.currency))
    rest = note.total_minor - sum(tax.gross_minor for tax in taxes)
    entries.append(Entry(LedgerAccount.REVENUE, Money(rest, note.currency)))
    return Posting(note.customer_id, TransactionKind.CREDIT_NOTE, note.number, note.issued_on, entries)


def _allocation(allocation: Allocation, customer_id: UUID, currency: str) -> Posting:
    amount = Money(allocation.amount_minor, currency)
    entries = [Entry(LedgerAccount.CUSTOMER_CREDIT, amount), Entry(LedgerAccount.RECEIVABLE, -amount)]
    return Posting(customer_id, TransactionKind.ALLOCATION, str(allocation.id), allocation.allocated_on, entries)


def _put_before_a_person(session: Session, record: Record, ids: Ids) -> None:
    """Raise the task that a refund waits for; what is sent or refused waits no more."""
    if record["status"] is not RefundStatus.REQUESTED:
        return
    refund_id = new_id("refund", record["reference"])
    facts = {
        "refund_id": str(refund_id),
        "amount_minor": record["amount"],
        "currency": ids.seller_of(record["customer"]).currency,
        "reason": record["reason"],
    }
    key, customer_id = task_key(refund_id), ids.customers[record["customer"]]
    raise_task(session, TaskKind.REFUND_REQUESTED, key, customer_id=customer_id, facts=facts, now=ids.now)


def _refund(record: Record, ids: Ids) -> Iterator[Posting]:
    """Yield that the money was promised, and how that ended."""
    seller = ids.seller_of(record["customer"])
    customer_id = ids.customers[record["customer"]]
    document = str(new_id("refund", record["reference"]))
    amount = Money(record["amount"], seller.currency)
    promised = [Entry(LedgerAccount.CUSTOMER_CREDIT, amount), Entry(LedgerAccount.REFUNDS_PAYABLE, -amount)]
    requested_on = record["requested_at"].astimezone(ZoneInfo(seller.time_zone)).date()
    yield Posting(customer_id, TransactionKind.REFUND, document, requested_on, promised)
    if record["status"] is RefundStatus.REQUESTED:
        return
    sent = record["status"] is RefundStatus.SENT
    account = LedgerAccount.BANK if sent else LedgerAccount.CUSTOMER_CREDIT
    ended = [Entry(LedgerAccount.REFUNDS_PAYABLE, amount), Entry(account, -amount)]
    settled_at = record["settled_at"] or record["requested_at"]
    kind = TransactionKind.REFUND_SENT if sent else TransactionKind.REFUND_REFUSED
    yield Posting(customer_id, kind, document, settled_at.astimezone(ZoneInfo(seller.time_zone)).date(), ended)


def _payment(record: Record, ids: Ids) -> Posting:
    amount = Money(record["amount"], record["currency"])
    entries = [Entry(LedgerAccount.BANK, amount), Entry(LedgerAccount.CUSTOMER_CREDIT, -amount)]
    customer_id = ids.customers[record["customer"]]
    return Posting(customer_id, TransactionKind.PAYMENT, record["reference"], record["received_on"], entries)
