"""Cards: the facts of an answer for those who see more than text. The web words them; the text says everything too."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from billing.invoices import InvoiceFacts

# Any: a card is a JSON document; its shapes are part of the protocol between bot and web.
Card = dict[str, Any]


def code_card(expires_at: str, length: int) -> Card:
    return {"type": "code", "expires_at": expires_at, "length": length}


def invoices_card(invoices: Sequence[InvoiceFacts], today: date) -> Card:
    return {
        "type": "invoices",
        "currency": invoices[0].total.currency,
        "items": [_invoice(invoice, today) for invoice in invoices],
    }


def bill_card(invoice: InvoiceFacts, today: date) -> Card:
    card = {"type": "bill", "currency": invoice.total.currency, **_invoice(invoice, today)}
    return {**card, "open_minor": invoice.open_amount.minor}


def shown_status(invoice: InvoiceFacts, today: date) -> str:
    return "overdue" if invoice.is_overdue(today) else str(invoice.status)


def _invoice(invoice: InvoiceFacts, today: date) -> Card:
    return {
        "number": invoice.number,
        "period": invoice.period.label,
        "total_minor": invoice.total.minor,
        "due_on": invoice.due_on.isoformat(),
        "status": shown_status(invoice, today),
    }
