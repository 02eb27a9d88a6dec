"""Discounts: those that are agreed are told, those that somebody asks for or speaks of go to a person with a reason."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from actions.base import Work
from actions.contracts import cheaper_plans
from actions.formatting import Wording
from actions.handoff import hand_over
from actions.plan_wording import change_button, discount_line, plan_name
from actions.reply import Reply
from actions.sensitive import SensitiveAction
from billing.errors import SaldoError
from billing.identity import Verification
from billing.rating.terms import DiscountTerms
from billing.terms.running_contracts import list_running_contracts

# A button's value: the customer wants a person to look at it.
PERSON = "person"
# An end longer ago is not what somebody misses on the newest bill.
LATELY = timedelta(days=92)


class ActionAnswerDiscountWish(SensitiveAction):
    """Is there a discount for me? First the facts, then a person."""

    intent: ClassVar[str] = "ask_discount"
    topic: ClassVar[str] = "contracts"

    def name(self) -> str:
        return "action_answer_discount_wish"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        if work.dialogue.find_entity(PERSON) or work.dialogue.intents_in_a_row({self.intent}) > 1:
            hand_over(work, reply, reason="discount")
            return
        wording = work.wording(verification.customer_id)
        lines = _lines(work, verification, wording)
        if lines:
            reply.say("utter_contracts_discounts", discounts=lines)
        cheaper = cheaper_plans(work, verification)
        if not cheaper:
            reply.say("utter_contracts_discount_by_person")
            hand_over(work, reply, reason="discount")
            return
        for plan in cheaper:
            saving = wording.amount(plan.option.saving_per_month)
            reply.say("utter_contracts_discount_plan", plan=plan_name(plan.option.plan_name, wording), saving=saving)
        changes = [change_button(plan.choice, wording) for plan in cheaper if plan.choice is not None]
        reply.offer("utter_contracts_discount_or_plan", [*changes, person_button(self.intent, wording)])


class ActionCheckOffer(SensitiveAction):
    """You promised me an offer: what is agreed is told; anything else a person checks, and nothing is confirmed."""

    intent: ClassVar[str] = "claim_offer"
    topic: ClassVar[str] = "contracts"

    def name(self) -> str:
        return "action_check_offer"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        wording = work.wording(verification.customer_id)
        wants_person = work.dialogue.find_entity(PERSON) or work.dialogue.intents_in_a_row({self.intent}) > 1
        lines = "" if wants_person else _lines(work, verification, wording)
        if lines:
            reply.say("utter_contracts_discounts", discounts=lines)
            reply.offer("utter_contracts_offer_other", [person_button(self.intent, wording)])
            return
        if not wants_person:
            reply.say("utter_contracts_offer_not_found")
        hand_over(work, reply, reason="claimed_offer")


def person_button(intent: str, wording: Wording) -> dict[str, str]:
    """Make the button that hands over with the reason of this question."""
    return {"title": wording.words("button.person"), "payload": f"/{intent}" + json.dumps({PERSON: "yes"})}


def _lines(work: Work, verification: Verification, wording: Wording) -> str:
    try:
        contracts = list_running_contracts(work.session, verification.customer_id, wording.today)
    except SaldoError:
        return ""
    return "\n".join(f"- {line}" for one in contracts for line in _of_contract(one.discounts, wording))


def _of_contract(discounts: Sequence[DiscountTerms], wording: Wording) -> list[str]:
    return [
        _line(discount, wording)
        for discount in discounts
        if discount.valid_to is None or discount.valid_to + LATELY > wording.today
    ]


def _line(discount: DiscountTerms, wording: Wording) -> str:
    facts = {"what": discount_line(discount, wording), "start": wording.day(discount.valid_from)}
    is_ahead = discount.valid_from > wording.today
    if discount.valid_to is None:
        return wording.words("discount_starts_open" if is_ahead else "discount_open", **facts)
    facts["end"] = wording.day(discount.valid_to - timedelta(days=1))
    if discount.valid_to <= wording.today:
        return wording.words("discount_ended", what=facts["what"], end=facts["end"])
    return wording.words("discount_starts" if is_ahead else "discount_runs", **facts)
