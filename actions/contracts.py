"""Whether another plan would have cost less."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from actions.base import Work
from actions.formatting import Wording
from actions.plan_wording import change_button
from actions.reply import Reply
from actions.sensitive import SensitiveAction
from billing.errors import SaldoError
from billing.identity import Verification
from billing.tariff_advice import advise
from billing.tariffs import PlanOption, TariffAdvice
from billing.terms.plan_choices import PlanChoice, list_choices


class ActionAdvisePlan(SensitiveAction):
    """Is there a cheaper plan for me?"""

    intent: ClassVar[str] = "lower_bill"
    topic: ClassVar[str] = "bills"

    def name(self) -> str:
        return "action_advise_plan"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        wording = work.wording(verification.customer_id)
        comparable = _comparable(work, verification)
        if not comparable:
            reply.say("utter_contracts_nothing_to_compare")
            return
        for advice in comparable:
            if advice.best is None:
                reply.say("utter_contracts_best_plan", name=_name(advice, wording), months=str(len(advice.months)))
            else:
                _recommend(advice, advice.best, reply, wording)
        if any(advice.best for advice in comparable):
            _offer_change(cheaper_plans(work, verification), reply, wording)


@dataclass(frozen=True)
class CheaperPlan:
    """A plan that would have cost less; `choice` is None where only a person can change to it."""

    option: PlanOption
    choice: PlanChoice | None


def cheaper_plans(work: Work, verification: Verification) -> Sequence[CheaperPlan]:
    """Return the best plan of each contract that has one, oldest contract first."""
    best = [(advice.contract_id, advice.best) for advice in _comparable(work, verification) if advice.best]
    if not best:
        return []
    today = work.today(verification.customer_id)
    choices = {
        (choice.contract.id, choice.plan_code): choice
        for each in list_choices(work.session, verification.customer_id, today)
        for choice in each.choices
        if choice.why_not is None
    }
    return [CheaperPlan(option, choices.get((contract_id, option.plan_code))) for contract_id, option in best]


def _comparable(work: Work, verification: Verification) -> Sequence[TariffAdvice]:
    try:
        today = work.today(verification.customer_id)
        found = advise(work.session, verification.customer_id, today=today)
    except SaldoError:
        # What cannot be billed cannot be compared: a person looks, nothing is guessed.
        found = ()
    return [advice for advice in _longest(found) if advice.options]


def _offer_change(plans: Sequence[CheaperPlan], reply: Reply, wording: Wording) -> None:
    buttons = [change_button(plan.choice, wording) for plan in plans if plan.choice is not None]
    if buttons:
        reply.offer("utter_contracts_change_offer", buttons)
    else:
        reply.say("utter_contracts_change_by_person")


def _longest(found: Sequence[TariffAdvice]) -> list[TariffAdvice]:
    """Keep the advice of each contract that looks back furthest: the shorter ones say less of the same."""
    by_contract: dict[UUID, TariffAdvice] = {}
    for advice in found:
        by_contract[advice.contract_id] = advice
    return list(by_contract.values())


def _recommend(advice: TariffAdvice, best: PlanOption, reply: Reply, wording: Wording) -> None:
    reply.say(
        "utter_contracts_cheaper_plan",
        plan=best.plan_name[wording.language],
        name=_name(advice, wording),
        saving=wording.amount(best.saving_per_month),
        months=str(len(advice.months)),
    )
    if best.months_dearer:
        reply.say(
            "utter_contracts_dearer_months",
            count=wording.number(best.months_dearer),
            most_dearer=wording.amount(best.least_saving),
        )
    elif best.least_saving != best.most_saving:
        least, most = (wording.amount(saving) for saving in (best.least_saving, best.most_saving))
        reply.say("utter_contracts_range", least=least, most=most)
    if best.switching_fee:
        reply.say("utter_contracts_switching_fee", fee=wording.amount(best.switching_fee))
    if advice.minimum_term_until is not None:
        reply.say("utter_contracts_minimum_term", until=wording.day(advice.minimum_term_until))


def _name(advice: TariffAdvice, wording: Wording) -> str:
    return advice.plan_name[wording.language]
