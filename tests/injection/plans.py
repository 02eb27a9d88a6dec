"""What the made-up company of the measurement sells: plans with dated prices, and twins that were announced badly."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid5

SPACE = UUID("5a1d0000-0000-4000-8000-000000000000")


@dataclass(frozen=True)
class Price:
    """A price from one day until before another."""

    id: str
    start: date
    end: date | None
    base: int
    unit: str | None = None
    included: int = 0
    micro: int = 0
    steps: tuple[tuple[int, int], ...] = ()
    world_micro: int | None = None
    notice: date | None = None
    category: str = "standard"


@dataclass(frozen=True)
class Plan:
    """One plan in one country."""

    id: int
    code: str
    country: str
    prices: tuple[Price, ...] = field(default=())

    def price_on(self, day: date) -> Price:
        return next(p for p in self.prices if p.start <= day and (p.end is None or day < p.end))


START = date(2019, 1, 1)
Steps = tuple[tuple[int, int], ...]
# For each price: first day, base, included, micro, steps, world, notice.
PriceRow = tuple[date, int, int, int, Steps, int | None, date | None]
# code: unit, category, prices.
MENU: dict[str, tuple[str | None, str, list[PriceRow]]] = {
    "home_s": (None, "standard", [
        (START, 2990, 0, 0, (), None, None),
        (date(2025, 7, 1), 3290, 0, 0, (), None, date(2025, 5, 20)),
    ]),
    "home_l": (None, "standard", [
        (START, 6490, 0, 0, (), None, None),
        (date(2025, 3, 1), 6790, 0, 0, (), None, date(2025, 1, 15)),
        (date(2026, 2, 1), 7190, 0, 0, (), None, date(2025, 12, 20)),
    ]),
    "mobile_s": ("GB", "standard", [
        (START, 1499, 10, 2_000_000, (), 6_500_000, None),
        (date(2025, 10, 1), 1599, 10, 2_100_000, (), 6_500_000, date(2025, 8, 10)),
    ]),
    "mobile_l": ("GB", "standard", [(START, 2499, 40, 1_500_000, (), 5_900_000, None)]),
    "power": ("kWh", "standard", [
        (START, 1090, 0, 334_000, ((101, 289_000), (301, 251_500)), None, None),
        (date(2025, 5, 1), 1190, 0, 347_000, ((101, 301_000), (301, 262_500)), None, date(2025, 3, 12)),
    ]),
    "reader": (None, "reduced", [
        (START, 990, 0, 0, (), None, None),
        (date(2025, 9, 15), 1090, 0, 0, (), None, date(2025, 8, 1)),
    ]),
    # The same need at two prices: whoever is on the first should hear of the second.
    "tv_a": (None, "standard", [(START, 2490, 0, 0, (), None, None)]),
    "tv_b": (None, "standard", [(START, 1990, 0, 0, (), None, None)]),
}  # fmt: skip
PRODUCTS = {"tv_a": "tv", "tv_b": "tv"}
# How a twin's increases were announced: not at all, ten days before, five months before (Germany only).
TWINS = ("none", "late", "early")


def make_plans() -> dict[tuple[str, str], Plan]:
    plans: dict[tuple[str, str], Plan] = {}
    for code in MENU:
        for twin in ("", *TWINS):
            for country in ("DE", "FI"):
                name = f"{code}_{twin}" if twin else code
                plan_id = 1 + len({key[0] for key in plans} - {name})
                plans[name, country] = Plan(plan_id, name, country, _prices(code, twin, country))
    return plans


def _prices(code: str, twin: str, country: str) -> tuple[Price, ...]:
    unit, category, rows = MENU[code]
    ends = [row[0] for row in rows[1:]] + [None]
    prices = []
    for (start, base, included, micro, steps, world, notice), end in zip(rows, ends, strict=True):
        if notice is not None:
            notice = {"": notice, "none": None, "late": _before(start, 10), "early": _before(start, 150)}[twin]
        key = uuid5(SPACE, f"{code}:{twin}:{country}:{start}").hex
        prices.append(Price(key, start, end, base, unit, included, micro, steps, world, notice, category))
    return tuple(prices)


def _before(day: date, days: int) -> date:
    return date.fromordinal(day.toordinal() - days)
