"""Random accounts, and what every plan would have cost them: naive arithmetic of its own, without any rating code.

Days and units are counted one by one, on purpose.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

from billing.law import law_of
from billing.money import Money
from billing.rating.terms import ContractTerms, DiscountTerms, PlanPhase, PriceTerms, Tier, Usage
from billing.tariffs import Offer, compare

TODAY = date(2026, 11, 21)
OPEN = date(2199, 1, 1)
FIRST_MONTH = date(2025, 9, 1)


@dataclass
class Price:
    """A price from `start` until before `end`; tiers as (first unit, millionths per unit)."""

    start: date
    end: date
    base: int
    included: int
    micro: int
    tiers: list[tuple[int, int]]


@dataclass
class Tariff:
    code: str
    fee: int
    prices: list[Price]


@dataclass
class Case:
    """One account. The discount is (cents, basis points, start, end), one of the first two being zero."""

    tariffs: list[Tariff]
    started: date
    usage: list[tuple[date, int]] = field(default_factory=list)
    discount: tuple[int, int, date, date] | None = None


def random_case(rng: Random) -> Case:
    started = date(2025, rng.randint(10, 12), 1) if rng.random() < 0.5 else date(2026, rng.randint(1, 9), 1)
    case = Case([_tariff(rng, number) for number in range(rng.randint(1, 5))], started)
    heaviness = rng.choice([0, 3, 20, 60])
    day = started
    while heaviness and day < TODAY:
        case.usage.append((day, rng.randint(0, heaviness)))
        day += timedelta(days=rng.randint(3, 16))
    if rng.random() < 0.5:
        start = started + timedelta(days=rng.randint(0, 200))
        end = start + timedelta(days=rng.randint(1, 300)) if rng.random() < 0.7 else OPEN
        share = rng.random() < 0.5
        amount = 0 if share else rng.choice([1, 333, 500, 4000])
        case.discount = (amount, rng.choice([1, 1000, 3333, 10000]) if share else 0, start, end)
    return case


def _tariff(rng: Random, number: int) -> Tariff:
    prices = [_price(rng, FIRST_MONTH, OPEN)]
    if rng.random() < 0.4:
        changed = date(2025, 12, 1) + timedelta(days=rng.randint(0, 320))
        prices = [_price(rng, FIRST_MONTH, changed), _price(rng, changed, OPEN)]
    return Tariff(f"plan_{number}", rng.choice([0, 0, 990, 2990]), prices)


def _price(rng: Random, start: date, end: date) -> Price:
    micro = rng.choice([0, 98_500, 319_000, 1_500_000, 2_000_000])
    tiers = [(rng.randint(2, 20), micro // 2), (rng.randint(21, 60), micro // 3)] if rng.random() < 0.3 else []
    return Price(start, end, rng.randint(0, 6_000), rng.choice([0, 0, 5, 10, 41]), micro, tiers)


def months_of(case: Case, most: int) -> list[tuple[date, date]]:
    """Return the last whole months before today, oldest first."""
    months = []
    end = TODAY.replace(day=1)
    while len(months) < most:
        start = (end - timedelta(days=1)).replace(day=1)
        if start < case.started:
            break
        months.insert(0, (start, end))
        end = start
    return months


def cost(case: Case, tariff: Tariff, month: tuple[date, date]) -> int:
    """Return what the month costs in cents: per price a share of the base, the units beyond, less the discount."""
    start, end = month
    cents = 0
    for price in tariff.prices:
        first, last = max(start, price.start), min(end, price.end)
        if first >= last:
            continue
        cents += _share(price.base, month, first, last)
        cents += _units(case, price, first, last, _share(price.included, month, first, last))
        if case.discount is not None:
            amount, points, discount_start, discount_end = case.discount
            off = min(amount or _half_up(price.base * points, 10_000), price.base)
            from_, to = max(first, discount_start), min(last, discount_end)
            if from_ < to:
                cents -= _share(off, month, from_, to)
    return cents


def best(case: Case, months: list[tuple[date, date]]) -> str | None:
    """Return the plan that saves most in a year after its fee, if one saves anything; in tests the first is the own."""
    own = sum(cost(case, case.tariffs[0], month) for month in months)
    found: tuple[int, int, str] | None = None
    for tariff in case.tariffs[1:]:
        costs = [cost(case, tariff, month) for month in months]
        # Twelve months' worth of savings, times the number of months so that it stays whole.
        gain = (own - sum(costs)) * 12 - tariff.fee * len(months)
        dearer = sum(then > cost(case, case.tariffs[0], month) for then, month in zip(costs, months, strict=True))
        candidate = (-gain, dearer, tariff.code)
        if gain > 0 and (found is None or candidate < found):
            found = candidate
    return None if found is None else found[2]


def _share(units: int, month: tuple[date, date], first: date, last: date) -> int:
    whole = (month[1] - month[0]).days
    before, after = (first - month[0]).days, (last - month[0]).days
    return _half_up(units * after, whole) - _half_up(units * before, whole)


def _units(case: Case, price: Price, first: date, last: date, included: int) -> int:
    used = sum(quantity for day, quantity in case.usage if first <= day < last)
    micro = 0
    for number in range(1, used - included + 1):
        each = price.micro
        for from_unit, later in price.tiers:
            if number >= from_unit:
                each = later
        micro += each
    return _half_up(micro, 10_000)


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def terms_of(case: Case) -> ContractTerms:
    discounts = []
    if case.discount is not None:
        amount, points, start, end = case.discount
        money = Money(amount, "EUR") if amount else None
        discounts.append(
            DiscountTerms(UUID(int=3), {"en": "Discount"}, start, None if end == OPEN else end, points or None, money)
        )
    phase = plan_of(case.tariffs[0], case.started)
    return ContractTerms(UUID(int=1), "EUR", (phase,), tuple(discounts))


def plan_of(tariff: Tariff, start: date = date.min) -> PlanPhase:
    prices = tuple(
        PriceTerms(
            UUID(int=2),
            price.start,
            None if price.end == OPEN else price.end,
            Money(price.base, "EUR"),
            unit="GB",
            included=price.included,
            unit_price_micro=price.micro,
            tiers=tuple(Tier(*tier) for tier in price.tiers),
        )
        for price in tariff.prices
    )
    return PlanPhase(tariff.code, {"en": tariff.code}, start, None, prices)


def offers_of(case: Case) -> list[Offer]:
    return [Offer(plan_of(tariff), Money(tariff.fee, "EUR")) for tariff in case.tariffs]


def usage_of(case: Case) -> list[Usage]:
    return [Usage(day, quantity, "GB") for day, quantity in case.usage]


def disagreements(case: Case) -> list[str]:
    """Return where the advice says something else than brute force; nothing is right."""
    advice = compare(terms_of(case), usage_of(case), offers_of(case), law_of("DE"), today=TODAY)
    wrong = []
    for one in advice:
        months = months_of(case, one.asked_months)
        found = {option.plan_code: [money.minor for money in option.costs] for option in one.options}
        found[one.plan_code] = [money.minor for money in one.costs]
        expected = {tariff.code: [cost(case, tariff, month) for month in months] for tariff in case.tariffs}
        if found != expected:
            wrong.append(f"costs over {one.asked_months} months: {found} instead of {expected}")
        chosen = None if one.best is None else one.best.plan_code
        if chosen != best(case, months):
            wrong.append(f"best over {one.asked_months} months: {chosen} instead of {best(case, months)}")
    expected_windows = sorted({min(window, len(months_of(case, 12))) for window in (3, 6, 12)} - {0})
    if [len(one.months) for one in advice] != expected_windows:
        wrong.append(f"windows: {[len(one.months) for one in advice]} instead of {expected_windows}")
    return wrong
