"""What taking in usage has to know of contracts: when they run, which unit they pay for, and what is billed already."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from billing.db import insert_if_absent
from billing.models.contract import Contract, ContractPhase
from billing.models.customer import Customer
from billing.models.invoice import Invoice
from billing.models.plan import PriceVersion
from billing.models.seller import InvoiceSeries, Seller
from billing.periods import BillingPeriod
from billing.rating.kinds import UsageZone
from billing.usage.reports import Reading, RejectionReason, ReportRejected

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """The unit that a contract pays for on some days; None: it pays for none."""

    start: date
    end: date | None
    unit: str | None
    has_world_price: bool

    def holds_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class MeteredContract:
    """A contract that usage may be reported for; `bills` are the periods billed since now, and when."""

    contract_id: UUID
    customer_id: UUID
    started_on: date
    ended_on: date | None
    zone: ZoneInfo
    prices: tuple[UnitPrice, ...]
    bills: tuple[tuple[BillingPeriod, datetime], ...]

    def must_price(self, reading: Reading) -> None:
        """Raise ReportRejected for a reading that rating could not price."""
        day = reading.used_on
        if day < self.started_on or (self.ended_on is not None and day >= self.ended_on):
            raise ReportRejected(RejectionReason.CONTRACT_NOT_RUNNING)
        price = next((price for price in self.prices if price.holds_on(day)), None)
        if price is None or price.unit != reading.unit:
            raise ReportRejected(RejectionReason.UNIT_UNKNOWN)
        if reading.zone is UsageZone.WORLD and not price.has_world_price:
            raise ReportRejected(RejectionReason.ZONE_UNPRICED)

    def received_at(self, used_on: date, now: datetime) -> datetime:
        """Return now, or the instant after a bill that did not see the report though it was made after now."""
        made = [made_at for period, made_at in self.bills if used_on < period.end]
        return max(made) + INSTANT if made else now


def load_metered_contracts(session: Session, names: Collection[str], *, now: datetime) -> Mapping[str, MeteredContract]:
    """Return the contracts by number, or by id if they have none.

    Until the transaction ends, no bill of their sellers is made.
    """
    rows = session.execute(
        select(Contract, Seller)
        .join(Customer, Customer.id == Contract.customer_id)
        .join(Seller, Seller.id == Customer.seller_id)
        .where(or_(Contract.number.in_(names), Contract.number.is_(None) & Contract.id.in_(_ids(names))))
    ).all()
    _wait_for_runs(session, {seller for _, seller in rows}, now)
    prices = _load_prices(session, [contract.id for contract, _ in rows])
    bills = _load_bills(session, {contract.customer_id for contract, _ in rows}, now)
    return {
        contract.number or str(contract.id): MeteredContract(
            contract.id,
            contract.customer_id,
            contract.started_on,
            contract.ended_on,
            ZoneInfo(seller.time_zone),
            tuple(prices[contract.id]),
            tuple(bills[contract.customer_id]),
        )
        for contract, seller in rows
    }


def _ids(names: Collection[str]) -> list[UUID]:
    ids = []
    for name in names:
        with suppress(ValueError):
            ids.append(UUID(name))
    return ids


def _wait_for_runs(session: Session, sellers: Collection[Seller], now: datetime) -> None:
    """Let no billing run read usage between our look at the bills and our commit; SQLite has one writer anyway."""
    for seller in sorted(sellers, key=lambda seller: seller.id):
        year = now.astimezone(ZoneInfo(seller.time_zone)).year
        key = {"seller_id": seller.id, "year": year}
        insert_if_absent(session, InvoiceSeries, {**key, "last_sequence": 0})
        session.execute(select(InvoiceSeries.year).filter_by(**key).with_for_update(read=True))


def _load_prices(session: Session, contract_ids: Collection[UUID]) -> Mapping[UUID, list[UnitPrice]]:
    rows = session.execute(
        select(ContractPhase, PriceVersion)
        .join(Contract, Contract.id == ContractPhase.contract_id)
        .join(Customer, Customer.id == Contract.customer_id)
        .join(Seller, Seller.id == Customer.seller_id)
        .join(
            PriceVersion,
            (PriceVersion.plan_id == ContractPhase.plan_id) & (PriceVersion.country == Seller.country),
        )
        .where(ContractPhase.contract_id.in_(contract_ids))
        .order_by(ContractPhase.valid_from, PriceVersion.valid_from)
    )
    prices: dict[UUID, list[UnitPrice]] = defaultdict(list)
    for phase, version in rows:
        prices[phase.contract_id].extend(_unit_prices(phase, version))
    return prices


def _unit_prices(phase: ContractPhase, version: PriceVersion) -> Iterator[UnitPrice]:
    start = max(phase.valid_from, version.valid_from)
    ends = [day for day in (phase.valid_to, version.valid_to) if day is not None]
    end = min(ends, default=None)
    if end is None or start < end:
        yield UnitPrice(start, end, version.unit, version.world_unit_price_micro is not None)


def _load_bills(
    session: Session, customer_ids: Collection[UUID], now: datetime
) -> Mapping[UUID, list[tuple[BillingPeriod, datetime]]]:
    rows = session.execute(
        select(Invoice.customer_id, Invoice.period_start, Invoice.period_end, Invoice.created_at).where(
            Invoice.customer_id.in_(customer_ids), Invoice.created_at >= now
        )
    )
    bills: dict[UUID, list[tuple[BillingPeriod, datetime]]] = defaultdict(list)
    for customer_id, start, end, made_at in rows:
        bills[customer_id].append((BillingPeriod(start, end), made_at))
    return bills
