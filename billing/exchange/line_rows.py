"""Rows of line items. Facts that a file does not give are taken from the price or the promotion that the line names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.db import JsonObject
from billing.exchange.ids import Ids
from billing.exchange.reading import Record
from billing.exchange.rows import Row, name_facts, promotion_id
from billing.models.contract import Contract, Discount
from billing.models.invoice import LineItem
from billing.models.plan import Plan, PriceVersion
from billing.money import divide
from billing.periods import BillingPeriod
from billing.rating.kinds import LineKind, ReasonCode, UsageZone
from billing.rating.proration import prorate_units

LOOK_UP = 500
BASIS_POINTS = 10_000
BASE_KINDS = frozenset({LineKind.RECURRING, LineKind.PRORATION_CHARGE, LineKind.PRORATION_CREDIT})
REASONS: Mapping[LineKind, ReasonCode] = {
    LineKind.RECURRING: ReasonCode.BASE_FEE,
    LineKind.USAGE: ReasonCode.CONSUMPTION,
    LineKind.ONE_OFF: ReasonCode.ONE_OFF,
    LineKind.PRORATION_CHARGE: ReasonCode.PLAN_CHANGE,
    LineKind.PRORATION_CREDIT: ReasonCode.PLAN_CHANGE,
    LineKind.DISCOUNT: ReasonCode.DISCOUNT,
    LineKind.LATE_FEE: ReasonCode.REMINDER,
    LineKind.INTEREST: ReasonCode.LATE_PAYMENT,
    LineKind.THIRD_PARTY: ReasonCode.THIRD_PARTY,
    LineKind.TERMINATION_FEE: ReasonCode.EARLY_END,
    LineKind.COMPENSATION: ReasonCode.OUTAGE,
    LineKind.TAX: ReasonCode.TAX,
}


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """What a line says about the price that it was made with."""

    plan: str
    name: JsonObject
    valid_from: date
    base_minor: int
    unit: str | None
    included: int
    unit_price_micro: int | None
    world_unit_price_micro: int | None


class LineRows:
    """Makes the rows of line items, many at once."""

    def __init__(self, session: Session, ids: Ids) -> None:
        self._session = session
        self._ids = ids
        self._prices = _load_prices(session)

    def make(self, records: Sequence[Record]) -> list[Row]:
        promotions = self._load_promotions(records)
        return [self._row(record, promotions) for record in records]

    def _row(self, record: Record, promotions: Mapping[UUID, Discount]) -> Row:
        country = self._ids.invoice_countries[record["invoice"]]
        price_id = self._price_id(record, country)
        price = self._prices.get(price_id) if price_id else None
        promotion = promotions.get(_promotion_of(record)) if record["promotion"] else None
        return {
            "invoice_id": self._ids.invoices[record["invoice"]],
            "position": record["position"],
            "contract_id": None if record["contract"] is None else self._ids.contracts[record["contract"]],
            "kind": record["kind"],
            "reason_code": record["reason_code"] or _reason(record, price),
            "cause": _cause(record, price, promotion),
            "price_version_id": price_id,
            "period_start": record["period_start"],
            "period_end": record["period_end"],
            "quantity": record["quantity"],
            "unit": record["unit"],
            "amount_minor": record["amount"],
            "currency": self._ids.sellers[country].currency,
            "tax_rate": record["tax_rate"],
        }

    def _price_id(self, record: Record, country: str) -> UUID | None:
        if record["plan"] is None:
            return None
        return self._ids.price(record["plan"], country, record["price_valid_from"])

    def _load_promotions(self, records: Sequence[Record]) -> dict[UUID, Discount]:
        wanted = {(record["contract"], record["promotion"]) for record in records if record["promotion"]}
        if not wanted:
            return {}
        rows = self._session.execute(
            select(Contract.number, Discount)
            .join(Contract, Contract.id == Discount.contract_id)
            .where(Contract.number.in_({contract for contract, _ in wanted}))
        )
        # Under the id that it would have from its key: one that was there before has an id of its own.
        return {promotion_id(str(contract), str(row.code)): row for contract, row in rows}


def line_ids(session: Session, lines: Iterable[tuple[UUID, int]]) -> dict[tuple[UUID, int], LineItem]:
    """Return the line items at these places of these invoices."""
    invoices = sorted({invoice_id for invoice_id, _ in lines})
    found: dict[tuple[UUID, int], LineItem] = {}
    for start in range(0, len(invoices), LOOK_UP):
        part = select(LineItem).where(LineItem.invoice_id.in_(invoices[start : start + LOOK_UP]))
        found |= {(item.invoice_id, item.position): item for item in session.scalars(part)}
    return found


def _load_prices(session: Session) -> dict[UUID, PriceFacts]:
    rows = session.execute(select(PriceVersion, Plan).join(Plan, Plan.id == PriceVersion.plan_id))
    return {
        price.id: PriceFacts(
            plan.code,
            plan.name,
            price.valid_from,
            price.base_minor,
            price.unit,
            price.included_quantity,
            price.unit_price_micro,
            price.world_unit_price_micro,
        )
        for price, plan in rows
    }


def _promotion_of(record: Record) -> UUID:
    return promotion_id(record["contract"], record["promotion"])


def _reason(record: Record, price: PriceFacts | None) -> ReasonCode:
    if record["kind"] is LineKind.USAGE and price is not None and price.included:
        return ReasonCode.EXTRA_USAGE
    return REASONS[record["kind"]]


def _cause(record: Record, price: PriceFacts | None, promotion: Discount | None) -> JsonObject:
    """Return the facts of the line: its own, or else what follows from what it names."""
    # The database's own id, which no file can know.
    named: JsonObject = {} if promotion is None else {"discount_id": str(promotion.id)}
    facts: JsonObject = record["cause"] if record["cause"] is not None else _derived(record, price, promotion)
    return facts | named | name_facts(record["names"])


def _derived(record: Record, price: PriceFacts | None, promotion: Discount | None) -> JsonObject:
    kind, reference = record["kind"], record["reference"]
    if kind in BASE_KINDS and price is not None:
        return _base_facts(record, price)
    if kind is LineKind.USAGE and price is not None:
        return _usage_facts(record, price)
    if kind is LineKind.DISCOUNT and promotion is not None:
        return _discount_facts(record, promotion, price)
    if reference is None:
        return {}
    if kind in {LineKind.LATE_FEE, LineKind.INTEREST}:
        return {"invoice_number": reference}
    if kind is LineKind.COMPENSATION:
        days = BillingPeriod(record["period_start"], record["period_end"])
        span = {"started_on": days.start.isoformat(), "ended_on": days.last_day.isoformat(), "days": days.days}
        return {"reference": reference, **span}
    return {"reference": reference, "charged_on": record["period_start"].isoformat()}


def _base_facts(record: Record, price: PriceFacts) -> JsonObject:
    days, whole = _days(record)
    facts: JsonObject = {
        **name_facts(price.name),
        "plan_code": price.plan,
        "base_minor": price.base_minor,
        "price_valid_from": price.valid_from.isoformat(),
        "days": days,
        "days_in_period": whole,
    }
    if price.unit is not None:
        facts |= {"unit": price.unit, "included": _included(record, price)}
    return facts


def _usage_facts(record: Record, price: PriceFacts) -> JsonObject:
    is_world = record["zone"] is UsageZone.WORLD
    included = 0 if is_world else _included(record, price)
    return {
        **name_facts(price.name),
        "plan_code": price.plan,
        "zone": "world" if is_world else "home",
        "used": record["quantity"] + included,
        "included": included,
        "unit": price.unit or record["unit"],
        "unit_price_micro": (price.world_unit_price_micro if is_world else price.unit_price_micro) or 0,
    }


def _discount_facts(record: Record, promotion: Discount, price: PriceFacts | None) -> JsonObject:
    days, whole = _days(record)
    facts: JsonObject = {
        **name_facts(promotion.name),
        "started_on": promotion.valid_from.isoformat(),
        "days": days,
        "days_in_period": whole,
        "monthly_minor": promotion.amount_minor or -record["amount"],
    }
    if promotion.basis_points is not None:
        facts["basis_points"] = promotion.basis_points
        if price is not None:
            facts["monthly_minor"] = divide(price.base_minor * promotion.basis_points, BASIS_POINTS)
    if promotion.valid_to is not None:
        facts["ended_on"] = (promotion.valid_to - timedelta(days=1)).isoformat()
    return facts


def _included(record: Record, price: PriceFacts) -> int:
    """Return the included units of the line's days; of days in more than one month those of a whole month."""
    days = BillingPeriod(record["period_start"], record["period_end"])
    month = BillingPeriod.month_of(days.start)
    return prorate_units(price.included, month, days) if days.end <= month.end else price.included


def _days(record: Record) -> tuple[int, int]:
    period = BillingPeriod(record["period_start"], record["period_end"])
    return period.days, BillingPeriod.month_of(period.start).days
