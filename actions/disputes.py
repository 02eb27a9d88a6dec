"""Whether the charges are right, what is put right at once, and objections that a person answers."""

from datetime import date
from typing import ClassVar

from actions.asked_lines import find_asked_lines, tell_lines
from actions.base import Work
from actions.bill_choice import BILLS_KNOWN, choose_bill, find_named
from actions.contested import Contested, find_contested, remember_contested
from actions.reply import Reply
from actions.sensitive import ConfirmedAction, SensitiveAction
from actions.verdict_wording import tell_verdict
from billing.audits import audit_account, credit_findings
from billing.db import JsonObject
from billing.disputes.disputes import OPEN, NothingToDispute, list_disputes, open_dispute
from billing.identity import Verification
from billing.invoices import InvoiceFacts, list_invoices
from billing.money import Money
from billing.payments import currency_of

REASON = "customer_objects"


class ActionCheckCharges(SensitiveAction):
    """Something is wrong with my bill: it is checked before anybody argues."""

    intent: ClassVar[str] = "dispute_charge"
    topic: ClassVar[str] = "bills"

    def name(self) -> str:
        return "action_check_charges"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        # The whole account is checked, whatever was named; an objection is then about that bill or charge.
        asked = find_asked_lines(work, verification.customer_id)
        if asked is not None:
            tell_lines(asked, reply, work.wording(verification.customer_id))
            remember_contested(reply, asked.bill, asked.lines)
        else:
            remember_contested(reply, _find_only_named(work, verification))
        tell_verdict(work, reply, verification.customer_id)


class ActionCorrectCharges(ConfirmedAction):
    """A yes to the correction that was offered."""

    intent: ClassVar[str] = "accept_correction"
    topic: ClassVar[str] = "bills"
    confirms: ClassVar[str] = "utter_disputes_offer"
    asked_by: ClassVar[str] = "action_check_charges"

    def name(self) -> str:
        return "action_correct_charges"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        def correct() -> JsonObject:
            today = work.today(verification.customer_id)
            owed = audit_account(work.session, verification.customer_id, today=today).owed
            notes = credit_findings(work.session, verification.customer_id, now=work.runtime.clock.now())
            minor = sum(note.total_minor for note in notes)
            return {"numbers": [note.number for note in notes], "minor": minor, "rest": owed.minor > minor}

        done = work.once("correct_charges", correct)
        if not done["numbers"]:
            reply.say("utter_disputes_unclear" if done["rest"] else "utter_disputes_nothing_to_correct")
            return
        wording = work.wording(verification.customer_id)
        amount = Money(done["minor"], currency_of(work.session, verification.customer_id))
        reply.say("utter_disputes_corrected", amount=wording.amount(amount), number=", ".join(done["numbers"]))
        if done["rest"]:
            reply.say("utter_disputes_unclear")


class ActionConfirmDispute(SensitiveAction):
    """I disagree: what an objection does is said before it is passed on."""

    intent: ClassVar[str] = "open_dispute"
    topic: ClassVar[str] = "bills"

    def name(self) -> str:
        return "action_confirm_dispute"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        contested = find_contested(work, verification)
        if contested is None or _is_bill_named(work, verification):
            bill = choose_bill(work, reply, verification.customer_id, self.intent)
            contested = None if bill is None else Contested(bill, ())
        if contested is None:
            return
        wording = work.wording(verification.customer_id)
        remember_contested(reply, contested.bill, contested.lines)
        amount = wording.amount(contested.amount(work))
        reply.say("utter_disputes_confirm", what=contested.in_words(wording), amount=amount)


class ActionOpenDispute(ConfirmedAction):
    """A yes to passing the objection on."""

    intent: ClassVar[str] = "confirm_dispute"
    topic: ClassVar[str] = "bills"
    confirms: ClassVar[str] = "utter_disputes_confirm"
    asked_by: ClassVar[str] = "action_confirm_dispute"

    def name(self) -> str:
        return "action_open_dispute"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        contested = find_contested(work, verification)
        if contested is None:
            # Nothing says which bill the yes was about.
            reply.go_on_with(self.asked_by)
            return
        done = work.once("open_dispute", lambda: _open(work, verification, contested))
        if done["outcome"] == "utter_disputes_nothing_to_correct":
            reply.say("utter_disputes_nothing_to_correct")
            return
        answer_by = work.wording(verification.customer_id).day(date.fromisoformat(done["answer_by"]))
        reply.say(done["outcome"], answer_by=answer_by)


def _open(work: Work, verification: Verification, contested: Contested) -> JsonObject:
    now, bill = work.runtime.clock.now(), contested.bill
    try:
        dispute = open_dispute(work.session, verification.customer_id, bill.id, contested.line_ids, REASON, now=now)
    except NothingToDispute:
        return _already_open(work, verification, bill)
    outcome = "utter_disputes_opened_late" if dispute.late else "utter_disputes_opened"
    return {"outcome": outcome, "answer_by": dispute.answer_by.isoformat()}


def _already_open(work: Work, verification: Verification, invoice: InvoiceFacts) -> JsonObject:
    for dispute in list_disputes(work.session, verification.customer_id):
        if dispute.invoice_id == invoice.id and dispute.status in OPEN:
            return {"outcome": "utter_disputes_open_already", "answer_by": dispute.answer_by.isoformat()}
    return {"outcome": "utter_disputes_nothing_to_correct"}


def _find_only_named(work: Work, verification: Verification) -> InvoiceFacts | None:
    """Return the bill named; None where none, no known one or several were named."""
    bills = list_invoices(work.session, verification.customer_id, limit=BILLS_KNOWN)
    named = find_named(work, bills, work.today(verification.customer_id)) or ()
    return named[0] if len(named) == 1 else None


def _is_bill_named(work: Work, verification: Verification) -> bool:
    bills = list_invoices(work.session, verification.customer_id, limit=BILLS_KNOWN)
    return find_named(work, bills, work.today(verification.customer_id)) is not None
