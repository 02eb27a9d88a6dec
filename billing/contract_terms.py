"""Loads what rating needs, for many customers at once and without a query per customer."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from billing.models.contract import Contract, ContractPhase, Discount, OneOffCharge
from billing.models.plan import Plan, PriceVersion
from billing.models.usage import UsageRecord
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.terms import ContractTerms, DiscountTerms, OneOff, PlanPhase, PriceTerms, Usage

TermsByCustomer = Mapping[UUID, list[ContractTerms]]


def load_terms(
    session: Session, customer_ids: Collection[UUID], period: BillingPeriod, country: str, currency: str
) -> TermsByCustomer:
    """Return each customer's contracts that run within the period, oldest first."""
    in_period = (Contract.started_on < period.end, or_(Contract.ended_on.is_(None), Contract.ended_on > period.start))
    contracts = session.scalars(
        select(Contract)
        .where(Contract.customer_id.in_(customer_ids), *in_period)
        .order_by(Contract.started_on, Contract.id)
    ).all()
    ids = [contract.id for contract in contracts]
    phases = _load_phases(session, contracts, country)
    discounts = _load_discounts(session, ids, currency)
    one_offs = _load_one_offs(session, ids, period, currency)
    terms: dict[UUID, list[ContractTerms]] = defaultdict(list)
    for contract in contracts:
        one = ContractTerms(
            contract.id, currency, phases[contract.id], tuple(discounts[contract.id]), tuple(one_offs[contract.id])
        )
        terms[contract.customer_id].append(one)
    return terms


def load_usage(session: Session, contract_ids: Collection[UUID], period: BillingPeriod) -> Mapping[UUID, list[Usage]]:
    rows = session.execute(
        select(UsageRecord.contract_id, UsageRecord.used_on, UsageRecord.quantity, UsageRecord.unit)
        .where(
            UsageRecord.contract_id.in_(contract_ids),
            UsageRecord.used_on >= period.start,
            UsageRecord.used_on < period.end,
        )
        .order_by(UsageRecord.used_on, UsageRecord.id)
    )
    usage: dict[UUID, list[Usage]] = defaultdict(list)
    for contract_id, used_on, quantity, unit in rows:
        usage[contract_id].append(Usage(used_on, quantity, unit))
    return usage


def _load_phases(session: Session, contracts: Iterable[Contract], country: str) -> dict[UUID, tuple[PlanPhase, ...]]:
    prices = _load_prices(session, country)
    ended_on = {contract.id: contract.ended_on for contract in contracts}
    rows = session.execute(
        select(ContractPhase, Plan)
        .join(Plan, Plan.id == ContractPhase.plan_id)
        .where(ContractPhase.contract_id.in_(ended_on))
        .order_by(ContractPhase.valid_from)
    )
    phases: dict[UUID, list[PlanPhase]] = defaultdict(list)
    for phase, plan in rows:
        valid_to = _earlier(phase.valid_to, ended_on[phase.contract_id])
        phases[phase.contract_id].append(
            PlanPhase(plan.code, plan.name, phase.valid_from, valid_to, tuple(prices[plan.id]))
        )
    return {contract_id: tuple(phases[contract_id]) for contract_id in ended_on}


def _load_prices(session: Session, country: str) -> Mapping[int, list[PriceTerms]]:
    prices: dict[int, list[PriceTerms]] = defaultdict(list)
    for row in session.scalars(select(PriceVersion).filter_by(country=country).order_by(PriceVersion.valid_from)):
        prices[row.plan_id].append(
            PriceTerms(
                version_id=row.id,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                base=Money(row.base_minor, row.currency),
                tax_category=row.tax_category,
                unit=row.unit,
                included=row.included_quantity,
                unit_price_micro=row.unit_price_micro or 0,
            )
        )
    return prices


def _load_discounts(
    session: Session, contract_ids: Collection[UUID], currency: str
) -> Mapping[UUID, list[DiscountTerms]]:
    discounts: dict[UUID, list[DiscountTerms]] = defaultdict(list)
    rows = select(Discount).where(Discount.contract_id.in_(contract_ids)).order_by(Discount.valid_from, Discount.id)
    for row in session.scalars(rows):
        amount = None if row.amount_minor is None else Money(row.amount_minor, currency)
        discounts[row.contract_id].append(
            DiscountTerms(row.id, row.name, row.valid_from, row.valid_to, row.basis_points, amount)
        )
    return discounts


def _load_one_offs(
    session: Session, contract_ids: Collection[UUID], period: BillingPeriod, currency: str
) -> Mapping[UUID, list[OneOff]]:
    one_offs: dict[UUID, list[OneOff]] = defaultdict(list)
    rows = (
        select(OneOffCharge)
        .where(
            OneOffCharge.contract_id.in_(contract_ids),
            OneOffCharge.charged_on >= period.start,
            OneOffCharge.charged_on < period.end,
        )
        .order_by(OneOffCharge.charged_on, OneOffCharge.id)
    )
    for row in session.scalars(rows):
        one_offs[row.contract_id].append(
            OneOff(row.name, row.reference, row.charged_on, Money(row.amount_minor, currency), row.tax_category)
        )
    return one_offs


def _earlier(left: date | None, right: date | None) -> date | None:
    ends = [day for day in (left, right) if day is not None]
    return min(ends, default=None)
