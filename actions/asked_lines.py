"""The lines of a bill in words, and those that a question about an amount means."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from actions.amounts import find_amount
from actions.base import Work
from actions.bill_choice import BILLS_KNOWN, find_named
from actions.formatting import Wording
from actions.reply import Reply
from billing.documents.facts import InvoiceDocument, LineFacts, load_invoice
from billing.documents.formatting import Print
from billing.documents.line_texts import line_detail, line_title
from billing.invoices import InvoiceFacts, list_invoices
from billing.models.invoice import LineItem
from billing.payments import currency_of
from billing.periods import BillingPeriod

# Half a year back somebody may still wonder about a charge.
BILLS_LOOKED_THROUGH = 6


@dataclass(frozen=True)
class AskedLines:
    """Lines of one bill, each of the amount that was asked about."""

    bill: InvoiceFacts
    document: InvoiceDocument
    lines: Sequence[LineFacts]


def find_asked_lines(work: Work, customer_id: UUID) -> AskedLines | None:
    """Return the lines of the amount named, on the bills named, else on the newest bill that has one."""
    asked = find_amount(work, currency_of(work.session, customer_id))
    if asked is None:
        return None
    bills = list_invoices(work.session, customer_id, limit=BILLS_KNOWN)
    named = find_named(work, bills, work.today(customer_id))
    for bill in bills[:BILLS_LOOKED_THROUGH] if named is None else named:
        document = load_invoice(work.session, bill.id)
        lines = [line for line in document.lines if abs(line.amount.minor) == asked.minor]
        if lines:
            return AskedLines(bill, document, lines)
    return None


def tell_lines(asked: AskedLines, reply: Reply, wording: Wording) -> None:
    written = [line_in_words(line, asked.document, Print(wording.language), wording) for line in asked.lines]
    month = wording.month(asked.bill.period.start)
    reply.say("utter_invoices_bill_line", month=month, number=asked.bill.number, lines="\n".join(written))


def line_in_words(line: LineFacts, document: InvoiceDocument, written: Print, wording: Wording) -> str:
    details = [_days(line.item, document, wording), line_detail(line.item, written)]
    detail = "; ".join(part for part in details if part)
    facts = {"title": line_title(line.item, written), "amount": wording.sum(line.amount)}
    return wording.words("bill_line_detail", **facts, detail=detail) if detail else wording.words("bill_line", **facts)


def _days(item: LineItem, document: InvoiceDocument, wording: Wording) -> str:
    """Name the days of a line that is not about the whole time of its bill."""
    days = BillingPeriod(item.period_start, item.period_end)
    if days == document.period:
        return ""
    if days.days == 1:
        return wording.day(days.start)
    return wording.words("bill_line_days", start=wording.day(days.start), end=wording.day(days.last_day))
