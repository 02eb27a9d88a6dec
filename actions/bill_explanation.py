"""What one bill consists of: its lines as printed, with their amounts, and what they come to."""

from collections import defaultdict
from collections.abc import Sequence
from typing import ClassVar

from actions.amounts import find_amount
from actions.base import Work
from actions.bill_choice import button_about, choose_bill, find_named
from actions.cards import bill_card
from actions.formatting import MINUS, Wording
from actions.reply import Reply
from actions.sensitive import SensitiveAction
from billing.documents.facts import InvoiceDocument, LineFacts, load_invoice
from billing.documents.formatting import Print
from billing.documents.line_texts import line_detail, line_title
from billing.identity import Verification
from billing.invoices import InvoiceFacts, InvoiceStatus, list_invoices
from billing.models.invoice import LineItem
from billing.money import Money, total
from billing.periods import BillingPeriod
from billing.rating.kinds import LineKind

# A longer bill is told by sorts of charges.
LINES_IN_TEXT = 12
# Half a year back somebody may still wonder about a charge.
BILLS_LOOKED_THROUGH = 6


class ActionExplainBill(SensitiveAction):
    """What am I paying for on this bill?"""

    intent: ClassVar[str] = "explain_bill"
    topic: ClassVar[str] = "bills"

    def name(self) -> str:
        return "action_explain_bill"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        bill = choose_bill(work, reply, verification.customer_id, self.intent)
        if bill is None:
            return
        wording = work.wording(verification.customer_id)
        asked = _find_lines(work, bill, verification)
        if asked is None:
            document = load_invoice(work.session, bill.id)
            _tell_whole(document, bill, work, reply, wording)
        else:
            bill, document, lines = asked
            written = [_line(line, document, Print(wording.language), wording) for line in lines]
            month = wording.month(bill.period.start)
            reply.say("utter_invoices_bill_line", month=month, number=bill.number, lines="\n".join(written))
        _tell_state(bill, reply, wording)
        reply.show(bill_card(bill, wording.today))
        reply.remember("disputes_invoice", bill.number)


def _tell_whole(document: InvoiceDocument, bill: InvoiceFacts, work: Work, reply: Reply, wording: Wording) -> None:
    is_short = work.dialogue.is_text_message or len(document.lines) > LINES_IN_TEXT
    lines = _grouped(document.lines, wording) if is_short else _line_by_line(document, wording)
    reply.say(
        "utter_invoices_bill",
        month=wording.month(bill.period.start),
        number=bill.number,
        issued_on=wording.day(bill.issued_on),
        lines="\n".join(lines),
        total=_shown(bill.total, wording),
    )
    _tell_tax(document, reply, wording)
    _tell_credited(bill, reply, wording)


def _find_lines(
    work: Work, bill: InvoiceFacts, verification: Verification
) -> tuple[InvoiceFacts, InvoiceDocument, Sequence[LineFacts]] | None:
    """Return the lines of the amount that is asked about, on the bill named, else on the newest bill that has one."""
    asked = find_amount(work, bill.total.currency)
    if asked is None:
        return None
    newest = list_invoices(work.session, verification.customer_id, limit=BILLS_LOOKED_THROUGH)
    is_named = find_named(work, newest, work.today(verification.customer_id)) is not None
    for candidate in [bill] if is_named else newest:
        document = load_invoice(work.session, candidate.id)
        lines = [line for line in document.lines if abs(line.amount.minor) == asked.minor]
        if lines:
            return candidate, document, lines
    return None


def _tell_state(bill: InvoiceFacts, reply: Reply, wording: Wording) -> None:
    """Say whether it is paid, with what may be asked next about this very bill."""
    buttons = [
        button_about(bill, "why_bill_higher", wording.words("button.why")),
        button_about(bill, "dispute_charge", wording.words("button.wrong")),
    ]
    state = f"utter_invoices_bill_{_state_of(bill, wording)}"
    reply.offer(state, buttons, amount=wording.amount(bill.open_amount), due_on=wording.day(bill.due_on))


def _state_of(bill: InvoiceFacts, wording: Wording) -> str:
    if bill.status is InvoiceStatus.CREDITED:
        return "credited_in_full"
    return "overdue" if bill.is_overdue(wording.today) else str(bill.status)


def _tell_tax(document: InvoiceDocument, reply: Reply, wording: Wording) -> None:
    """Say the tax contained; where it is a line of its own, it was said already."""
    tax = total((rate.tax for rate in document.taxes), document.invoice.currency)
    if tax and all(line.item.kind is not LineKind.TAX for line in document.lines):
        reply.say("utter_invoices_bill_tax", amount=wording.amount(tax))


def _tell_credited(bill: InvoiceFacts, reply: Reply, wording: Wording) -> None:
    if bill.credited and bill.credited != bill.total:
        reply.say("utter_invoices_bill_credited", amount=wording.amount(bill.credited))


def _line_by_line(document: InvoiceDocument, wording: Wording) -> Sequence[str]:
    written = Print(wording.language)
    return [_line(line, document, written, wording) for line in document.lines]


def _line(line: LineFacts, document: InvoiceDocument, written: Print, wording: Wording) -> str:
    details = [_days(line.item, document, wording), line_detail(line.item, written)]
    detail = "; ".join(part for part in details if part)
    facts = {"title": line_title(line.item, written), "amount": _shown(line.amount, wording)}
    return wording.words("bill_line_detail", **facts, detail=detail) if detail else wording.words("bill_line", **facts)


def _days(item: LineItem, document: InvoiceDocument, wording: Wording) -> str:
    """Name the days of a line that is not about the whole time of its bill."""
    days = BillingPeriod(item.period_start, item.period_end)
    if days == document.period:
        return ""
    if days.days == 1:
        return wording.day(days.start)
    return wording.words("bill_line_days", start=wording.day(days.start), end=wording.day(days.last_day))


def _grouped(lines: Sequence[LineFacts], wording: Wording) -> Sequence[str]:
    """Add up what is of one sort, in the order of the bill."""
    amounts: dict[LineKind, list[Money]] = defaultdict(list)
    for line in lines:
        amounts[line.item.kind].append(line.amount)
    written = Print(wording.language)
    return [
        wording.words(
            "bill_line",
            title=written.words(f"line.kind.{kind.value}"),
            amount=_shown(total(parts, parts[0].currency), wording),
        )
        for kind, parts in amounts.items()
    ]


def _shown(amount: Money, wording: Wording) -> str:
    """Write what is taken off with a minus; what is charged stands as it is."""
    return (MINUS if amount.minor < 0 else "") + wording.amount(amount)
