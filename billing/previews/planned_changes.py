"""What may be planned for a contract, applied to its terms. Pure: nothing is agreed or written by it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from billing.rating.terms import ContractTerms, DiscountTerms, OneOff, PlanPhase, Usage


@dataclass(frozen=True, slots=True)
class PlanChange:
    """From that day the contract is on another plan, until it ends. `fee`: what is booked for it, if anything is."""

    contract_id: UUID
    on: date
    plan_code: str
    fee: OneOff | None = None


@dataclass(frozen=True, slots=True)
class DiscountGranted:
    """The contract gets one more discount."""

    contract_id: UUID
    discount: DiscountTerms


@dataclass(frozen=True, slots=True)
class ContractEnd:
    """The contract ends; `on` is the first day without it. `fee`: what is booked for ending early, if anything is."""

    contract_id: UUID
    on: date
    fee: OneOff | None = None


@dataclass(frozen=True, slots=True)
class UsageAssumed:
    """This is what the contract uses in the period, whatever has been reported so far."""

    contract_id: UUID
    usage: tuple[Usage, ...]


PlannedChange = PlanChange | DiscountGranted | ContractEnd | UsageAssumed
# The plans that changes name, by code, each as an open phase that still has to be put on its day.
PlansByCode = Mapping[str, PlanPhase]


def revise(terms: ContractTerms, changes: Iterable[PlannedChange], plans: PlansByCode) -> ContractTerms:
    """Return the terms as they would be after the changes, applied in their order."""
    for change in changes:
        if change.contract_id != terms.contract_id:
            continue
        match change:
            case PlanChange(on=day, plan_code=code, fee=fee):
                phases = _with_plan(terms, plans[code], day)
                terms = replace(terms, phases=phases, one_offs=_with_fee(terms, fee))
            case DiscountGranted(discount=discount):
                terms = replace(terms, discounts=_in_order(terms.discounts, discount))
            case ContractEnd(on=day, fee=fee):
                phases, ended_on = _until(terms.phases, day), _earlier(terms.ended_on, day)
                terms = replace(terms, phases=phases, ended_on=ended_on, one_offs=_with_fee(terms, fee))
            case UsageAssumed():
                pass
    return terms


def assume(terms: ContractTerms, recorded: Sequence[Usage], changes: Iterable[PlannedChange]) -> list[Usage]:
    """Return the usage to be rated: what was assumed last, else what was reported."""
    usage = list(recorded)
    for change in changes:
        if isinstance(change, UsageAssumed) and change.contract_id == terms.contract_id:
            usage = list(change.usage)
    return usage


def _with_fee(terms: ContractTerms, fee: OneOff | None) -> tuple[OneOff, ...]:
    return terms.one_offs if fee is None else (*terms.one_offs, fee)


def _with_plan(terms: ContractTerms, plan: PlanPhase, day: date) -> tuple[PlanPhase, ...]:
    return (*_until(terms.phases, day), replace(plan, valid_from=day, valid_to=terms.ended_on))


def _until(phases: Sequence[PlanPhase], day: date) -> tuple[PlanPhase, ...]:
    return tuple(
        replace(phase, valid_to=day if phase.valid_to is None else min(phase.valid_to, day))
        for phase in phases
        if phase.valid_from < day
    )


def _in_order(discounts: Sequence[DiscountTerms], one: DiscountTerms) -> tuple[DiscountTerms, ...]:
    """Put it where loading the contract would: by first day, then by id."""
    return tuple(sorted((*discounts, one), key=lambda each: (each.valid_from, each.discount_id)))


def _earlier(known: date | None, day: date) -> date:
    return day if known is None else min(known, day)
