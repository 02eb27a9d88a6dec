"""What is owed and by when, how to pay it, and whether a payment has arrived."""

from datetime import date, timedelta
from typing import ClassVar

from actions.base import Work
from actions.bill_state import find_named_bill, take_named_bill, tell_bill_state
from actions.cards import bill_card, invoices_card
from actions.formatting import Wording
from actions.payment_plans import tell_agreed
from actions.reply import Reply
from actions.sensitive import SensitiveAction
from billing.accounts import BalanceDue, balance_due
from billing.identity import Verification
from billing.payment_details import PaymentDetails, find_payment_details
from billing.payments import PaymentFacts, PaymentStatus, payment_status

# Who paid so lately does not wait for another payment to be seen.
SEEN_BY_NOW = timedelta(days=3)


class ActionTellBalanceDue(SensitiveAction):
    """What do I owe, and until when?"""

    intent: ClassVar[str] = "check_balance_due"
    topic: ClassVar[str] = "payments"

    def name(self) -> str:
        return "action_tell_balance_due"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        named = take_named_bill(work, reply, verification.customer_id, self.intent)
        if named.bill is not None:
            tell_bill_state(named.bill, work, reply, verification.customer_id)
        if named.bill is not None or named.is_asked_back:
            return
        wording = work.wording(verification.customer_id)
        balance = balance_due(work.session, verification.customer_id, wording.today)
        if balance.due_on is None:
            reply.say("utter_payments_nothing_due")
            return
        facts = {"amount": wording.amount(balance.amount), "due_on": wording.day(balance.due_on)}
        if len(balance.invoices) == 1:
            reply.say(f"utter_payments_{_way(balance)}", **facts)
            reply.show(bill_card(balance.invoices[0], wording.today))
        else:
            reply.say(f"utter_payments_{_way(balance)}_several", **facts, count=wording.number(len(balance.invoices)))
            reply.show(invoices_card(balance.invoices, wording.today))
        tell_agreed(work, reply, verification.customer_id)


class ActionTellPaymentStatus(SensitiveAction):
    """Has my payment arrived?"""

    intent: ClassVar[str] = "payment_status"
    topic: ClassVar[str] = "payments"

    def name(self) -> str:
        return "action_tell_payment_status"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        wording = work.wording(verification.customer_id)
        bill = find_named_bill(work, verification.customer_id)
        if bill is not None:
            tell_bill_state(bill, work, reply, verification.customer_id)
        status = payment_status(work.session, verification.customer_id, wording.today)
        if status.last_payment is None:
            reply.say("utter_payments_none_received")
        else:
            _tell_last_payment(status.last_payment, reply, wording)
        _tell_what_is_open(status, reply, wording)
        if status.late_fee is not None:
            reply.say("utter_payments_late_fee", amount=wording.amount(status.late_fee))
        if status.duplicate is not None and status.duplicate.invoice_number is not None:
            reply.say("utter_payments_duplicate", **_facts_of(status.duplicate, wording))
        elif _may_be_on_its_way(status, wording.today):
            reply.say("utter_payments_on_its_way")


class ActionTellHowToPay(SensitiveAction):
    """How and where do I pay?"""

    intent: ClassVar[str] = "make_payment"
    topic: ClassVar[str] = "payments"

    def name(self) -> str:
        return "action_tell_how_to_pay"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        named = take_named_bill(work, reply, verification.customer_id, self.intent)
        if named.is_asked_back:
            return
        number = None if named.bill is None else named.bill.number
        details = find_payment_details(work.session, verification.customer_id, number)
        if details is None and named.bill is not None:
            tell_bill_state(named.bill, work, reply, verification.customer_id)
            return
        if details is None:
            reply.say("utter_payments_nothing_due")
            return
        wording = work.wording(verification.customer_id)
        page = work.runtime.payment_page
        if details.iban:
            _tell_transfer(details, reply, wording)
        elif page is None:
            reply.say("utter_payments_how_by_person")
            return
        if page is not None:
            reply.say("utter_payments_link", link=details.link(page))
        reply.say("utter_payments_no_card_numbers")
        reply.show(bill_card(details.invoice, wording.today))


def _tell_transfer(details: PaymentDetails, reply: Reply, wording: Wording) -> None:
    overdue = "_overdue" if details.invoice.is_overdue(wording.today) else ""
    reply.say(
        f"utter_payments_how{overdue}",
        amount=wording.amount(details.invoice.open_amount),
        due_on=wording.day(details.invoice.due_on),
        iban=details.printed_iban,
        reference=details.reference.printed,
    )


def _way(balance: BalanceDue) -> str:
    return "overdue" if balance.overdue else "due"


def _tell_last_payment(payment: PaymentFacts, reply: Reply, wording: Wording) -> None:
    facts = _facts_of(payment, wording)
    if payment.invoice_number is None:
        reply.say("utter_payments_received_as_credit", **facts)
    elif payment.days_late is None:
        reply.say("utter_payments_received", **facts)
    else:
        reply.say("utter_payments_received_late", **facts, days=wording.days(payment.days_late))


def _may_be_on_its_way(status: PaymentStatus, today: date) -> bool:
    """Tell whether somebody may have paid what is overdue without our seeing it yet."""
    last = status.last_payment
    return status.overdue_since is not None and (last is None or today - last.received_on > SEEN_BY_NOW)


def _tell_what_is_open(status: PaymentStatus, reply: Reply, wording: Wording) -> None:
    amount = wording.amount(status.open_amount)
    if not status.open_amount:
        reply.say("utter_payments_all_paid")
    elif status.overdue_since is None:
        reply.say("utter_payments_open", amount=amount)
    else:
        reply.say("utter_payments_open_overdue", amount=amount, due_on=wording.day(status.overdue_since))


def _facts_of(payment: PaymentFacts, wording: Wording) -> dict[str, str]:
    return {
        "amount": wording.amount(payment.amount),
        "received_on": wording.day(payment.received_on),
        "number": payment.invoice_number or "",
    }
