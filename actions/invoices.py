"""Why a bill differs from the last one, and which invoices there are."""

from typing import ClassVar

from actions.base import Work
from actions.bill_change_wording import head_of, next_of, sentence_of, shortened
from actions.cards import difference_card, invoices_card, shown_status
from actions.formatting import Wording
from actions.reply import Reply
from actions.sensitive import SensitiveAction
from actions.verdict_wording import tell_verdict
from billing.delivery import send_copy
from billing.explanations import explain_latest_change
from billing.identity import Verification
from billing.invoices import InvoiceFacts, list_invoices

# A text message and a voice have room for half a year; the card holds a whole one.
INVOICES_IN_TEXT = 6


class ActionExplainBillChange(SensitiveAction):
    """Why is my bill different from the last one?"""

    intent: ClassVar[str] = "why_bill_higher"
    topic: ClassVar[str] = "bills"

    def name(self) -> str:
        return "action_explain_bill_change"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        change = explain_latest_change(work.session, verification.customer_id)
        if change is None:
            reply.say("utter_invoices_none")
            return
        wording = work.wording(verification.customer_id)
        told = shortened(change) if work.dialogue.is_text_message else change
        sentences = [
            head_of(told, wording),
            *(sentence_of(cause, told, wording) for cause in told.causes),
            next_of(told, wording),
        ]
        for sentence in sentences:
            if sentence is not None:
                reply.say(sentence.response, **sentence.facts)
        reply.show(difference_card(change))
        tell_verdict(work, reply, verification.customer_id)


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


class ActionSendInvoiceCopy(SensitiveAction):
    """Send me the bill once more: to the registered address and to no other."""

    intent: ClassVar[str] = "get_invoice_copy"
    topic: ClassVar[str] = "bills"

    def name(self) -> str:
        return "action_send_invoice_copy"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        newest = next(iter(list_invoices(work.session, verification.customer_id, limit=1)), None)
        if newest is None:
            reply.say("utter_invoices_none")
            return
        address = send_copy(
            work.session,
            verification.customer_id,
            newest.id,
            dedupe_key=f"copy:{work.turn.conversation_id}:{work.turn.seq}",
            now=work.runtime.clock.now(),
        )
        if address is None:
            reply.say("utter_invoices_copy_no_address")
            return
        month = work.wording(verification.customer_id).month(newest.period.start)
        reply.say("utter_invoices_copy_sent", month=month, address=address.masked)


def line_of(invoice: InvoiceFacts, wording: Wording) -> str:
    return wording.words(
        "invoice_line",
        month=wording.month_title(invoice.period.start),
        total=wording.amount(invoice.total),
        status=wording.words(f"status.{shown_status(invoice, wording.today)}", due_on=wording.day(invoice.due_on)),
    )
