"""Credit notes: correct an issued invoice by documents of their own, numbered without gaps, never beyond it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from billing.db import insert_if_absent
from billing.delivery import enqueue_credit_notes
from billing.errors import NotFound, SaldoError
from billing.invoices import OPEN_MINOR
from billing.ledger.allocations import lock_accounts, use_credit
from billing.ledger.credit_amounts import (
    CreditLine,
    CreditTooHigh,
    Invoiced,
    InvoicedLine,
    LineNotOnInvoice,
    NoteDraft,
    NothingToCredit,
    creditable_minor,
    draft_note,
)
from billing.ledger.journal import Entry, post, taxed_entries
from billing.models.credit_note import CreditNote, CreditNoteLine, CreditNoteSeries, CreditNoteTax, CreditReason
from billing.models.customer import Customer
from billing.models.invoice import Invoice, InvoiceTax, LineItem
from billing.models.journal import LedgerAccount, TransactionKind
from billing.models.seller import Seller
from billing.money import Money
from billing.parties import Parties
from billing.rating.kinds import LineKind

__all__ = [
    "AlreadyCredited",
    "CreditLine",
    "CreditTooHigh",
    "InvoiceNotFound",
    "LineNotOnInvoice",
    "NothingToCredit",
    "credit_rest",
    "creditable",
    "issue_credit_note",
]


class InvoiceNotFound(NotFound):
    """No invoice has this id."""

    def __init__(self, invoice_id: UUID) -> None:
        super().__init__(f"no invoice {invoice_id}")
        self.invoice_id = invoice_id


class AlreadyCredited(SaldoError):
    """The finding was paid before, with the note of this number: nothing is paid twice."""

    status = 409

    def __init__(self, finding: str, number: str) -> None:
        super().__init__(f"{finding} was credited with {number}")
        self.finding = finding
        self.number = number


def issue_credit_note(
    session: Session, invoice_id: UUID, lines: Sequence[CreditLine], reason: CreditReason, *, now: datetime
) -> CreditNote:
    """Take back lines of an invoice: what is open of it falls, and what was paid becomes the customer's credit.

    That credit goes to the customer's other open invoices at once, and the note is queued for delivery. Who comes
    second to an invoice waits. Raise CreditTooHigh, NothingToCredit, AlreadyCredited or LineNotOnInvoice, each with
    nothing written.
    """
    invoice, seller = _load_invoice(session, invoice_id)
    issued_on = now.astimezone(ZoneInfo(seller.time_zone)).date()
    # The series first, then the account, by everyone: so nobody waits for each other.
    series = _lock_series(session, seller, issued_on)
    lock_accounts(session, [invoice.customer_id])
    _must_be_new(session, [line.finding for line in lines if line.finding is not None])
    draft = draft_note(load_invoiced(session, invoice), lines)
    note = _number(invoice, seller, series, draft)
    note.reason, note.issued_on, note.created_at = reason, issued_on, now
    note.parties = Parties.of(seller, session.get_one(Customer, note.customer_id)).as_json()
    note.to_credit_minor = max(0, draft.total_minor - _open_minor(session, invoice_id))
    _write(session, note, draft)
    _book(session, note, draft)
    if note.to_credit_minor:
        use_credit(session, [note.customer_id], now=now)
    enqueue_credit_notes(session, [note.id], now=now)
    return note


def credit_rest(session: Session, invoice_id: UUID, reason: CreditReason, *, now: datetime) -> CreditNote | None:
    """Take back all that is left of an invoice; None, with no document, if that is nothing."""
    items = session.scalars(select(LineItem.id).filter_by(invoice_id=invoice_id).order_by(LineItem.position)).all()
    try:
        return issue_credit_note(session, invoice_id, [CreditLine(item) for item in items], reason, now=now)
    except NothingToCredit:
        return None


def creditable(session: Session, invoice_id: UUID) -> Mapping[int, Money]:
    """Return what a credit note could still take back of each line item alone.

    Where tax has lines of its own it is net, and 0 for those: the tax follows by itself.
    """
    invoice, _ = _load_invoice(session, invoice_id)
    invoiced = load_invoiced(session, invoice)
    return {line.line_item_id: Money(creditable_minor(invoiced, line), invoiced.currency) for line in invoiced.lines}


def load_invoiced(session: Session, invoice: Invoice) -> Invoiced:
    """Return the invoice as it was issued, with all that credit notes took back."""
    credited = _sums(
        session,
        select(CreditNoteLine.line_item_id, func.sum(CreditNoteLine.amount_minor))
        .join(CreditNote, CreditNote.id == CreditNoteLine.credit_note_id)
        .where(CreditNote.invoice_id == invoice.id)
        .group_by(CreditNoteLine.line_item_id),
    )
    items = session.execute(
        select(LineItem.id, LineItem.tax_rate, LineItem.kind, LineItem.amount_minor)
        .where(LineItem.invoice_id == invoice.id)
        .order_by(LineItem.position)
    )
    return Invoiced(
        id=invoice.id,
        currency=invoice.currency,
        total_minor=invoice.total_minor,
        lines=tuple(
            InvoicedLine(item.id, item.tax_rate, item.kind is LineKind.TAX, item.amount_minor, credited.get(item.id, 0))
            for item in items
        ),
        taxes=_sums(session, select(InvoiceTax.tax_rate, InvoiceTax.tax_minor).filter_by(invoice_id=invoice.id)),
        credited_taxes=_sums(
            session,
            select(CreditNoteTax.tax_rate, func.sum(CreditNoteTax.tax_minor))
            .join(CreditNote, CreditNote.id == CreditNoteTax.credit_note_id)
            .where(CreditNote.invoice_id == invoice.id)
            .group_by(CreditNoteTax.tax_rate),
        ),
    )


def _sums(session: Session, query: Select[int, int]) -> dict[int, int]:
    # int: PostgreSQL sums integers to a decimal.
    return {key: int(minor) for key, minor in session.execute(query)}


def _load_invoice(session: Session, invoice_id: UUID) -> tuple[Invoice, Seller]:
    row = session.execute(
        select(Invoice, Seller).join(Seller, Seller.id == Invoice.seller_id).where(Invoice.id == invoice_id)
    ).one_or_none()
    if row is None:
        raise InvoiceNotFound(invoice_id)
    return row[0], row[1]


def _open_minor(session: Session, invoice_id: UUID) -> int:
    return int(session.scalars(select(OPEN_MINOR).where(Invoice.id == invoice_id)).one())


def _lock_series(session: Session, seller: Seller, issued_on: date) -> CreditNoteSeries:
    key = {"seller_id": seller.id, "year": issued_on.year}
    insert_if_absent(session, CreditNoteSeries, {**key, "last_sequence": 0})
    locked = select(CreditNoteSeries).filter_by(**key).with_for_update()
    return session.scalars(locked.execution_options(populate_existing=True)).one()


def _must_be_new(session: Session, findings: Sequence[str]) -> None:
    paid = session.execute(
        select(CreditNoteLine.finding, CreditNote.number)
        .join(CreditNote, CreditNote.id == CreditNoteLine.credit_note_id)
        .where(CreditNoteLine.finding.in_(findings))
    ).first()
    if paid is not None:
        raise AlreadyCredited(str(paid.finding), paid.number)


def _number(invoice: Invoice, seller: Seller, series: CreditNoteSeries, draft: NoteDraft) -> CreditNote:
    series.last_sequence += 1
    return CreditNote(
        id=uuid4(),
        seller_id=seller.id,
        customer_id=invoice.customer_id,
        invoice_id=invoice.id,
        number=f"{seller.country}-C-{series.year}-{series.last_sequence:06}",
        year=series.year,
        sequence=series.last_sequence,
        total_minor=draft.total_minor,
        currency=invoice.currency,
    )


def _write(session: Session, note: CreditNote, draft: NoteDraft) -> None:
    """Write the taxes last: they seal the note against further lines."""
    session.add(note)
    session.flush()
    for position, line in enumerate(draft.lines, 1):
        session.add(
            CreditNoteLine(
                credit_note_id=note.id,
                position=position,
                line_item_id=line.line_item_id,
                amount_minor=line.amount_minor,
                tax_rate=line.tax_rate,
                finding=line.finding,
            )
        )
    session.flush()
    for tax in draft.taxes:
        session.add(
            CreditNoteTax(
                credit_note_id=note.id,
                tax_rate=tax.tax_rate,
                gross_minor=tax.net_minor + tax.tax_minor,
                net_minor=tax.net_minor,
                tax_minor=tax.tax_minor,
            )
        )
    session.flush()


def _book(session: Session, note: CreditNote, draft: NoteDraft) -> None:
    def money(minor: int) -> Money:
        return Money(minor, note.currency)

    entries = [entry for tax in draft.taxes for entry in taxed_entries(money(tax.net_minor), money(tax.tax_minor))]
    entries.append(Entry(LedgerAccount.RECEIVABLE, money(note.to_credit_minor - note.total_minor)))
    entries.append(Entry(LedgerAccount.CUSTOMER_CREDIT, money(-note.to_credit_minor)))
    post(session, note.customer_id, TransactionKind.CREDIT_NOTE, note.number, note.issued_on, entries, note.created_at)
