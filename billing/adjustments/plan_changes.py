"""Changes of plan, from the first day of the next month, with what the first bill then comes to."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from billing.adjustments.adjustment import (
    Account,
    Adjusted,
    AdjustmentRefused,
    Choice,
    Effect,
    Facts,
    UnknownChoice,
    Wish,
)
from billing.law import RuleMissing
from billing.rating.errors import RatingError
from billing.terms.plan_changes import (
    EffectsChanged,
    PlanChangeRefused,
    PreviewedChange,
    change_plan,
    find_choice,
    preview_plan_change,
)
from billing.terms.plan_choices import ContractChoices, PlanChoice, list_choices


def list_plan_changes(session: Session, account: Account) -> Sequence[Choice]:
    """Return the plans that each contract can change to, the cheapest first."""
    try:
        found = list_choices(session, account.customer_id, account.today)
    except (RatingError, RuleMissing) as error:
        raise AdjustmentRefused("unclear") from error
    choices = [_choice(choice) for each in found for choice in each.choices if choice.why_not is None]
    if not choices:
        raise AdjustmentRefused(_why_none(found))
    return choices


def change_to(session: Session, account: Account, wish: Wish) -> Adjusted:
    """Change the plan. The amount is that of the first bill with it: it moves with price, fee, usage and day."""
    contract, _, plan_code = wish.choice.partition(":")
    try:
        choice = find_choice(session, account.customer_id, _id(contract), plan_code, today=account.today)
        shown = preview_plan_change(session, account.customer_id, choice, today=account.today)
        done = change_plan(session, account.customer_id, shown.effects(), today=account.today)
    except PlanChangeRefused as refused:
        raise AdjustmentRefused(refused.why.value if refused.why else "not_on_offer") from refused
    except EffectsChanged as changed:
        raise UnknownChoice from changed
    except (RatingError, RuleMissing) as error:
        raise AdjustmentRefused("unclear") from error
    facts: Facts = {"plan": done.choice.plan_name, "day": done.choice.on, "amount": done.total, "month": done.month}
    return Adjusted(done.total, "plan_change_more" if done.costs_more else "plan_change", facts, _effects(done))


def _choice(choice: PlanChoice) -> Choice:
    facts: Facts = {
        "plan": choice.plan_name,
        "day": choice.on,
        "fee": choice.switching_fee,
        "now": choice.contract.name,
    }
    words = "plan_change.fee" if choice.switching_fee else "plan_change.free"
    return Choice(f"{choice.contract.id}:{choice.plan_code}", words, facts, f"{words}.detail", choice.price.base)


def _effects(done: PreviewedChange) -> tuple[Effect, ...]:
    choice = done.choice
    effects = [
        Effect("plan", choice.contract.name, choice.plan_name),
        Effect("valid_from", None, choice.on),
        Effect("price", choice.price_now.base, choice.price.base),
        Effect("first_bill", done.total_without, done.total, {"month": done.month}),
    ]
    if choice.switching_fee:
        effects.append(Effect("fee", None, choice.switching_fee))
    if choice.contract.bound_until is not None:
        effects.append(Effect("bound_until", None, choice.contract.bound_until))
    return tuple(effects)


def _why_none(found: Sequence[ContractChoices]) -> str:
    reasons = [each.why_not for each in found if each.why_not is not None]
    reasons += [choice.why_not for each in found for choice in each.choices if choice.why_not is not None]
    if reasons:
        return reasons[0].value
    return "no_other_plan" if found else "no_contract"


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise UnknownChoice from None
