"""A change of plan: what it comes to, and then the change itself, from the first day of the next month.

What is shown is worked out anew before it is done: only the very effects that somebody has seen are carried out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.catalogue import LANGUAGES
from billing.errors import SaldoError
from billing.explain.assumed_usage import assumed_usage
from billing.models.contract import ContractPhase, OneOffCharge
from billing.models.plan import Plan
from billing.money import Money
from billing.periods import BillingPeriod
from billing.previews.planned_changes import PlanChange, UsageAssumed
from billing.previews.preview import preview
from billing.rating.terms import OneOff
from billing.terms.contract_terms import load_usage
from billing.terms.plan_choices import PlanChoice, WhyNot, list_choices
from billing.terms.running_contracts import list_running_contracts
from billing.texts import billing_texts


class PlanChangeRefused(SaldoError):
    """The contract cannot change to the plan without a person; `why` is None where the plan is not on offer for it."""

    status = 409

    def __init__(self, contract_id: UUID, plan_code: str, why: WhyNot | None) -> None:
        super().__init__(f"contract {contract_id} cannot change to {plan_code}")
        self.contract_id = contract_id
        self.plan_code = plan_code
        self.why = why


class EffectsChanged(SaldoError):
    """What the change would do is not what was shown."""

    status = 409

    def __init__(self, shown: Mapping[str, object], now: Mapping[str, object]) -> None:
        super().__init__("the effects of the change are not the ones that were shown")
        self.shown = shown
        self.now = now


@dataclass(frozen=True, slots=True)
class PreviewedChange:
    """What the customer's bill of the first month comes to with the change and without it.

    `like`: the month whose usage was taken for both; None if nothing was used in it.
    """

    choice: PlanChoice
    month: BillingPeriod
    total: Money
    total_without: Money
    like: BillingPeriod | None

    @property
    def difference(self) -> Money:
        return self.total - self.total_without

    @property
    def costs_more(self) -> bool:
        return self.choice.costs_more or self.difference.minor > 0

    def effects(self) -> dict[str, object]:
        """Return what somebody agrees to, as plain data to compare with later."""
        choice = self.choice
        return {
            "contract": str(choice.contract.id),
            "plan": choice.plan_code,
            "from": choice.contract.plan.plan_code,
            "on": choice.on.isoformat(),
            "price": choice.price.base.minor,
            "fee": choice.switching_fee.minor,
            "costs_more": self.costs_more,
            "total": self.total.minor,
            "without": self.total_without.minor,
        }


def preview_plan_change(session: Session, customer_id: UUID, choice: PlanChoice, *, today: date) -> PreviewedChange:
    """Work out the first bill with the change; as much is used as in the last whole month. Raise RatingError.

    Raise PlanChangeRefused for a choice that only a person may make.
    """
    if choice.why_not is not None:
        raise PlanChangeRefused(choice.contract.id, choice.plan_code, choice.why_not)
    month, like = BillingPeriod.month_of(choice.on), BillingPeriod.month_of(today).previous_month()
    usage = _assume(session, customer_id, today, like, month)
    change = PlanChange(choice.contract.id, choice.on, choice.plan_code, switching_charge(choice))
    return PreviewedChange(
        choice,
        month,
        preview(session, customer_id, [*usage, change], month).total,
        preview(session, customer_id, usage, month).total,
        like if any(one.usage for one in usage) else None,
    )


def find_choice(session: Session, customer_id: UUID, contract_id: UUID, plan_code: str, *, today: date) -> PlanChoice:
    """Return the choice as it stands today; raise PlanChangeRefused if it is none."""
    for each in list_choices(session, customer_id, today):
        if each.contract.id == contract_id:
            for choice in each.choices:
                if choice.plan_code == plan_code:
                    return choice
            raise PlanChangeRefused(contract_id, plan_code, each.why_not)
    raise PlanChangeRefused(contract_id, plan_code, None)


def change_plan(session: Session, customer_id: UUID, shown: Mapping[str, object], *, today: date) -> PreviewedChange:
    """Do what was shown: end the plan and begin the next one on the day, and book the fee for it.

    Raise EffectsChanged where it would come to something else by now, PlanChangeRefused where it cannot be done at all.
    """
    contract_id, plan_code = UUID(str(shown["contract"])), str(shown["plan"])
    phase = _lock_plan(session, contract_id)
    choice = find_choice(session, customer_id, contract_id, plan_code, today=today)
    found = preview_plan_change(session, customer_id, choice, today=today)
    if found.effects() != dict(shown):
        raise EffectsChanged(shown, found.effects())
    if phase is None:
        raise PlanChangeRefused(contract_id, plan_code, WhyNot.CHANGE_AGREED)
    _begin_next(session, phase, choice)
    return found


def switching_charge(choice: PlanChoice) -> OneOff | None:
    """Return the single charge for the change, as it will be booked; None if it is free."""
    if not choice.switching_fee:
        return None
    names = {
        language: billing_texts().text("plan_change.fee", language, plan=choice.plan_name[language])
        for language in LANGUAGES
    }
    return OneOff(names, f"{choice.contract.number or ''} {choice.plan_code}".strip(), choice.on, choice.switching_fee)


def _lock_plan(session: Session, contract_id: UUID) -> ContractPhase | None:
    """Return the plan without an end; until the transaction is over nobody else changes it."""
    open_one = select(ContractPhase).where(ContractPhase.contract_id == contract_id, ContractPhase.valid_to.is_(None))
    return session.scalars(open_one.with_for_update()).one_or_none()


def _begin_next(session: Session, phase: ContractPhase, choice: PlanChoice) -> None:
    plan_id = session.scalars(select(Plan.id).where(Plan.code == choice.plan_code)).one()
    phase.valid_to = choice.on
    session.flush()
    session.add(ContractPhase(contract_id=phase.contract_id, plan_id=plan_id, valid_from=choice.on))
    charge = switching_charge(choice)
    if charge is not None:
        session.add(
            OneOffCharge(
                contract_id=phase.contract_id,
                name=dict(charge.name),
                reference=charge.reference,
                charged_on=charge.charged_on,
                amount_minor=charge.amount.minor,
            )
        )
    session.flush()


def _assume(
    session: Session, customer_id: UUID, today: date, like: BillingPeriod, month: BillingPeriod
) -> Sequence[UsageAssumed]:
    """Take the last whole month's usage of every contract for the month to come."""
    ids = [contract.id for contract in list_running_contracts(session, customer_id, today)]
    used = load_usage(session, ids, like)
    return [UsageAssumed(key, assumed_usage(used.get(key, []), {}, like, month)) for key in ids]
