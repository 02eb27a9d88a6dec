"""Money back: what credit there is, the request after a plain yes, and what became of earlier ones."""

import json
from typing import ClassVar

from actions.amounts import find_amount
from actions.base import Work
from actions.formatting import Wording
from actions.offers import find_agreed_offer, key_of
from actions.reply import Reply
from actions.sensitive import ConfirmedAction, SensitiveAction, require_fresh_code
from billing.accounts import time_zone_of
from billing.db import JsonObject
from billing.identity import Verification
from billing.ledger.credited import find_latest_credit
from billing.ledger.refunds import RefundTooHigh, list_refunds, request_refund
from billing.models.payment import Refund, RefundStatus
from billing.money import Money
from billing.payments import PaymentStatus, payment_status

REASON = "customer_asks"
SLOT = "payments_offer"
REFUNDS_IN_TEXT = 3


class ActionOfferRefund(SensitiveAction):
    """Can I have my money back? Only what is in credit; money goes out after a fresh code alone."""

    intent: ClassVar[str] = "request_refund"
    topic: ClassVar[str] = "payments"

    def name(self) -> str:
        return "action_offer_refund"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        wording = work.wording(verification.customer_id)
        status = payment_status(work.session, verification.customer_id, wording.today)
        if not status.credit:
            _tell_waiting(work, reply, verification, wording)
            return
        require_fresh_code(work, verification)
        amount = find_amount(work, status.credit.currency) or status.credit
        credit = wording.amount(status.credit)
        _tell_duplicate(status, reply, wording)
        if amount > status.credit:
            reply.say("utter_payments_refund_too_much", credit=credit)
            amount = status.credit
        offer = _slot_of(amount)
        reply.remember(SLOT, offer)
        reply.say("utter_payments_refund_confirm", credit=credit, amount=wording.amount(amount), offer=key_of(offer))


class ActionRequestRefund(ConfirmedAction):
    """A yes to asking for the credit back: it goes before a person."""

    intent: ClassVar[str] = "confirm_refund"
    topic: ClassVar[str] = "payments"
    confirms: ClassVar[str] = "utter_payments_refund_confirm"
    asked_by: ClassVar[str] = "action_offer_refund"

    def name(self) -> str:
        return "action_request_refund"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        require_fresh_code(work, verification)
        slot = find_agreed_offer(work, SLOT)
        done = work.once("request_refund", lambda: _request(work, verification, slot))
        reply.remember(SLOT, None)
        if "minor" not in done:
            reply.say("utter_payments_refund_changed")
            reply.go_on_with(self.asked_by)
            return
        amount = work.wording(verification.customer_id).amount(Money(done["minor"], done["currency"]))
        reply.say("utter_payments_refund_requested", amount=amount)


class ActionTellRefundStatus(SensitiveAction):
    """Where is the money that I asked back?"""

    intent: ClassVar[str] = "refund_status"
    topic: ClassVar[str] = "payments"

    def name(self) -> str:
        return "action_tell_refund_status"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        wording = work.wording(verification.customer_id)
        credited = find_latest_credit(work.session, verification.customer_id)
        if credited is not None:
            reply.say(
                "utter_payments_refund_credit_note",
                amount=wording.amount(credited.amount),
                number=credited.invoice_number,
                issued_on=wording.day(credited.issued_on),
            )
        refunds = list_refunds(work.session, verification.customer_id)[:REFUNDS_IN_TEXT]
        for refund in refunds:
            _tell_refund(refund, work, reply, wording)
        credit = payment_status(work.session, verification.customer_id, wording.today).credit
        if credit:
            reply.say("utter_payments_credit", amount=wording.amount(credit))
        elif not refunds and credited is None:
            reply.say("utter_payments_refund_not_asked")


def _tell_waiting(work: Work, reply: Reply, verification: Verification, wording: Wording) -> None:
    """Say why nothing can be paid back: what was asked for before is no longer credit and waits."""
    refunds = list_refunds(work.session, verification.customer_id)
    waiting = [refund for refund in refunds if refund.status is RefundStatus.REQUESTED]
    for refund in waiting:
        _tell_refund(refund, work, reply, wording)
    if not waiting:
        reply.say("utter_payments_refund_none")


def _tell_refund(refund: Refund, work: Work, reply: Reply, wording: Wording) -> None:
    zone = time_zone_of(work.session, refund.customer_id)
    facts = {
        "amount": wording.amount(Money(refund.amount_minor, refund.currency)),
        "requested_on": wording.day(refund.requested_at.astimezone(zone).date()),
    }
    if refund.settled_at is None:
        reply.say("utter_payments_refund_waiting", **facts)
        return
    facts["settled_on"] = wording.day(refund.settled_at.astimezone(zone).date())
    if refund.status is RefundStatus.SENT:
        reply.say("utter_payments_refund_sent", **facts)
    else:
        reply.say("utter_payments_refund_refused", **facts)


def _tell_duplicate(status: PaymentStatus, reply: Reply, wording: Wording) -> None:
    payment = status.duplicate
    if payment is not None and payment.invoice_number is not None:
        reply.say(
            "utter_payments_refund_duplicate",
            amount=wording.amount(payment.amount),
            received_on=wording.day(payment.received_on),
            number=payment.invoice_number,
        )


def _slot_of(amount: Money) -> str:
    return json.dumps({"refund_minor": amount.minor, "currency": amount.currency})


def _request(work: Work, verification: Verification, slot: object) -> JsonObject:
    """Ask for exactly what was offered; nothing where the slot holds no such offer or the credit is gone."""
    offered = json.loads(slot) if isinstance(slot, str) and slot else {}
    if "refund_minor" not in offered:
        return {}
    amount = Money(int(offered["refund_minor"]), str(offered["currency"]))
    try:
        request_refund(work.session, verification.customer_id, amount, REASON, now=work.runtime.clock.now())
    except RefundTooHigh:
        return {}
    return {"minor": amount.minor, "currency": amount.currency}
