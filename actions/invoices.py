"""Why a bill differs from the last one, and which invoices there are."""

from typing import ClassVar

from actions.base import Work
from actions.bill_change_wording import head_of, next_of, sentence_of
from actions.cards import difference_card, invoices_card, shown_status
from actions.formatting import Wording
from actions.reply import Reply
from actions.sensitive import SensitiveAction
from billing.explain.bill_changes import CauseCode
from billing.explanations import explain_latest_change
from billing.identity import Verification
from billing.invoices import InvoiceFacts, list_invoices

# A text message and a voice have room for half a year; the card holds a whole one.
INVOICES_IN_TEXT = 6


class ActionExplainBillChange(SensitiveAction):
    """Why is my bill different from the last one?"""

    intent: ClassVar[str] = "ask_bill_change"
    topic: ClassVar[str] = "bills"

    def name(self) -> str:
        return "action_explain_bill_change"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        change = explain_latest_change(work.session, verification.customer_id)
        if change is None:
            reply.say("utter_invoices_none")
            return
        wording = work.wording(verification.customer_id)
        sentences = [
            head_of(change, wording),
            *(sentence_of(cause, change, wording) for cause in change.causes),
            next_of(change, wording),
        ]
        for sentence in sentences:
            if sentence is not None:
                reply.say(sentence.response, **sentence.facts)
        if any(cause.code is CauseCode.DUPLICATE_CHARGE for cause in change.causes):
            reply.say("utter_invoices_duplicate")
        reply.show(difference_card(change))


class ActionListInvoices(SensitiveAction):
    """Which invoices have I had, and are they paid?"""

    intent: ClassVar[str] = "list_invoices"
    topic: ClassVar[str] = "bills"

    def name(self) -> str:
        return "action_list_invoices"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        invoices = list_invoices(work.session, verification.customer_id)
        if not invoices:
            reply.say("utter_invoices_none")
            return
        wording = work.wording(verification.customer_id)
        lines = [line_of(invoice, wording) for invoice in invoices[:INVOICES_IN_TEXT]]
        reply.say("utter_invoices_list", lines="\n".join(lines))
        reply.show(invoices_card(invoices, wording.today))


def line_of(invoice: InvoiceFacts, wording: Wording) -> str:
    return wording.words(
        "invoice_line",
        month=wording.month_title(invoice.period.start),
        total=wording.amount(invoice.total),
        status=wording.words(f"status.{shown_status(invoice, wording.today)}", due_on=wording.day(invoice.due_on)),
    )
