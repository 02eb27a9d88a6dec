"""Bills written line by line with this file's own arithmetic: nothing here asks the rating code what a line costs.

Amounts are cents. The facts of a line are those that an issued invoice stores.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from billing.explain.bill import Bill
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.line import Facts, Line, LineKind, ReasonCode

LONG_AGO = date(2020, 1, 1)
VAT = 1900


def half_up(numerator: int, denominator: int) -> int:
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def part(cents: int, month: BillingPeriod, start: date, end: date) -> int:
    """Return what accrues from one day until before another: what has accrued by then less what had before."""
    until_start, until_end = ((day - month.start).days for day in (start, end))
    return half_up(cents * until_end, month.days) - half_up(cents * until_start, month.days)


def named(name: str) -> Facts:
    return {"name_en": name, "name_de": name, "name_fi": name}


def made_bill(month: BillingPeriod, *lines: Line) -> Bill:
    return Bill(f"DE-{month.label}", month, Money(sum(line.amount.minor for line in lines), "EUR"), lines)


def made_line(
    kind: LineKind,
    reason: ReasonCode,
    facts: Mapping[str, str | int],
    days: tuple[date, date],
    cents: int,
    *,
    rate: int = VAT,
    units: tuple[int, str] = (1, ""),
    contract: int | None = 1,
) -> Line:
    return Line(
        kind,
        reason,
        dict(facts),
        BillingPeriod(*days),
        Money(cents, "EUR"),
        rate,
        *units,
        contract_id=None if contract is None else UUID(int=contract),
    )


def fee(
    month: BillingPeriod,
    cents: int,
    *,
    plan: str = "Home",
    days: tuple[date, date] | None = None,
    since: date = LONG_AGO,
    plan_since: date = LONG_AGO,
    included: int | None = None,
    last_day: date | None = None,
    rate: int = VAT,
    contract: int = 1,
) -> Line:
    """Return the base fee of a plan for a month or for some days of it; `since`: how long it has been at this price."""
    start, end = days or (month.start, month.end)
    facts: Facts = {
        **named(plan),
        "plan_code": plan.lower(),
        "plan_started_on": plan_since.isoformat(),
        "base_minor": cents,
        "price_valid_from": since.isoformat(),
        "days": (end - start).days,
        "days_in_period": month.days,
    }
    if included is not None:
        facts.update(unit="GB", included=included)
    if last_day is not None:
        facts["contract_last_day"] = last_day.isoformat()
    is_whole = (start, end) == (month.start, month.end)
    kind = LineKind.RECURRING if is_whole else LineKind.PRORATION_CHARGE
    reason = ReasonCode.BASE_FEE if is_whole else ReasonCode.CONTRACT_START
    amount = part(cents, month, start, end)
    return made_line(kind, reason, facts, (start, end), amount, rate=rate, contract=contract)


def off(
    month: BillingPeriod,
    cents: int,
    *,
    key: str = "d1",
    days: tuple[date, date] | None = None,
    started: date = LONG_AGO,
    ended: date | None = None,
    alone: int | None = None,
    share: int | None = None,
    contract: int | None = 1,
) -> Line:
    """Return a discount of so many cents a month; `ended` is its last day, `alone` what it is worth without others."""
    start, end = days or (month.start, month.end)
    facts: Facts = {
        **named(f"Discount {key}"),
        "discount_id": key,
        "monthly_minor": cents,
        "own_monthly_minor": cents if alone is None else alone,
        "started_on": started.isoformat(),
        "days": (end - start).days,
        "days_in_period": month.days,
    }
    if share is not None:
        facts["basis_points"] = share
    if ended is not None:
        facts["ended_on"] = ended.isoformat()
    amount = -part(cents, month, start, end)
    return made_line(LineKind.DISCOUNT, ReasonCode.DISCOUNT, facts, (start, end), amount, contract=contract)


def used(
    month: BillingPeriod,
    units: int,
    micro: int,
    cents: int,
    *,
    included: int = 0,
    unit: str = "GB",
    zone: str = "home",
    plan: str = "Home",
    tiers: tuple[tuple[int, int], ...] = (),
    late: bool = False,
) -> Line:
    """Return a usage line; `units` are those charged, `cents` what the test says that they cost."""
    facts: Facts = {
        **named(plan),
        "plan_code": plan.lower(),
        "zone": zone,
        "used": units + included,
        "included": included,
        "unit": unit,
        "unit_price_micro": micro,
    }
    for number, (first, price) in enumerate(tiers, 1):
        facts.update({f"tier_{number}_from": first, f"tier_{number}_micro": price})
    reason = ReasonCode.LATE_USAGE if late else ReasonCode.EXTRA_USAGE if included else ReasonCode.CONSUMPTION
    return made_line(LineKind.USAGE, reason, facts, (month.start, month.end), cents, units=(units, unit))


def single(
    kind: LineKind, reason: ReasonCode, day: date, cents: int, *, reference: str = "WO-1", **more: str | int
) -> Line:
    facts: Facts = {**named("Charge"), "reference": reference, "charged_on": day.isoformat(), **more}
    return made_line(kind, reason, facts, (day, day + timedelta(days=1)), cents)


def tax(month: BillingPeriod, cents: int, rate: int) -> Line:
    facts: Facts = {"tax_rate": rate}
    return made_line(LineKind.TAX, ReasonCode.TAX, facts, (month.start, month.end), cents, rate=rate, contract=None)
