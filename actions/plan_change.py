"""Another plan: which there are, what a change would do, and the change after a plain yes."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar

from actions.base import Work
from actions.formatting import Wording
from actions.handoff import hand_over
from actions.offers import find_agreed_offer, key_of
from actions.plan_wishes import CONTRACT, PAGE, PLAN, PlanWish, with_words
from actions.plan_wording import change_button, plan_line, plan_name
from actions.questions import Question
from actions.reply import Reply
from actions.sensitive import FRESH_FOR, ConfirmedAction, SensitiveAction, require_fresh_code
from billing.db import JsonObject
from billing.identity import Verification
from billing.law import RuleMissing
from billing.rating.errors import RatingError
from billing.terms.plan_changes import (
    EffectsChanged,
    PlanChangeRefused,
    PreviewedChange,
    change_plan,
    preview_plan_change,
)
from billing.terms.plan_choices import ContractChoices, PlanChoice, WhyNot, list_choices

# What was shown last and waits for a yes: the effects of a change, as JSON.
OFFER = "contracts_offer"
REASON = "plan_change"
PLANS_SHOWN = 3
ANY_PLAN = PlanWish()


class ActionPreviewPlanChange(SensitiveAction):
    """I want another plan: the plans to choose from, or what the one that is meant would do."""

    intent: ClassVar[str] = "change_plan"
    topic: ClassVar[str] = "contracts"
    asks_back_with: ClassVar[frozenset[str]] = frozenset({"utter_contracts_choose_plan"})

    def name(self) -> str:
        return "action_preview_plan_change"

    def _question(self, work: Work) -> Question:
        question = super()._question(work)
        offer = read_offer(work)
        if work.dialogue.intent == ActionChangePlan.intent and PLAN not in question.details and offer is not None:
            question = question.corrected({PLAN: str(offer["plan"]), CONTRACT: str(offer["contract"])})
        return with_words(question, work.dialogue.text, work.session)

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        reply.remember(OFFER, None)
        try:
            found = list_choices(work.session, verification.customer_id, work.today(verification.customer_id))
            self._answer(work, reply, verification, found)
        except (RatingError, RuleMissing):
            # What cannot be billed cannot be previewed: nothing is guessed.
            reply.say("utter_contracts_change_unclear")
            hand_over(work, reply, reason=REASON)

    def _answer(self, work: Work, reply: Reply, verification: Verification, found: Sequence[ContractChoices]) -> None:
        wording = work.wording(verification.customer_id)
        wish = PlanWish.of(work.dialogue)
        fitting = wish.choose(found)
        if _is_agreed(wish, found):
            _tell_agreed(reply, found, wording)
        elif not any(each.choices for each in found):
            _tell_none(work, reply, found, wording)
        elif len(fitting) == 1 and not wish.is_open:
            self._show(work, reply, verification, fitting[0])
        elif wish.names_only_own(found):
            reply.say("utter_contracts_plan_already", plan=_named(wish, found, wording))
            _list(work, reply, [choice for each in found for choice in each.choices], wording)
        elif fitting:
            _tell_own(reply, found, wording)
            _list(work, reply, fitting, wording, wish)
        else:
            reply.say("utter_contracts_no_such_plan")
            _tell_own(reply, found, wording)
            _list(work, reply, [choice for each in found for choice in each.choices], wording)

    def _show(self, work: Work, reply: Reply, verification: Verification, choice: PlanChoice) -> None:
        wording = work.wording(verification.customer_id)
        if choice.why_not is not None:
            tell_refusal(work, reply, choice.why_not, choice.contract.bound_until, wording)
            return
        shown = preview_plan_change(work.session, verification.customer_id, choice, today=wording.today)
        if shown.costs_more:
            require_fresh_code(work, verification)
        offer = json.dumps(shown.effects())
        reply.remember(OFFER, offer)
        _tell_effects(work, reply, shown, wording)
        reply.say(ActionChangePlan.confirms, offer=key_of(offer))


class ActionChangePlan(ConfirmedAction):
    """A yes to the change that was shown, to nothing else."""

    intent: ClassVar[str] = "confirm_plan_change"
    topic: ClassVar[str] = "contracts"
    confirms: ClassVar[str] = "utter_contracts_change_confirm"
    asked_by: ClassVar[str] = "action_preview_plan_change"

    def name(self) -> str:
        return "action_change_plan"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        offer = read_offer(work) if find_agreed_offer(work, OFFER) else None
        if offer is None or (_costs_more(offer) and not _is_fresh(work, verification)):
            # The preview asks for the code that is missing.
            reply.go_on_with(self.asked_by)
            return
        wording = work.wording(verification.customer_id)
        done = work.once("change_plan", lambda: _change(work, verification, offer, wording.today))
        if done["outcome"] == "changed":
            reply.remember(OFFER, None)
            day = wording.day(date.fromisoformat(done["on"]))
            reply.say("utter_contracts_changed", plan=plan_name(done["plan"], wording), day=day)
        else:
            reply.say("utter_contracts_change_outdated")
            reply.go_on_with(self.asked_by)


def read_offer(work: Work) -> Mapping[str, object] | None:
    slot = work.dialogue.tracker.get_slot(OFFER)
    offer: Mapping[str, object] | None = json.loads(slot) if slot else None
    return offer


def tell_refusal(work: Work, reply: Reply, why: WhyNot, bound_until: date | None, wording: Wording) -> None:
    """Say why a person has to look, and let one."""
    if why is WhyNot.MINIMUM_TERM and bound_until is not None:
        reply.say("utter_contracts_change_within_term", until=wording.day(bound_until))
    elif why is WhyNot.ENDS:
        reply.say("utter_contracts_change_ends")
    else:
        reply.say("utter_contracts_change_unclear")
    hand_over(work, reply, reason=REASON)


def _change(work: Work, verification: Verification, offer: Mapping[str, object], today: date) -> JsonObject:
    """Carry it out; an effect that is refused leaves nothing behind."""
    try:
        with work.session.begin_nested():
            done = change_plan(work.session, verification.customer_id, offer, today=today)
    except (EffectsChanged, PlanChangeRefused):
        return {"outcome": "outdated"}
    return {"outcome": "changed", "on": done.choice.on.isoformat(), "plan": dict(done.choice.plan_name)}


def _costs_more(offer: Mapping[str, object]) -> bool:
    return offer["costs_more"] is True


def _is_fresh(work: Work, verification: Verification) -> bool:
    return work.runtime.clock.now() - verification.created_at <= FRESH_FOR


def _is_agreed(wish: PlanWish, found: Sequence[ContractChoices]) -> bool:
    """Say whether the plan that is meant is agreed for later already, or nothing else could be meant."""
    agreed = {each.contract.next_phase.plan_code for each in found if each.contract.next_phase is not None}
    return bool(agreed) and (bool(agreed & set(wish.plans)) or not any(each.choices for each in found))


def _tell_agreed(reply: Reply, found: Sequence[ContractChoices], wording: Wording) -> None:
    for each in found:
        agreed = each.contract.next_phase
        if agreed is not None:
            plan, day = plan_name(agreed.plan_name, wording), wording.day(agreed.valid_from)
            reply.say("utter_contracts_change_agreed", plan=plan, day=day)


def _tell_none(work: Work, reply: Reply, found: Sequence[ContractChoices], wording: Wording) -> None:
    """No plan to choose: the contract ends, or there is no other plan."""
    why = next((each.why_not for each in found if each.why_not is not None), None)
    if why is not None:
        tell_refusal(work, reply, why, None, wording)
    elif found:
        _tell_own(reply, found, wording)
        reply.say("utter_contracts_no_other_plan")
    else:
        reply.say("utter_contracts_none_running")


def _tell_own(reply: Reply, found: Sequence[ContractChoices], wording: Wording) -> None:
    for each in found:
        if each.contract.price is not None:
            reply.say("utter_contracts_own_plan", plan=plan_line(each.contract.name, each.contract.price, wording))


def _list(work: Work, reply: Reply, choices: Sequence[PlanChoice], wording: Wording, wish: PlanWish = ANY_PLAN) -> None:
    """Name three plans at a time, with a button each and one for more of those that fit the wish."""
    page = _page(work, len(choices))
    shown = choices[page * PLANS_SHOWN : (page + 1) * PLANS_SHOWN]
    several = len({choice.plan_code for choice in choices}) < len(choices)
    lines = "\n".join(f"- {_line(choice, wording, several=several)}" for choice in shown)
    buttons = [change_button(choice, wording, several=several) for choice in shown]
    if len(choices) > (page + 1) * PLANS_SHOWN:
        payload = "/change_plan" + json.dumps({**wish.details(), PAGE: str(page + 2)})
        buttons.append({"title": wording.words("button.more_plans"), "payload": payload})
    reply.offer("utter_contracts_choose_plan", buttons, plans=lines)


def _line(choice: PlanChoice, wording: Wording, *, several: bool) -> str:
    line = plan_line(choice.plan_name, choice.price, wording)
    return f"{choice.contract.number}: {line}" if several and choice.contract.number else line


def _page(work: Work, count: int) -> int:
    said = work.dialogue.find_entity(PAGE) or ""
    page = int(said) - 1 if said.isdecimal() and len(said) < 4 else 0
    return page if 0 <= page * PLANS_SHOWN < count else 0


def _named(wish: PlanWish, found: Sequence[ContractChoices], wording: Wording) -> str:
    names = {each.contract.plan.plan_code: plan_name(each.contract.name, wording) for each in found}
    return ", ".join(names[code] for code in wish.plans)


def _tell_effects(work: Work, reply: Reply, shown: PreviewedChange, wording: Wording) -> None:
    choice = shown.choice
    reply.say(
        "utter_contracts_change_effects",
        day=wording.day(choice.on),
        plan=plan_line(choice.plan_name, choice.price, wording),
        name=plan_name(choice.contract.name, wording),
        price_now=wording.amount(choice.price_now.base),
    )
    _tell_bill(work, reply, shown, wording)
    if choice.switching_fee:
        reply.say("utter_contracts_change_fee", fee=wording.amount(choice.switching_fee))
    if choice.contract.bound_until is not None:
        reply.say("utter_contracts_minimum_term", until=wording.day(choice.contract.bound_until))


def _tell_bill(work: Work, reply: Reply, shown: PreviewedChange, wording: Wording) -> None:
    facts = {"month": wording.month(shown.month.start), "total": wording.sum(shown.total)}
    if shown.like is None:
        reply.say("utter_contracts_change_bill", **facts)
    else:
        reply.say("utter_contracts_change_bill_like", **facts, like=wording.month(shown.like.start))
    if work.dialogue.is_text_message:
        return
    if shown.difference.minor > 0:
        reply.say("utter_contracts_change_more", difference=wording.amount(shown.difference))
    elif shown.difference.minor < 0:
        reply.say("utter_contracts_change_less", difference=wording.amount(shown.difference))
