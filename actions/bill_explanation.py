"""What one bill consists of: its lines as printed, with their amounts, and what they come to."""

from collections import defaultdict
from collections.abc import Sequence
from typing import ClassVar

from actions.asked_lines import find_asked_lines, line_in_words, tell_lines
from actions.base import Work
from actions.bill_choice import button_about, choose_bill
from actions.cards import bill_card
from actions.contested import remember_contested
from actions.formatting import Wording
from actions.reply import Reply
from actions.sensitive import SensitiveAction
from billing.documents.facts import InvoiceDocument, LineFacts, load_invoice
from billing.documents.formatting import Print
from billing.identity import Verification
from billing.invoices import InvoiceFacts, InvoiceStatus
from billing.money import Money, total
from billing.rating.kinds import LineKind

# A longer bill is told by sorts of charges.
LINES_IN_TEXT = 12


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
        asked = find_asked_lines(work, verification.customer_id)
        if asked is None:
            _tell_whole(load_invoice(work.session, bill.id), bill, work, reply, wording)
        else:
            bill = asked.bill
            tell_lines(asked, reply, wording)
        _tell_state(bill, reply, wording)
        reply.show(bill_card(bill, wording.today))
        remember_contested(reply, bill, asked.lines if asked else ())


def _tell_whole(document: InvoiceDocument, bill: InvoiceFacts, work: Work, reply: Reply, wording: Wording) -> None:
    is_short = work.dialogue.is_text_message or len(document.lines) > LINES_IN_TEXT
    lines = _grouped(document.lines, wording) if is_short else _line_by_line(document, wording)
    reply.say(
        "utter_invoices_bill",
        month=wording.month(bill.period.start),
        number=bill.number,
        issued_on=wording.day(bill.issued_on),
        lines="\n".join(lines),
        total=wording.sum(bill.total),
    )
    _tell_tax(document, reply, wording)
    _tell_credited(bill, reply, wording)


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
    return [line_in_words(line, document, written, wording) for line in document.lines]


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
            amount=wording.sum(total(parts, parts[0].currency)),
        )
        for kind, parts in amounts.items()
    ]
