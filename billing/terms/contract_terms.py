"""Loads what rating needs, for many customers at once and without a query per customer."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from billing.models.contract import Contract, ContractPhase, Discount, OneOffCharge, OneOffKind, Outage
from billing.models.plan import Plan
from billing.models.seller import Seller
from billing.models.usage import UsageRecord
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating import terms as rated
from billing.rating.errors import RatingError
from billing.rating.kinds import LineKind
from billing.rating.terms import ContractTerms, DiscountTerms, OneOff, PlanPhase, Usage
from billing.terms.plan_prices import PriceBook, load_price_book

TermsByCustomer = Mapping[UUID, list[ContractTerms]]

KINDS = {
    OneOffKind.SERVICE: LineKind.ONE_OFF,
    OneOffKind.THIRD_PARTY: LineKind.THIRD_PARTY,
    OneOffKind.TERMINATION: LineKind.TERMINATION_FEE,
}


@dataclass(frozen=True, slots=True)
class LoadedTerms:
    """Each customer's contracts, oldest first; and who has one that cannot be read, with why."""

    terms: dict[UUID, list[ContractTerms]] = field(default_factory=dict)
    refused: dict[UUID, RatingError] = field(default_factory=dict)

    def of(self, customer_id: UUID) -> list[ContractTerms]:
        """Raise RatingError for one who was refused."""
        if customer_id in self.refused:
            raise self.refused[customer_id]
        return self.terms.get(customer_id, [])


@dataclass(frozen=True, slots=True)
class _Parts:
    """What belongs to contracts, by contract."""

    phases: Mapping[UUID, list[tuple[ContractPhase, Plan]]]
    discounts: Mapping[UUID, list[Discount]]
    one_offs: Mapping[UUID, list[OneOffCharge]]
    outages: Mapping[UUID, list[Outage]]
    prices: PriceBook


def load_terms(
    session: Session,
    customer_ids: Collection[UUID],
    period: BillingPeriod,
    country: str,
    currency: str,
    *,
    prices_include_tax: bool = True,
) -> TermsByCustomer:
    """Return each customer's contracts with something to bill in the period; raise RatingError for a broken one."""
    contracts = _load_contracts(session, customer_ids, period)
    loaded = _build(session, contracts, period, _Billing(country, currency, prices_include_tax))
    for error in loaded.refused.values():
        raise error
    return loaded.terms


def load_each_terms(
    session: Session, seller: Seller, customer_ids: Collection[UUID], period: BillingPeriod
) -> LoadedTerms:
    """Do the same for customers of one seller; a broken contract stops nobody but its own customer."""
    contracts = _load_contracts(session, customer_ids, period)
    billing = _Billing(seller.country, seller.currency, seller.prices_include_tax)
    return _build(session, contracts, period, billing)


def load_plans(session: Session, codes: Collection[str], country: str) -> Mapping[str, PlanPhase]:
    """Return plans with all their prices by code, each as a phase that is still to be put on its days."""
    plans = session.scalars(select(Plan).where(Plan.code.in_(codes))).all()
    prices = load_price_book(session, {plan.id for plan in plans}, country)
    return {plan.code: PlanPhase(plan.code, plan.name, date.min, None, prices.of(plan.id)) for plan in plans}


def has_something_to_bill(period: BillingPeriod) -> ColumnElement[bool]:
    """Tell which contracts run on a day of the period or have a single charge in it, though they may have ended."""
    runs = (Contract.started_on < period.end) & or_(Contract.ended_on.is_(None), Contract.ended_on > period.start)
    charged = select(OneOffCharge.id).where(OneOffCharge.contract_id == Contract.id, *_charged_within(period))
    return runs | charged.exists()


def load_usage(
    session: Session, contract_ids: Collection[UUID], period: BillingPeriod, *, received_until: datetime | None = None
) -> Mapping[UUID, list[Usage]]:
    """Return what was used in the period and, where a limit is named, was known by then."""
    record = UsageRecord
    rows = (
        select(record.contract_id, record.used_on, record.quantity, record.unit, record.zone, record.received_at)
        .where(record.contract_id.in_(contract_ids), record.used_on >= period.start, record.used_on < period.end)
        .order_by(record.used_on, record.id)
    )
    if received_until is not None:
        rows = rows.where(record.received_at.is_(None) | (record.received_at <= received_until))
    usage: dict[UUID, list[Usage]] = defaultdict(list)
    for contract_id, used_on, quantity, unit, zone, received_at in session.execute(rows):
        usage[contract_id].append(Usage(used_on, quantity, unit, zone, received_at))
    return usage


@dataclass(frozen=True, slots=True)
class _Billing:
    """How the seller bills."""

    country: str
    currency: str
    prices_include_tax: bool


def _load_contracts(session: Session, customer_ids: Collection[UUID], period: BillingPeriod) -> Iterable[Contract]:
    return session.scalars(
        select(Contract)
        .where(Contract.customer_id.in_(customer_ids), has_something_to_bill(period))
        .order_by(Contract.started_on, Contract.id)
    ).all()


def _build(session: Session, contracts: Iterable[Contract], period: BillingPeriod, billing: _Billing) -> LoadedTerms:
    parts = _load_parts(session, [contract.id for contract in contracts], period, billing)
    loaded = LoadedTerms()
    for contract in contracts:
        try:
            terms = _terms(contract, parts, billing)
        except RatingError as error:
            loaded.refused.setdefault(contract.customer_id, error)
        else:
            loaded.terms.setdefault(contract.customer_id, []).append(terms)
    return loaded


def _load_parts(session: Session, ids: Collection[UUID], period: BillingPeriod, billing: _Billing) -> _Parts:
    phases = session.execute(
        select(ContractPhase, Plan)
        .join(Plan, Plan.id == ContractPhase.plan_id)
        .where(ContractPhase.contract_id.in_(ids))
        .order_by(ContractPhase.valid_from)
    ).all()
    discounts = select(Discount).where(Discount.contract_id.in_(ids)).order_by(Discount.valid_from, Discount.id)
    one_offs = select(OneOffCharge).where(OneOffCharge.contract_id.in_(ids), *_charged_within(period))
    outages = select(Outage).where(
        Outage.contract_id.in_(ids),
        Outage.reported_on < period.end,
        or_(Outage.ended_on.is_(None), Outage.ended_on > period.start),
    )
    return _Parts(
        _by_contract((phase.contract_id, (phase, plan)) for phase, plan in phases),
        _by_contract((row.contract_id, row) for row in session.scalars(discounts)),
        _by_contract(
            (row.contract_id, row)
            for row in session.scalars(one_offs.order_by(OneOffCharge.charged_on, OneOffCharge.id))
        ),
        _by_contract((row.contract_id, row) for row in session.scalars(outages.order_by(Outage.id))),
        load_price_book(session, {plan.id for _, plan in phases}, billing.country),
    )


# Any: rows of several tables, each given back as it came.
def _by_contract(rows: Iterable[tuple[UUID, Any]]) -> Mapping[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    for contract_id, row in rows:
        grouped[contract_id].append(row)
    return grouped


def _charged_within(period: BillingPeriod) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return OneOffCharge.charged_on >= period.start, OneOffCharge.charged_on < period.end


def _terms(contract: Contract, parts: _Parts, billing: _Billing) -> ContractTerms:
    key, fee = contract.id, contract.termination_fee_minor
    return ContractTerms(
        contract_id=key,
        currency=billing.currency,
        phases=tuple(
            PlanPhase(plan.code, plan.name, valid_from, valid_to, parts.prices.of(plan.id))
            for phase, plan in parts.phases.get(key, ())
            for valid_from, valid_to in _within(contract, phase)
        ),
        discounts=tuple(_discount(row, billing.currency) for row in parts.discounts.get(key, ())),
        one_offs=tuple(_one_off(row, billing.currency) for row in parts.one_offs.get(key, ())),
        outages=tuple(rated.Outage(row.reference, row.reported_on, row.ended_on) for row in parts.outages.get(key, ())),
        ended_on=contract.ended_on,
        minimum_term_until=contract.minimum_term_until,
        termination_fee=None if fee is None else Money(fee, billing.currency),
        prices_include_tax=billing.prices_include_tax,
    )


def _within(contract: Contract, phase: ContractPhase) -> list[tuple[date, date | None]]:
    """Return the days of the phase on which the contract runs; a plan agreed for after its end holds on none."""
    valid_from = max(phase.valid_from, contract.started_on)
    ends = [day for day in (phase.valid_to, contract.ended_on) if day is not None]
    valid_to = min(ends, default=None)
    is_after = contract.ended_on is not None and valid_from >= contract.ended_on
    return [] if is_after else [(valid_from, valid_to)]


def _discount(row: Discount, currency: str) -> DiscountTerms:
    amount = None if row.amount_minor is None else Money(row.amount_minor, currency)
    return DiscountTerms(row.id, row.name, row.valid_from, row.valid_to, row.basis_points, amount, row.exclusive)


def _one_off(row: OneOffCharge, currency: str) -> OneOff:
    amount = Money(row.amount_minor, currency)
    kind = KINDS[row.kind]
    return OneOff(row.name, row.reference, row.charged_on, amount, row.tax_category, kind, row.proof_reference)
