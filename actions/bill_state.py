"""How one bill stands that was named in a question about paying: settled, open or overdue."""

from dataclasses import dataclass
from uuid import UUID

from actions.base import Work
from actions.bill_choice import BILLS_KNOWN, ask_which, find_named
from actions.cards import bill_card
from actions.periods import find_span
from actions.reply import Reply
from billing.invoices import InvoiceFacts, InvoiceStatus, list_invoices
from billing.payments import paid_on


@dataclass(frozen=True)
class Named:
    """The one bill that was named, if it was one; or the question back that was asked."""

    bill: InvoiceFacts | None = None
    is_asked_back: bool = False


def take_named_bill(work: Work, reply: Reply, customer_id: UUID, intent: str) -> Named:
    """Return the bill named; ask back where there is no such bill. Of several named at once all is told."""
    if _speaks_of_now(work, customer_id):
        return Named()
    wording = work.wording(customer_id)
    bills = list_invoices(work.session, customer_id, limit=BILLS_KNOWN)
    named = find_named(work, bills, wording.today, by_day=False)
    if not bills or named is None or len(named) > 1:
        return Named()
    if not named:
        ask_which(reply, named, bills, wording, intent)
        return Named(is_asked_back=True)
    return Named(named[0])


def find_named_bill(work: Work, customer_id: UUID) -> InvoiceFacts | None:
    """Return the bill if exactly one was named; ask nothing back."""
    bills = list_invoices(work.session, customer_id, limit=BILLS_KNOWN)
    named = () if _speaks_of_now(work, customer_id) else find_named(work, bills, work.today(customer_id), by_day=False)
    return named[0] if named and len(named) == 1 else None


def tell_bill_state(bill: InvoiceFacts, work: Work, reply: Reply, customer_id: UUID) -> None:
    wording = work.wording(customer_id)
    month, amount, due_on = wording.month(bill.period.start), wording.amount(bill.open_amount), wording.day(bill.due_on)
    last_paid = paid_on(work.session, bill.id)
    if bill.status is InvoiceStatus.OPEN:
        way = "overdue" if bill.is_overdue(wording.today) else "open"
        reply.say(f"utter_payments_bill_{way}", month=month, amount=amount, due_on=due_on)
    elif bill.status is InvoiceStatus.PAID and last_paid is not None:
        total, day = wording.amount(bill.total), wording.day(last_paid)
        reply.say("utter_payments_bill_paid", month=month, total=total, paid_on=day)
    else:
        reply.say("utter_payments_bill_settled", month=month)
    reply.show(bill_card(bill, wording.today))


def _speaks_of_now(work: Work, customer_id: UUID) -> bool:
    """Tell whether the month named is this one or a coming one: when to pay, and not which bill."""
    today = work.today(customer_id)
    span = find_span(work.dialogue.invoice_period or "", today)
    return span is not None and span.end > today and work.dialogue.invoice_number is None
