"""Which bill a customer means: by its number, its month or day, or its place; and the question back where none fits."""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from actions.base import Work
from actions.cards import shown_status
from actions.formatting import Wording
from actions.periods import find_past_day, find_place, find_span
from actions.reply import Reply
from billing.invoices import InvoiceFacts, list_invoices
from billing.periods import BillingPeriod

# A text message and a voice have room for half a year.
BILLS_IN_TEXT = 6
BILLS_AS_BUTTONS = 3
# Twenty years of monthly bills: older ones are named to a person.
BILLS_KNOWN = 240
THIS_MONTH = "month+0"
_NO_CHARACTERS_OF_A_NUMBER = re.compile(r"[\W_]+")


def choose_bill(work: Work, reply: Reply, customer_id: UUID, intent: str) -> InvoiceFacts | None:
    """Return the bill meant, the newest if none was named. Where it is not one, ask back and return None.

    `intent` is the question that the choice goes to.
    """
    bills = list_invoices(work.session, customer_id, limit=BILLS_KNOWN)
    wording = work.wording(customer_id)
    named = find_named(work, bills, wording.today)
    if not bills:
        reply.say("utter_invoices_none")
    elif named is None:
        return bills[0]
    elif len(named) == 1:
        return named[0]
    else:
        ask_which(reply, named, bills, wording, intent)
    return None


def ask_which(
    reply: Reply, named: Sequence[InvoiceFacts], bills: Sequence[InvoiceFacts], wording: Wording, intent: str
) -> None:
    """Show the bills among which to choose: those that fit, or all where none does."""
    shown = named or bills
    lines = "\n".join(line_of(bill, wording) for bill in shown[:BILLS_IN_TEXT])
    buttons = [bill_button(bill, wording, intent) for bill in shown[:BILLS_AS_BUTTONS]]
    reply.offer("utter_invoices_which" if named else "utter_invoices_unknown", buttons, lines=lines)


def find_named(
    work: Work, bills: Sequence[InvoiceFacts], today: date, *, by_day: bool = True
) -> Sequence[InvoiceFacts] | None:
    """Return the bills that the customer named, the newest first; None if none was named at all.

    Not `by_day` where a day in the message is that of a payment.
    """
    number = work.dialogue.invoice_number
    if number is not None:
        return [bill for bill in bills if _plain(bill.number) == _plain(number)]
    periods = _said(work, "period")
    if periods:
        return _without_repeats(bill for period in periods for bill in _bills_of(period, bills, today))
    day = work.dialogue.find_entity("date") if by_day else None
    return None if day is None else _bills_of_day(day, bills, today)


def line_of(invoice: InvoiceFacts, wording: Wording) -> str:
    return wording.words(
        "invoice_line",
        month=wording.month_title(invoice.period.start),
        total=wording.sum(invoice.total),
        status=wording.words(f"status.{shown_status(invoice, wording.today)}", due_on=wording.day(invoice.due_on)),
    )


def bill_button(bill: InvoiceFacts, wording: Wording, intent: str) -> dict[str, str]:
    month, amount = wording.month_title(bill.period.start), wording.sum(bill.total)
    return button_about(bill, intent, wording.words("button.bill", month=month, total=amount))


def button_about(bill: InvoiceFacts, intent: str, title: str) -> dict[str, str]:
    """Make a button that asks about this very bill."""
    return {"title": title, "payload": f"/{intent}" + json.dumps({"invoice_number": bill.number})}


def _said(work: Work, entity: str) -> Sequence[str]:
    return work.dialogue.find_entities(entity)


def _bills_of(symbol: str, bills: Sequence[InvoiceFacts], today: date) -> Sequence[InvoiceFacts]:
    place = find_place(symbol)
    if place is not None:
        return bills[place.skip : place.skip + place.count]
    span = find_span(symbol, today)
    if span is None:
        return []
    found = [bill for bill in bills if bill.period.start in span] or [bill for bill in bills if _holds(bill, span)]
    if not found and symbol == THIS_MONTH:
        # "This month's bill" is the one that came this month.
        return [bill for bill in bills if bill.issued_on in span]
    return found


def _bills_of_day(symbol: str, bills: Sequence[InvoiceFacts], today: date) -> Sequence[InvoiceFacts]:
    """Return the bills of that day: issued or due on it, else those whose time it lies in."""
    day = find_past_day(symbol, today)
    if day is None:
        return []
    return [bill for bill in bills if day in (bill.issued_on, bill.due_on)] or [
        bill for bill in bills if day in bill.period
    ]


def _holds(bill: InvoiceFacts, span: BillingPeriod) -> bool:
    return span.start in bill.period


def _without_repeats(bills: Iterable[InvoiceFacts]) -> Sequence[InvoiceFacts]:
    return sorted({bill.id: bill for bill in bills}.values(), key=lambda bill: bill.period.start, reverse=True)


def _plain(number: str) -> str:
    return _NO_CHARACTERS_OF_A_NUMBER.sub("", number).casefold()
