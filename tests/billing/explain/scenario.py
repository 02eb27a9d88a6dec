"""A scenario: two bills made by hand, and the causes that follow from how they were made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from billing.explain.bill import Bill
from billing.periods import BillingPeriod

Label = tuple[str, int]


@dataclass(frozen=True)
class Scenario:
    """`labels`: the code of each cause and its cents."""

    previous: Bill | None
    current: Bill
    labels: list[Label]


Maker = Callable[[Random], Scenario]
MAKERS: dict[str, Maker] = {}


def scenario(name: str) -> Callable[[Maker], Maker]:
    def register(maker: Maker) -> Maker:
        MAKERS[name] = maker
        return maker

    return register


def two_months(rng: Random) -> tuple[BillingPeriod, BillingPeriod]:
    month = BillingPeriod.month_of(date(rng.randint(2021, 2026), rng.randint(1, 12), 1))
    return month.previous_month(), month


def a_price(rng: Random, least: int = 1000) -> int:
    return rng.randint(least, 8000)


def day_within(rng: Random, month: BillingPeriod) -> date:
    """Return a day that is neither the first nor the last of the month."""
    return month.start + timedelta(days=rng.randint(1, month.days - 2))


def day_before(day: date) -> date:
    return day - timedelta(days=1)
