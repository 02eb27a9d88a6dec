"""The page of an invoice: what is owed for what, until when, and how to pay it."""

from billing.db import JsonObject
from billing.documents.facts import InvoiceDocument
from billing.documents.formatting import Print
from billing.documents.page import added_taxes, common_page, in_fours, line_groups, tax_rows
from billing.documents.qr import PaymentCodeInvalid, epc_payload, qr_svg
from billing.documents.references import payment_reference
from billing.money import total


def invoice_page(facts: InvoiceDocument, language: str) -> JsonObject:
    written = Print(language)
    invoice, seller = facts.invoice, facts.parties.seller
    taxes = added_taxes(facts.lines, written)
    return common_page(facts.parties, written) | {
        "title": written.words("invoice.title", number=invoice.number),
        "author": seller.legal_name,
        "info": _info(facts, written),
        "intro": "",
        "groups": line_groups(facts.lines, written),
        "net_total": _net_total(facts, written),
        "added_taxes": taxes,
        "total": [written.words("invoice.total"), written.amount(facts.total)],
        "settled": _settled(facts, written),
        "tax_title": written.words(
            "invoice.tax_added" if added_taxes(facts.lines, written) else "invoice.tax_contained"
        ),
        "taxes": tax_rows(facts.taxes, written),
        "payment": _payment(facts, written),
        "closing": _closing(facts, written),
    }


def _info(facts: InvoiceDocument, written: Print) -> list[list[str]]:
    invoice = facts.invoice
    return [
        [written.words("invoice.number"), invoice.number],
        [written.words("invoice.issued_on"), written.day(invoice.issued_on)],
        [written.words("invoice.customer_number"), facts.parties.customer.number],
        [written.words("invoice.supply_period"), written.period(facts.period)],
        [written.words("invoice.due_on"), written.day(invoice.due_on)],
    ]


def _net_total(facts: InvoiceDocument, written: Print) -> list[str]:
    """Return the sum before tax where tax is added, else nothing."""
    taxes = added_taxes(facts.lines, written)
    if not taxes:
        return []
    net = total((tax.net for tax in facts.taxes), facts.invoice.currency)
    return [written.words("invoice.net_total"), written.amount(net)]


def _settled(facts: InvoiceDocument, written: Print) -> list[list[str]]:
    """Return what credit has paid and what is left to pay, where credit has paid anything."""
    if not facts.credit_used:
        return []
    return [
        [written.words("invoice.credit_used"), written.amount(-facts.credit_used)],
        [written.words("invoice.to_pay"), written.amount(facts.to_pay)],
    ]


def _closing(facts: InvoiceDocument, written: Print) -> str:
    if facts.to_pay:
        return ""
    return written.words("invoice.paid_from_credit" if facts.credit_used else "invoice.nothing_to_pay")


def _payment(facts: InvoiceDocument, written: Print) -> JsonObject | None:
    """Return how to pay; None when there is nothing to pay."""
    invoice, seller = facts.invoice, facts.parties.seller
    if not facts.to_pay:
        return None
    reference = payment_reference(seller.country, invoice.number)
    rows = [
        ("recipient", seller.legal_name),
        ("iban", in_fours(seller.iban)),
        ("bic", seller.bic),
        ("finnish_reference" if reference.finnish else "reference", reference.printed),
        ("pay_amount", written.amount(facts.to_pay)),
        ("due_on", written.day(invoice.due_on)),
    ]
    code = _code(facts, reference.rf)
    return {
        "title": written.words("invoice.payment"),
        "rows": [[written.words(f"invoice.{name}"), text] for name, text in rows if text],
        "qr": code,
        "qr_caption": written.words("invoice.qr_caption") if code else "",
        "qr_alt": written.words("invoice.qr_alt"),
    }


def _code(facts: InvoiceDocument, rf: str) -> str:
    """Draw the payment code; none where the guideline allows none, as for another currency."""
    seller = facts.parties.seller
    try:
        payload = epc_payload(
            name=seller.legal_name, iban=seller.iban, bic=seller.bic, amount=facts.to_pay, reference=rf
        )
    except PaymentCodeInvalid:
        return ""
    return qr_svg(payload)
