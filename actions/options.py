"""Options and extras: there is none to book by itself, so what the plan includes and what more costs is told first."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from sqlalchemy import select

from actions.base import Work
from actions.discounts import PERSON, person_button
from actions.formatting import Wording
from actions.handoff import hand_over
from actions.plan_wording import change_button, plan_line, plan_name
from actions.plan_words import wants_removal
from actions.questions import Question
from actions.reply import Reply
from actions.sensitive import SensitiveAction
from billing.identity import Verification
from billing.law import RuleMissing
from billing.models.contract import Contract, OneOffCharge
from billing.money import Money
from billing.payments import currency_of
from billing.periods import BillingPeriod
from billing.rating.errors import RatingError
from billing.terms.contract_terms import load_usage
from billing.terms.plan_choices import ContractChoices, list_choices

REMOVE = "remove"
REASON = "buy_option"
# Charges of the last two bills and of the month that runs.
CHARGES_SINCE = timedelta(days=92)


class ActionTellOptions(SensitiveAction):
    """I need more, or something off my contract: the price before any purchase, and a person for the rest."""

    intent: ClassVar[str] = "buy_option"
    topic: ClassVar[str] = "contracts"

    def name(self) -> str:
        return "action_tell_options"

    def _question(self, work: Work) -> Question:
        question = super()._question(work)
        return question.corrected({REMOVE: "yes"}) if wants_removal(work.dialogue.text) else question

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        wording = work.wording(verification.customer_id)
        if work.dialogue.find_entity(PERSON):
            hand_over(work, reply, reason=REASON)
            return
        try:
            found = list_choices(work.session, verification.customer_id, wording.today)
        except (RatingError, RuleMissing):
            found = []
        if not found:
            reply.say("utter_contracts_none_running")
            hand_over(work, reply, reason=REASON)
            return
        for each in found:
            if each.contract.price is not None:
                reply.say("utter_contracts_own_plan", plan=plan_line(each.contract.name, each.contract.price, wording))
        if work.dialogue.find_entity(REMOVE):
            self._tell_removal(work, reply, verification, wording)
        else:
            for each in found:
                _tell_use(work, reply, each, wording)
            self._tell_more(reply, found, wording)

    def _tell_more(self, reply: Reply, found: Sequence[ContractChoices], wording: Wording) -> None:
        larger = [choice for each in found for choice in each.choices if choice.includes_more and not choice.why_not]
        person = person_button(self.intent, wording)
        if not larger:
            reply.offer("utter_contracts_option_by_person", [person])
            return
        lines = "\n".join(f"- {plan_line(choice.plan_name, choice.price, wording)}" for choice in larger[:3])
        changes = [change_button(choice, wording) for choice in larger[:3]]
        reply.offer("utter_contracts_more_included", [*changes, person], plans=lines)

    def _tell_removal(self, work: Work, reply: Reply, verification: Verification, wording: Wording) -> None:
        """Compare with what is booked: a charge that nobody ordered is examined like any other."""
        lines = _charges(work, verification, wording)
        if not lines:
            reply.offer("utter_contracts_nothing_booked", [person_button(self.intent, wording)])
            return
        reply.say("utter_contracts_charges_booked", charges=lines)
        reply.say("utter_contracts_charge_unknown")


def _tell_use(work: Work, reply: Reply, each: ContractChoices, wording: Wording) -> None:
    """Say how much has been used this month, and what it costs outside the EU."""
    price, month = each.contract.price, BillingPeriod.month_of(wording.today)
    if price is None or price.unit is None:
        return
    used = load_usage(work.session, [each.contract.id], month).get(each.contract.id, [])
    quantity = sum(record.quantity for record in used if record.unit == price.unit)
    if quantity:
        facts = {"month": wording.month(month.start), "used": wording.quantity(quantity, price.unit)}
        reply.say("utter_contracts_used_so_far", **facts)
    if price.world_unit_price_micro is not None and not work.dialogue.is_text_message:
        unit_price = wording.unit_price(price.world_unit_price_micro, price.base.currency)
        reply.say("utter_contracts_world_price", unit_price=unit_price, unit=wording.unit(price.unit))


def _charges(work: Work, verification: Verification, wording: Wording) -> str:
    booked = (
        select(OneOffCharge)
        .join(Contract, Contract.id == OneOffCharge.contract_id)
        .where(
            Contract.customer_id == verification.customer_id,
            OneOffCharge.charged_on > wording.today - CHARGES_SINCE,
            OneOffCharge.charged_on <= wording.today,
        )
        .order_by(OneOffCharge.charged_on, OneOffCharge.id)
    )
    currency = currency_of(work.session, verification.customer_id)
    return "\n".join(
        "- "
        + wording.words(
            "charge_line",
            name=plan_name(charge.name, wording),
            day=wording.day(charge.charged_on),
            amount=wording.amount(Money(charge.amount_minor, currency)),
        )
        for charge in work.session.scalars(booked)
    )
