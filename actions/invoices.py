"""Why a bill differs from the one before, which invoices there are, and copies of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from sqlalchemy import select

from actions.base import Work
from actions.bill_change_wording import head_of, next_of, sentence_of, shortened
from actions.bill_choice import (
    BILLS_AS_BUTTONS,
    BILLS_IN_TEXT,
    BILLS_KNOWN,
    ask_which,
    bill_button,
    button_about,
    find_named,
    line_of,
)
from actions.cards import invoices_card
from actions.contested import remember_contested
from actions.formatting import Wording
from actions.reply import Reply
from actions.sensitive import SensitiveAction
from actions.verdict_wording import tell_verdict
from billing.delivery import DeliveryAddress, send_copy
from billing.explain.bill_changes import BillChange
from billing.explain.card import difference_card
from billing.explanations import explain_between
from billing.identity import Verification
from billing.invoices import InvoiceFacts, list_invoices
from billing.outbox import OutboxMessage

A_PAIR = 2
# "Say that again" and "back" are no wish for another letter.
ONLY_TELLS_AGAIN = frozenset({"repeat", "go_back"})
# More copies than a year's are asked for by mistake, or by somebody who tries things.
COPIES_AT_ONCE = 12


class ActionExplainBillChange(SensitiveAction):
    """Why is this bill different from the one before, or from another?"""

    intent: ClassVar[str] = "why_bill_higher"
    topic: ClassVar[str] = "bills"

    def name(self) -> str:
        return "action_explain_bill_change"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        wording = work.wording(verification.customer_id)
        bills = list_invoices(work.session, verification.customer_id, limit=BILLS_KNOWN)
        named = find_named(work, bills, wording.today)
        if bills and named is not None and len(named) != 1 and not _is_pair(named):
            ask_which(reply, named, bills, wording, self.intent)
            return
        change = _explain(work, verification, bills, named)
        if change is None:
            reply.say("utter_invoices_none")
            return
        _tell_change(change, work, reply, wording)
        remember_contested(reply, next(bill for bill in bills if bill.number == change.current_number))
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
        lines = [line_of(invoice, wording) for invoice in invoices[:BILLS_IN_TEXT]]
        buttons = [bill_button(invoice, wording, "explain_bill") for invoice in invoices[:BILLS_AS_BUTTONS]]
        reply.offer("utter_invoices_list", buttons, lines="\n".join(lines))
        reply.show(invoices_card(invoices, wording.today))


class ActionSendInvoiceCopy(SensitiveAction):
    """Send me the bill once more: to the registered address and to no other."""

    intent: ClassVar[str] = "get_invoice_copy"
    topic: ClassVar[str] = "bills"

    def name(self) -> str:
        return "action_send_invoice_copy"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        wording = work.wording(verification.customer_id)
        bills = list_invoices(work.session, verification.customer_id, limit=BILLS_KNOWN)
        if not bills:
            reply.say("utter_invoices_none")
            return
        named = find_named(work, bills, wording.today)
        wanted = bills[:1] if named is None else named[:COPIES_AT_ONCE]
        if not wanted:
            ask_which(reply, wanted, bills, wording, self.intent)
            return
        addresses = [_send(work, verification, bill) for bill in wanted]
        if addresses[0] is None:
            reply.say("utter_invoices_copy_no_address")
        elif len(wanted) == 1:
            _tell_one_sent(wanted[0], addresses[0], reply, wording)
        else:
            months = ", ".join(wording.month(bill.period.start) for bill in wanted)
            count, address = wording.number(len(wanted)), addresses[0].masked
            reply.say("utter_invoices_copies_sent", months=months, count=count, address=address)


def _is_pair(named: Sequence[InvoiceFacts]) -> bool:
    """Tell whether two months were named, which are then compared with each other."""
    return len(named) == len({bill.period.start for bill in named}) == A_PAIR


def _explain(
    work: Work, verification: Verification, bills: Sequence[InvoiceFacts], named: Sequence[InvoiceFacts] | None
) -> BillChange | None:
    """Explain the bill named, or the newest; what comes next is said of the newest alone. None without any bill."""
    later = named[0].number if named else None
    earlier = named[1].number if named and len(named) == A_PAIR else None
    change = explain_between(work.session, verification.customer_id, earlier, later)
    if change is None or (earlier is None and change.current_period.start == bills[0].period.start):
        return change
    return replace(change, expected_next=None)


def _tell_change(change: BillChange, work: Work, reply: Reply, wording: Wording) -> None:
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


def _send(work: Work, verification: Verification, bill: InvoiceFacts) -> DeliveryAddress | None:
    turn = work.turn
    key = f"copy:{turn.conversation_id}:{turn.seq}:{bill.number}"
    if work.dialogue.intent in ONLY_TELLS_AGAIN:
        key = _key_of_copy_sent(work, bill) or key
    return send_copy(work.session, verification.customer_id, bill.id, dedupe_key=key, now=work.runtime.clock.now())


def _key_of_copy_sent(work: Work, bill: InvoiceFacts) -> str | None:
    """Return the key of a copy of that bill that this conversation has queued: with it none is queued again."""
    is_copy = OutboxMessage.dedupe_key.like(f"copy:{work.conversation_id}:%:{bill.number}")
    return work.session.scalars(select(OutboxMessage.dedupe_key).where(is_copy).limit(1)).one_or_none()


def _tell_one_sent(bill: InvoiceFacts, address: DeliveryAddress, reply: Reply, wording: Wording) -> None:
    explain = button_about(bill, "explain_bill", wording.words("button.explain"))
    month = wording.month(bill.period.start)
    reply.offer("utter_invoices_copy_sent", [explain], month=month, address=address.masked)
