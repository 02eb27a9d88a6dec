"""A document as the template prints it: every text worded, every amount written, nothing left to compute."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from billing.db import JsonObject
from billing.documents.facts import LineFacts, TaxFacts
from billing.documents.formatting import Print
from billing.documents.line_texts import line_detail, line_title
from billing.models.invoice import LineItem
from billing.parties import Parties
from billing.periods import BillingPeriod
from billing.rating.kinds import LineKind

LABELS = ("description", "period", "quantity", "unit_price", "tax_rate", "amount", "net", "tax", "gross", "page")


def common_page(parties: Parties, written: Print) -> JsonObject:
    """Return what every document shows: who writes to whom, and the words of the layout."""
    seller, customer = parties.seller, parties.customer
    return {
        "language": written.language,
        "labels": {name: written.words(f"invoice.{name}") for name in LABELS},
        "seller": {
            "name": seller.name,
            "lines": _present(seller.legal_name, seller.street, f"{seller.postal_code} {seller.city}"),
            "contact": _present(seller.email),
            "vat": written.words("invoice.vat_id", vat_id=seller.vat_id) if seller.vat_id else "",
            "bank": _present(in_fours(seller.iban), seller.bic),
        },
        "customer": _present(customer.name, customer.street, f"{customer.postal_code} {customer.city}"),
    }


def line_groups(lines: Sequence[LineFacts], written: Print) -> list[JsonObject]:
    """Return the lines under their contracts, in the invoice's order; what belongs to none comes last."""
    by_contract: dict[UUID | None, list[LineFacts]] = defaultdict(list)
    for line in _without_tax(lines):
        by_contract[line.item.contract_id].append(line)
    groups = sorted(by_contract.values(), key=lambda group: group[0].item.contract_id is None)
    return [
        {"heading": _heading(group[0], written, len(groups) > 1), "lines": [_row(line, written) for line in group]}
        for group in groups
    ]


def tax_rows(taxes: Iterable[TaxFacts], written: Print) -> list[list[str]]:
    return [
        [written.rate(tax.tax_rate), *(written.amount(amount) for amount in (tax.net, tax.tax, tax.gross))]
        for tax in taxes
    ]


def added_taxes(lines: Sequence[LineFacts], written: Print) -> list[list[str]]:
    """Return the taxes that stand on the document as lines, because its prices are net."""
    return [
        [written.words("invoice.added_tax", rate=written.rate(line.item.tax_rate)), written.amount(line.amount)]
        for line in lines
        if line.item.kind is LineKind.TAX
    ]


def in_fours(text: str) -> str:
    compact = text.replace(" ", "")
    return " ".join(compact[start : start + 4] for start in range(0, len(compact), 4))


def _without_tax(lines: Sequence[LineFacts]) -> list[LineFacts]:
    return [line for line in lines if line.item.kind is not LineKind.TAX]


def _heading(line: LineFacts, written: Print, is_needed: bool) -> str:
    """Name the contract; one without a number needs a heading only beside others."""
    if line.item.contract_id is None:
        return written.words("invoice.other_charges") if is_needed else ""
    return written.words("invoice.contract", number=line.contract_number) if line.contract_number else ""


def _row(line: LineFacts, written: Print) -> JsonObject:
    item = line.item
    period = BillingPeriod(item.period_start, item.period_end)
    return {
        "title": line_title(item, written),
        "detail": line_detail(item, written),
        "period": written.period(period),
        "quantity": written.quantity(item.quantity, item.unit) if item.unit else "",
        "unit_price": _unit_price(item, written),
        "tax_rate": written.rate(item.tax_rate),
        "amount": written.amount(line.amount),
    }


def _unit_price(item: LineItem, written: Print) -> str:
    """Graduated prices have no single one; the small print names them."""
    price = item.cause.get("unit_price_micro")
    is_single = isinstance(price, int) and "tier_1_from" not in item.cause
    return written.unit_price(int(price), item.currency) if item.unit and is_single and price is not None else ""


def _present(*texts: str) -> list[str]:
    return [text.strip() for text in texts if text.strip()]
