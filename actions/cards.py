"""Cards: the facts of an answer for those who see more than text. The web words them; the text says everything too."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from billing.explain.bill_changes import BillChange
from billing.invoices import InvoiceFacts
from billing.money import Money
from billing.periods import BillingPeriod

# Any: a card is a JSON document; its shapes are part of the protocol between bot and web.
Card = dict[str, Any]


def code_card(expires_at: str, length: int) -> Card:
    return {"type": "code", "expires_at": expires_at, "length": length}


def difference_card(change: BillChange) -> Card:
    return {
        "type": "difference",
        "currency": change.current_total.currency,
        "previous": _bill(change.previous_number, change.previous_period, change.previous_total),
        "current": _bill(change.current_number, change.current_period, change.current_total),
        "difference_minor": change.difference.minor,
        "causes": [
            {
                "code": str(cause.code),
                "amount_minor": cause.amount.minor,
                "recurring": cause.recurring,
                "facts": dict(cause.facts),
            }
            for cause in change.causes
        ],
        "expected_next_minor": None if change.expected_next is None else change.expected_next.minor,
    }


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


def _bill(number: str | None, period: BillingPeriod | None, total: Money | None) -> Card | None:
    if number is None or period is None or total is None:
        return None
    return {"number": number, "period": period.label, "total_minor": total.minor}
