"""What a contract will use next month if it uses as much as this month, exceptions apart."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from billing.explain.bill import Bill
from billing.periods import BillingPeriod
from billing.rating.kinds import UsageZone
from billing.rating.line import Line, ReasonCode
from billing.rating.terms import Usage

# What is metered together: the zone that has a price of its own, and the unit.
Meter = tuple[str, str]
UnitsByMeter = Mapping[Meter, int]


def exceptional_units(previous: Bill | None, bill: Bill) -> Mapping[UUID | None, UnitsByMeter]:
    """Return the units beyond the plan, by contract, which are not expected again.

    They are if just as many were charged on the bill before: then they are no exception.
    """
    before = {} if previous is None else _extra_units(previous)
    exceptions: dict[UUID | None, dict[Meter, int]] = {}
    for (contract_id, meter), units in _extra_units(bill).items():
        if before.get((contract_id, meter)) != units:
            exceptions.setdefault(contract_id, {})[meter] = units
    return exceptions


def assumed_usage(
    used: Sequence[Usage], exceptions: UnitsByMeter, period: BillingPeriod, next_period: BillingPeriod
) -> tuple[Usage, ...]:
    """Return the records of a period, on the same days of the next one, without the units that were exceptions."""
    left = units_used(used)
    for meter, units in exceptions.items():
        left[meter] = max(0, left.get(meter, 0) - units)
    assumed = []
    for record in used:
        quantity = min(record.quantity, left[_meter(record)])
        left[_meter(record)] -= quantity
        day = min(next_period.start + (record.used_on - period.start), next_period.end - timedelta(days=1))
        assumed.append(replace(record, used_on=day, quantity=quantity))
    return tuple(assumed)


def units_used(used: Sequence[Usage]) -> dict[Meter, int]:
    units: dict[Meter, int] = {}
    for record in used:
        units[_meter(record)] = units.get(_meter(record), 0) + record.quantity
    return units


def _extra_units(bill: Bill) -> dict[tuple[UUID | None, Meter], int]:
    units: dict[tuple[UUID | None, Meter], int] = {}
    for line in bill.lines:
        if line.reason_code is ReasonCode.EXTRA_USAGE:
            key = (line.contract_id, meter_of_line(line))
            units[key] = units.get(key, 0) + line.quantity
    return units


def _meter(record: Usage) -> Meter:
    zone = UsageZone.WORLD if record.zone is UsageZone.WORLD else UsageZone.HOME
    return zone.value, record.unit


def meter_of_line(line: Line) -> Meter:
    return str(line.facts.get("zone", UsageZone.HOME.value)), line.unit
