"""What a document says, read from the database in one go, so that it is laid out outside any transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.documents.credit_used import credit_used
from billing.errors import NotFound
from billing.models.contract import Contract
from billing.models.credit_note import CreditNote, CreditNoteLine, CreditNoteTax
from billing.models.customer import Customer
from billing.models.invoice import Invoice, InvoiceTax, LineItem
from billing.models.seller import Seller
from billing.money import Money
from billing.parties import Parties
from billing.periods import BillingPeriod


class DocumentNotFound(NotFound):
    """There is no invoice or credit note with this id."""

    def __init__(self, document_id: UUID) -> None:
        super().__init__(f"no document {document_id}")
        self.document_id = document_id


@dataclass(frozen=True, slots=True)
class TaxFacts:
    """What the lines of one rate come to."""

    tax_rate: int
    net: Money
    tax: Money
    gross: Money


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line item and, on a credit note, how much of it is taken back."""

    item: LineItem
    amount: Money
    contract_number: str | None


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """An issued invoice, whole; `credit_used_minor` is what credit had paid of it when it was issued."""

    parties: Parties
    invoice: Invoice
    lines: Sequence[LineFacts]
    taxes: Sequence[TaxFacts]
    credit_used_minor: int = 0

    @property
    def total(self) -> Money:
        return Money(self.invoice.total_minor, self.invoice.currency)

    @property
    def credit_used(self) -> Money:
        return Money(self.credit_used_minor, self.invoice.currency)

    @property
    def to_pay(self) -> Money:
        return self.total - self.credit_used

    @property
    def period(self) -> BillingPeriod:
        return BillingPeriod(self.invoice.period_start, self.invoice.period_end)


@dataclass(frozen=True, slots=True)
class CreditNoteDocument:
    """An issued credit note, whole, and the invoice that it corrects."""

    parties: Parties
    note: CreditNote
    invoice_number: str
    invoice_issued_on: date
    lines: Sequence[LineFacts]
    taxes: Sequence[TaxFacts]

    @property
    def total(self) -> Money:
        return Money(self.note.total_minor, self.note.currency)


def load_invoice(session: Session, invoice_id: UUID) -> InvoiceDocument:
    invoice = session.get(Invoice, invoice_id)
    if invoice is None:
        raise DocumentNotFound(invoice_id)
    items = session.scalars(select(LineItem).filter_by(invoice_id=invoice_id).order_by(LineItem.position)).all()
    numbers = _contract_numbers(session, items)
    lines = [LineFacts(item, Money(item.amount_minor, item.currency), numbers.get(item.contract_id)) for item in items]
    taxes = session.scalars(select(InvoiceTax).filter_by(invoice_id=invoice_id).order_by(InvoiceTax.tax_rate)).all()
    parties = _parties(session, invoice)
    used = credit_used(session, [invoice_id])[invoice_id]
    return InvoiceDocument(parties, invoice, lines, [_tax_facts(tax, invoice.currency) for tax in taxes], used)


def load_credit_note(session: Session, credit_note_id: UUID) -> CreditNoteDocument:
    note = session.get(CreditNote, credit_note_id)
    if note is None:
        raise DocumentNotFound(credit_note_id)
    invoice = session.get_one(Invoice, note.invoice_id)
    rows = session.execute(
        select(CreditNoteLine, LineItem)
        .join(LineItem, LineItem.id == CreditNoteLine.line_item_id)
        .where(CreditNoteLine.credit_note_id == credit_note_id)
        .order_by(CreditNoteLine.position)
    ).all()
    numbers = _contract_numbers(session, [item for _, item in rows])
    lines = [
        LineFacts(item, Money(line.amount_minor, note.currency), numbers.get(item.contract_id)) for line, item in rows
    ]
    taxes = session.scalars(
        select(CreditNoteTax).filter_by(credit_note_id=credit_note_id).order_by(CreditNoteTax.tax_rate)
    ).all()
    written = [_tax_facts(tax, note.currency) for tax in taxes]
    return CreditNoteDocument(_parties(session, note), note, invoice.number, invoice.issued_on, lines, written)


def _parties(session: Session, document: Invoice | CreditNote) -> Parties:
    """Return them as they were when it was issued; of one that was made elsewhere as they are now."""
    if document.parties is not None:
        return Parties.from_json(document.parties)
    return Parties.of(session.get_one(Seller, document.seller_id), session.get_one(Customer, document.customer_id))


def _contract_numbers(session: Session, items: Sequence[LineItem]) -> Mapping[UUID | None, str | None]:
    ids = {item.contract_id for item in items if item.contract_id is not None}
    rows = session.execute(select(Contract.id, Contract.number).where(Contract.id.in_(ids)))
    return {row.id: row.number for row in rows}


def _tax_facts(row: InvoiceTax | CreditNoteTax, currency: str) -> TaxFacts:
    amounts = (Money(minor, currency) for minor in (row.net_minor, row.tax_minor, row.gross_minor))
    return TaxFacts(row.tax_rate, *amounts)
