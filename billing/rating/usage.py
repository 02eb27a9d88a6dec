"""What usage costs: included units first, then the tiers of the unit price; outside the EU another price.

All days at one price share one allowance, by the share of the month that they are. Where the tax changes in between,
the allowance goes to what was used first, and the parts cost together what the whole would.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, pairwise

from billing.money import Money, divide
from billing.rating.errors import TiersInvalid, UnitUnknown, ZoneUnpriced
from billing.rating.kinds import UsageZone
from billing.rating.line import Facts, Line, LineKind, ReasonCode, name_facts
from billing.rating.proration import prorate_units
from billing.rating.segments import Segment
from billing.rating.terms import ContractTerms, PriceTerms, Tier, Usage

MICRO_PER_MINOR = 10_000


@dataclass(frozen=True, slots=True)
class _Meter:
    """How units of one zone are counted and charged over the days of one price."""

    zone: UsageZone
    included: int
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class _Count:
    """Units of one segment: used, free of charge, and charged in the segments before and up to its end."""

    used: int
    included: int
    charged_before: int
    charged: int


def usage_charge(quantity: int, unit_price_micro: int, currency: str) -> Money:
    """Return the price of a quantity; a unit may cost a fraction of a cent, the whole is rounded once."""
    return Money(divide(quantity * unit_price_micro, MICRO_PER_MINOR), currency)


def charge_micro(quantity: int, tiers: Sequence[Tier]) -> int:
    """Return millionths of the currency for charged units; each tier's price holds for its own units only."""
    total = 0
    for position, tier in enumerate(tiers):
        is_last = position + 1 == len(tiers)
        end = quantity if is_last else min(quantity, tiers[position + 1].from_quantity - 1)
        total += max(0, end - tier.from_quantity + 1) * tier.unit_price_micro
    return total


def usage_lines(terms: ContractTerms, segments: Sequence[Segment], usage: Sequence[Usage]) -> list[Line]:
    """Return a line for each segment and zone in which units are charged; usage on other days is not looked at."""
    if not usage:
        return []
    return [
        line
        for _, parts in groupby(segments, key=lambda segment: segment.span)
        for line in _lines_of_span(terms, list(parts), usage)
    ]


def _lines_of_span(terms: ContractTerms, parts: Sequence[Segment], usage: Sequence[Usage]) -> Iterator[Line]:
    first = parts[0]
    price, span = first.price, first.span
    inside = [record for record in usage if record.used_on in span]
    for record in inside:
        if record.unit != price.unit:
            raise UnitUnknown(terms.contract_id, record.unit)
        if record.zone is UsageZone.WORLD and price.world_unit_price_micro is None:
            raise ZoneUnpriced(terms.contract_id, record.zone, record.used_on)
    for zone, records in (
        (UsageZone.HOME, [record for record in inside if record.zone is not UsageZone.WORLD]),
        (UsageZone.WORLD, [record for record in inside if record.zone is UsageZone.WORLD]),
    ):
        if records:
            yield from _metered(terms, parts, records, _meter_of(price, zone, first))


def _meter_of(price: PriceTerms, zone: UsageZone, segment: Segment) -> _Meter:
    if zone is UsageZone.WORLD:
        return _Meter(zone, 0, (Tier(1, price.world_unit_price_micro or 0),))
    return _Meter(zone, prorate_units(price.included, segment.whole, segment.span), tiers_of(price))


def tiers_of(price: PriceTerms) -> tuple[Tier, ...]:
    later = tuple(replace(tier, from_quantity=1) if tier.from_quantity == 0 else tier for tier in price.tiers)
    in_order = all(left.from_quantity < right.from_quantity for left, right in pairwise(later))
    if not in_order or any(tier.from_quantity < 1 or tier.unit_price_micro < 0 for tier in later):
        raise TiersInvalid(price.version_id)
    return (Tier(1, price.unit_price_micro), *later)


def _metered(terms: ContractTerms, parts: Sequence[Segment], records: Sequence[Usage], meter: _Meter) -> Iterator[Line]:
    left, charged = meter.included, 0
    for part in parts:
        used = sum(record.quantity for record in records if record.used_on in part.days)
        count = _Count(used, left, charged, charged + max(0, used - left))
        left, charged = max(0, left - used), count.charged
        if count.charged > count.charged_before:
            yield _line(terms, part, meter, count)


def _line(terms: ContractTerms, segment: Segment, meter: _Meter, count: _Count) -> Line:
    price = segment.price
    micro_before, micro = (charge_micro(units, meter.tiers) for units in (count.charged_before, count.charged))
    is_extra = bool(price.included) or meter.zone is UsageZone.WORLD
    return Line(
        kind=LineKind.USAGE,
        reason_code=ReasonCode.EXTRA_USAGE if is_extra else ReasonCode.CONSUMPTION,
        facts=_facts(segment, meter, count),
        period=segment.days,
        amount=Money(divide(micro, MICRO_PER_MINOR) - divide(micro_before, MICRO_PER_MINOR), terms.currency),
        tax_rate=segment.tax_rate,
        quantity=count.charged - count.charged_before,
        unit=price.unit or "",
        contract_id=terms.contract_id,
        price_version_id=price.version_id,
        unrounded=None if terms.prices_include_tax else Fraction(micro - micro_before, MICRO_PER_MINOR),
    )


def _facts(segment: Segment, meter: _Meter, count: _Count) -> Facts:
    facts: Facts = {
        **name_facts(segment.phase.plan_name),
        "plan_code": segment.phase.plan_code,
        "zone": meter.zone.value,
        "used": count.used,
        "included": count.included,
        "unit": segment.price.unit or "",
        "unit_price_micro": meter.tiers[0].unit_price_micro,
    }
    for number, tier in enumerate(meter.tiers[1:], 1):
        facts[f"tier_{number}_from"] = tier.from_quantity
        facts[f"tier_{number}_micro"] = tier.unit_price_micro
    return facts
