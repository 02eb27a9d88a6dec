"""No service: whether unpaid bills are behind it, and what brings it back."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import ClassVar
from uuid import UUID

from actions.base import Work
from actions.handoff import hand_over
from actions.reply import Reply
from actions.sensitive import SensitiveAction
from billing.dunning.dunning_accounts import load_overdue
from billing.dunning.plan import CUT_OFF_RULE, OverdueInvoice
from billing.identity import Verification
from billing.models.dunning import DunningKind
from billing.money import Money, total
from billing.rating.errors import RatingError
from billing.terms.cancellations import law_for
from billing.terms.running_contracts import last_end, list_running_contracts


class ActionTellSuspension(SensitiveAction):
    """My line is cut off: what billing knows about it."""

    intent: ClassVar[str] = "service_suspended"
    topic: ClassVar[str] = "payments"

    def name(self) -> str:
        return "action_tell_suspension"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        customer_id, today = verification.customer_id, work.today(verification.customer_id)
        if not _has_running_contract(work, customer_id, today):
            _tell_ended(work, reply, customer_id, today)
            return
        overdue = load_overdue(work.session, [customer_id], today).get(customer_id, ())
        claimed = [invoice for invoice in overdue if invoice.claim]
        if not claimed:
            reply.say("utter_contracts_not_suspended")
            hand_over(work, reply, reason="technical")
            return
        _tell_overdue(work, reply, customer_id, claimed)
        reply.say("utter_contracts_switch_on")


def _has_running_contract(work: Work, customer_id: UUID, today: date) -> bool:
    try:
        return bool(list_running_contracts(work.session, customer_id, today))
    except RatingError:
        # One that cannot be read is one.
        return True


def _tell_ended(work: Work, reply: Reply, customer_id: UUID, today: date) -> None:
    ended_on = last_end(work.session, customer_id, today)
    if ended_on is None:
        reply.say("utter_contracts_none_running")
    else:
        last_day = work.wording(customer_id).day(ended_on - timedelta(days=1))
        reply.say("utter_contracts_ended", day=last_day)
    hand_over(work, reply, reason="contract_ended")


def _tell_overdue(work: Work, reply: Reply, customer_id: UUID, overdue: Sequence[OverdueInvoice]) -> None:
    wording = work.wording(customer_id)
    amount = _sum(overdue)
    warned_on = _warned_on(overdue)
    facts = {"amount": wording.amount(amount), "due_on": wording.day(min(invoice.due_on for invoice in overdue))}
    rule = None if warned_on is None else law_for(work.session, customer_id).find(CUT_OFF_RULE, warned_on)
    if warned_on is None:
        reply.say("utter_contracts_overdue_unwarned", **facts)
    elif rule is None:
        reply.say("utter_contracts_overdue_warned", **facts, sent_on=wording.day(warned_on))
    else:
        stop_on = wording.day(warned_on + timedelta(days=rule.number("warning_days")))
        reply.say("utter_contracts_overdue_stops", **facts, sent_on=wording.day(warned_on), stop_on=stop_on)


def _warned_on(overdue: Sequence[OverdueInvoice]) -> date | None:
    """Return the day of the warning that the service may stop; one speaks for the whole account."""
    warnings = [step for invoice in overdue for step in invoice.steps if step.kind is DunningKind.CUT_OFF_WARNING]
    return max((step.sent_on for step in warnings), default=None)


def _sum(overdue: Sequence[OverdueInvoice]) -> Money:
    return total((invoice.claim for invoice in overdue), overdue[0].claim.currency)
