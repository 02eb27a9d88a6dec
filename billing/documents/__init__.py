"""Invoices and credit notes as PDF, with a payment reference and a code for banking apps."""

from uuid import UUID

from sqlalchemy.orm import Session

from billing.documents.credit_note_page import credit_note_page
from billing.documents.facts import (
    CreditNoteDocument,
    DocumentNotFound,
    InvoiceDocument,
    load_credit_note,
    load_invoice,
)
from billing.documents.invoice_page import invoice_page
from billing.documents.pdf import render_pdf

__all__ = ["DocumentNotFound", "credit_note_pdf", "invoice_pdf", "load_credit_note", "load_invoice", "print_document"]


def invoice_pdf(session: Session, invoice_id: UUID, language: str | None = None) -> bytes:
    """Return the invoice as PDF, in the customer's language if none is named."""
    return print_document(load_invoice(session, invoice_id), language)


def credit_note_pdf(session: Session, credit_note_id: UUID, language: str | None = None) -> bytes:
    return print_document(load_credit_note(session, credit_note_id), language)


def print_document(facts: InvoiceDocument | CreditNoteDocument, language: str | None = None) -> bytes:
    """Lay out what was read; needs no session, and takes long enough to stay off an event loop."""
    language = language or facts.parties.customer.language
    if isinstance(facts, InvoiceDocument):
        return render_pdf(invoice_page(facts, language), dated=facts.invoice.issued_on)
    return render_pdf(credit_note_page(facts, language), dated=facts.note.issued_on)
