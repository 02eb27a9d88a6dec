"""The page of a credit note: what is taken back of which invoice."""

from billing.db import JsonObject
from billing.documents.facts import CreditNoteDocument
from billing.documents.formatting import Print
from billing.documents.page import added_taxes, common_page, line_groups, tax_rows
from billing.money import total


def credit_note_page(facts: CreditNoteDocument, language: str) -> JsonObject:
    written = Print(language)
    note = facts.note
    taxes = added_taxes(facts.lines, written)
    net = total((tax.net for tax in facts.taxes), note.currency)
    return common_page(facts.parties, written) | {
        "title": written.words("credit_note.title", number=note.number),
        "author": facts.parties.seller.legal_name,
        "info": _info(facts, written),
        "intro": written.words(f"credit_note.reason.{note.reason.value}", invoice=facts.invoice_number),
        "groups": line_groups(facts.lines, written),
        "net_total": [written.words("invoice.net_total"), written.amount(net)] if taxes else [],
        "added_taxes": taxes,
        "total": [written.words("credit_note.total"), written.amount(facts.total)],
        "settled": [],
        "tax_title": written.words("invoice.tax_added" if taxes else "invoice.tax_contained"),
        "taxes": tax_rows(facts.taxes, written),
        "payment": None,
        "closing": written.words("credit_note.closing"),
    }


def _info(facts: CreditNoteDocument, written: Print) -> list[list[str]]:
    note = facts.note
    return [
        [written.words("credit_note.number"), note.number],
        [written.words("credit_note.issued_on"), written.day(note.issued_on)],
        [written.words("invoice.customer_number"), facts.parties.customer.number],
        [written.words("credit_note.invoice"), facts.invoice_number],
        [written.words("credit_note.invoice_issued_on"), written.day(facts.invoice_issued_on)],
    ]
