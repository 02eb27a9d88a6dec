"""The panel's tab of contracts: what holds, what is agreed for later, and which plan would have cost less."""

import logging
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from billing.errors import SaldoError
from billing.money import Money
from billing.rating.terms import DiscountTerms, PriceTerms
from billing.tariff_advice import advise
from billing.tariffs import PlanOption, TariffAdvice
from billing.terms.running_contracts import RunningContract, list_running_contracts
from handoff.console.customer_schemas import CheaperPlanOut, ContractOut, DiscountOut, PhaseOut, PriceOut

log = logging.getLogger(__name__)

# A year holds every season; the most that an agent can talk about is two plans.
_MONTHS: Final = 12
_MOST_PLANS: Final = 2


def find_contracts(session: Session, customer_id: UUID, language: str, today: date) -> list[ContractOut] | None:
    """Return the contracts that run today, oldest first; None where one cannot be read: the panel opens without."""
    try:
        contracts = list_running_contracts(session, customer_id, today)
        advice = {one.contract_id: one for one in advise(session, customer_id, today=today, months=(_MONTHS,))}
    except SaldoError as error:
        log.warning("contracts could not be read: %s", type(error).__name__)
        return None
    return [_contract_out(contract, advice.get(contract.id), language) for contract in contracts]


def _contract_out(contract: RunningContract, advice: TariffAdvice | None, language: str) -> ContractOut:
    return ContractOut(
        number=contract.number,
        plan=contract.name[language],
        currency=contract.terms.currency,
        started_on=contract.started_on,
        ended_on=contract.ended_on,
        bound_until=contract.bound_until,
        termination_fee_minor=_minor(contract.termination_fee),
        price=_price_out(contract.price) if contract.price else None,
        prices=[_price_out(price) for price in contract.plan.prices],
        phases=[
            PhaseOut(plan=phase.plan_name[language], valid_from=phase.valid_from, valid_to=phase.valid_to)
            for phase in contract.terms.phases
        ],
        discounts=[_discount_out(discount, language) for discount in contract.discounts],
        cheaper=_cheaper(advice, language),
    )


def _cheaper(advice: TariffAdvice | None, language: str) -> list[CheaperPlanOut]:
    if advice is None:
        return []
    better = [option for option in advice.options if option.first_year > 0]
    return [_cheaper_out(option, language) for option in better[:_MOST_PLANS]]


def _cheaper_out(option: PlanOption, language: str) -> CheaperPlanOut:
    return CheaperPlanOut(
        plan=option.plan_name[language],
        months=len(option.savings),
        saving_per_month_minor=option.saving_per_month.minor,
        least_saving_minor=option.least_saving.minor,
        most_saving_minor=option.most_saving.minor,
        months_dearer=option.months_dearer,
        switching_fee_minor=option.switching_fee.minor,
    )


def _price_out(price: PriceTerms) -> PriceOut:
    return PriceOut(
        valid_from=price.valid_from,
        valid_to=price.valid_to,
        base_minor=price.base.minor,
        unit=price.unit,
        included=price.included,
        unit_price_micro=price.unit_price_micro,
    )


def _discount_out(discount: DiscountTerms, language: str) -> DiscountOut:
    return DiscountOut(
        name=discount.name[language],
        valid_from=discount.valid_from,
        valid_to=discount.valid_to,
        amount_minor=_minor(discount.amount),
        basis_points=discount.basis_points,
    )


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor
