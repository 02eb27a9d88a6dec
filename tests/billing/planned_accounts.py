"""Many customers in the database, something planned for each, and how it is done for real: by writing rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise
from random import Random
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from billing.models.contract import Contract, ContractPhase, Discount, OneOffCharge, OneOffKind
from billing.models.customer import Customer
from billing.models.plan import Plan, PriceVersion
from billing.models.usage import UsageRecord
from billing.money import Money
from billing.periods import BillingPeriod
from billing.previews.planned_changes import ContractEnd, DiscountGranted, PlanChange, PlannedChange, UsageAssumed
from billing.rating.kinds import LineKind, UsageZone
from billing.rating.terms import DiscountTerms, OneOff, Usage
from tests.factories.billing import make_seller

LONG_AGO = date(2020, 1, 1)
NAMES = {"en": "Thing", "de": "Ding", "fi": "Asia"}
PLANS = 8
COUNTRIES = ("DE", "FI")
EVENTS = count(1)


@dataclass(frozen=True)
class Planned:
    """What is planned for one customer."""

    customer_id: UUID
    changes: Sequence[PlannedChange]


def plan_for_many(session: Session, period: BillingPeriod, number: int, seed: int) -> list[Planned]:
    """Write customers with all that a bill depends on; for each something is planned within the period."""
    rng = Random(seed)
    # Prices in Finland are net here, so both kinds of document are made.
    sellers = {country: make_seller(session, country=country) for country in COUNTRIES}
    sellers["FI"].prices_include_tax = False
    for key in range(PLANS):
        for row in _plan(rng, key, period):
            session.add(row)
            session.flush()
    planned = []
    for key in range(number):
        country = rng.choice(COUNTRIES)
        customer = Customer(
            id=UUID(int=rng.getrandbits(128)),
            seller_id=sellers[country].id,
            number=f"{30_000_000 + key}",
            name="Lena Hoffmann",
            phone="+491713920099",
            language="de",
            country=country,
            created_at=datetime(2020, 1, 1, tzinfo=UTC),
        )
        contract = Contract(
            id=UUID(int=rng.getrandbits(128)),
            customer_id=customer.id,
            started_on=LONG_AGO,
            minimum_term_until=rng.choice((None, date(2030, 1, 1))),
        )
        for row in (customer, contract):
            session.add(row)
            session.flush()
        session.add_all(_belongings(rng, contract.id, period))
        planned.append(Planned(customer.id, tuple(_changes(rng, contract.id, period))))
    session.flush()
    return planned


def do(session: Session, changes: Sequence[PlannedChange], period: BillingPeriod) -> None:
    """Write what was planned, as the desk would."""
    for change in changes:
        match change:
            case PlanChange(contract_id=contract_id, on=day, plan_code=code):
                _cut_phases(session, contract_id, day)
                plan_id = session.scalars(select(Plan.id).filter_by(code=code)).one()
                session.add(ContractPhase(contract_id=contract_id, plan_id=plan_id, valid_from=day))
            case DiscountGranted(contract_id=contract_id, discount=one):
                session.add(_discount_row(contract_id, one))
            case ContractEnd(contract_id=contract_id, on=day, fee=fee):
                session.execute(update(Contract).where(Contract.id == contract_id).values(ended_on=day))
                if fee is not None:
                    session.add(_fee_row(contract_id, fee))
            case UsageAssumed(contract_id=contract_id, usage=usage):
                session.execute(delete(UsageRecord).where(UsageRecord.contract_id == contract_id))
                session.add_all(_usage_rows(contract_id, usage))
        session.flush()


def _plan(rng: Random, key: int, period: BillingPeriod) -> Iterator[Plan | PriceVersion]:
    yield Plan(id=key + 1, code=f"plan_{key}", name=NAMES)
    for country in COUNTRIES:
        new_price_on = rng.choice((None, period.start, _day(rng, period)))
        bounds = [LONG_AGO, new_price_on, None] if new_price_on else [LONG_AGO, None]
        tiers = rng.choice((None, [{"from_quantity": 11, "unit_price_micro": rng.randint(1000, 900_000)}]))
        for start, end in pairwise(bounds):
            yield PriceVersion(
                id=UUID(int=rng.getrandbits(128)),
                plan_id=key + 1,
                country=country,
                valid_from=start,
                valid_to=end,
                base_minor=rng.randint(1000, 6000),
                currency="EUR",
                unit="GB",
                included_quantity=rng.choice((0, 10, 50)),
                unit_price_micro=rng.randint(10_000, 2_000_000),
                tiers=tiers,
                world_unit_price_micro=3_000_000,
            )


def _belongings(rng: Random, contract_id: UUID, period: BillingPeriod) -> Iterator[object]:
    yield ContractPhase(contract_id=contract_id, plan_id=rng.randint(1, PLANS), valid_from=LONG_AGO)
    for _ in range(rng.choice((0, 1, 2))):
        yield _discount_row(contract_id, _discount(rng, rng.choice((LONG_AGO, _day(rng, period))), period))
    for _ in range(rng.choice((0, 0, 1))):
        yield OneOffCharge(
            contract_id=contract_id,
            name=NAMES,
            reference="WO-1",
            charged_on=_day(rng, period),
            amount_minor=rng.randint(1, 9000),
        )
    yield from _usage_rows(contract_id, _usage(rng, period))


def _changes(rng: Random, contract_id: UUID, period: BillingPeriod) -> Iterator[PlannedChange]:
    for _ in range(rng.choice((1, 1, 2))):
        day = _day(rng, period)
        match rng.randrange(4):
            case 0:
                yield PlanChange(contract_id, day, f"plan_{rng.randrange(PLANS)}")
            case 1:
                yield DiscountGranted(contract_id, _discount(rng, day, period))
            case 2:
                fee = OneOff(NAMES, "END-1", day, Money(4000, "EUR"), kind=LineKind.TERMINATION_FEE)
                yield ContractEnd(contract_id, day + timedelta(days=1), rng.choice((None, fee)))
                return  # nothing else is planned for what ends
            case _:
                yield UsageAssumed(contract_id, tuple(_usage(rng, period)))


def _discount(rng: Random, start: date, period: BillingPeriod) -> DiscountTerms:
    end = rng.choice((None, period.end + timedelta(days=40), max(_day(rng, period), start + timedelta(days=1))))
    share, amount = rng.choice(((rng.randint(1, 6000), None), (None, Money(rng.randint(1, 900), "EUR"))))
    return DiscountTerms(UUID(int=rng.getrandbits(128)), NAMES, start, end, share, amount, rng.random() < 0.2)


def _usage(rng: Random, period: BillingPeriod) -> list[Usage]:
    records = [
        Usage(_day(rng, period), rng.randint(0, 30), "GB", rng.choice(tuple(UsageZone)))
        for _ in range(rng.choice((0, 2, 5)))
    ]
    return sorted(records, key=lambda record: record.used_on)


def _usage_rows(contract_id: UUID, usage: Sequence[Usage]) -> Iterator[UsageRecord]:
    for record in usage:
        yield UsageRecord(
            event_id=f"planned-{next(EVENTS)}",
            contract_id=contract_id,
            used_on=record.used_on,
            quantity=record.quantity,
            unit=record.unit,
            zone=record.zone,
        )


def _discount_row(contract_id: UUID, one: DiscountTerms) -> Discount:
    return Discount(
        id=one.discount_id,
        contract_id=contract_id,
        name=dict(one.name),
        basis_points=one.basis_points,
        amount_minor=None if one.amount is None else one.amount.minor,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        exclusive=one.exclusive,
    )


def _fee_row(contract_id: UUID, fee: OneOff) -> OneOffCharge:
    return OneOffCharge(
        contract_id=contract_id,
        name=dict(fee.name),
        reference=fee.reference,
        charged_on=fee.charged_on,
        amount_minor=fee.amount.minor,
        kind=OneOffKind.TERMINATION,
    )


def _cut_phases(session: Session, contract_id: UUID, day: date) -> None:
    of_contract = ContractPhase.contract_id == contract_id
    session.execute(delete(ContractPhase).where(of_contract, ContractPhase.valid_from >= day))
    runs_on = ContractPhase.valid_to.is_(None) | (ContractPhase.valid_to > day)
    session.execute(update(ContractPhase).where(of_contract, runs_on).values(valid_to=day))


def _day(rng: Random, period: BillingPeriod) -> date:
    return period.start + timedelta(days=rng.randrange(period.days))
