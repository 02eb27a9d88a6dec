"""What is owed and by when, and whether a payment has arrived."""

from typing import ClassVar

from actions.base import Work
from actions.cards import bill_card, invoices_card
from actions.formatting import Wording
from actions.reply import Reply
from actions.sensitive import SensitiveAction
from billing.accounts import BalanceDue, balance_due
from billing.identity import Verification
from billing.payments import PaymentFacts, PaymentStatus, payment_status


class ActionTellBalanceDue(SensitiveAction):
    """What do I owe, and until when?"""

    intent: ClassVar[str] = "ask_balance_due"
    topic: ClassVar[str] = "payments"

    def name(self) -> str:
        return "action_tell_balance_due"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
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


class ActionTellPaymentStatus(SensitiveAction):
    """Has my payment arrived?"""

    intent: ClassVar[str] = "ask_payment_status"
    topic: ClassVar[str] = "payments"

    def name(self) -> str:
        return "action_tell_payment_status"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        wording = work.wording(verification.customer_id)
        status = payment_status(work.session, verification.customer_id, wording.today)
        if status.last_payment is None:
            reply.say("utter_payments_none_received")
        else:
            _tell_last_payment(status.last_payment, reply, wording)
        _tell_what_is_open(status, reply, wording)
        if status.late_fee is not None:
            reply.say("utter_payments_late_fee", amount=wording.amount(status.late_fee))
        if status.duplicate is not None:
            reply.say("utter_payments_duplicate", **_facts_of(status.duplicate, wording))


def _way(balance: BalanceDue) -> str:
    return "overdue" if balance.overdue else "due"


def _tell_last_payment(payment: PaymentFacts, reply: Reply, wording: Wording) -> None:
    facts = _facts_of(payment, wording)
    if payment.days_late is None:
        reply.say("utter_payments_received", **facts)
    else:
        reply.say("utter_payments_received_late", **facts, days=wording.days(payment.days_late))


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
        "number": payment.invoice_number,
    }
