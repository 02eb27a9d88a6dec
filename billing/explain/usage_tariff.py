"""What a quantity costs at the prices that a usage line names."""

from dataclasses import dataclass
from itertools import count, pairwise, takewhile

from billing.money import Money, divide
from billing.rating.line import Line

MICRO_PER_MINOR = 10_000


@dataclass(frozen=True, slots=True)
class UsageTariff:
    """A price per unit, and prices from later units on; each in millionths of the currency."""

    unit_price_micro: int
    tiers: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, line: Line) -> "UsageTariff":
        """Read it from a line; one without a price per unit has its own average."""
        facts = line.facts
        average = divide(line.amount.minor * MICRO_PER_MINOR, max(line.quantity, 1))
        numbers = takewhile(lambda number: f"tier_{number}_from" in facts, count(1))
        tiers = tuple((int(facts[f"tier_{n}_from"]), int(facts[f"tier_{n}_micro"])) for n in numbers)
        return cls(int(facts.get("unit_price_micro", average)), tiers)

    def charge(self, quantity: int, currency: str) -> Money:
        """Return the price of a quantity: each unit at the price of its tier, the whole rounded once."""
        bounds = [1, *(first for first, _ in self.tiers), quantity + 1]
        prices = [self.unit_price_micro, *(price for _, price in self.tiers)]
        micro = sum(
            max(0, min(end, quantity + 1) - start) * price
            for (start, end), price in zip(pairwise(bounds), prices, strict=True)
        )
        return Money(divide(micro, MICRO_PER_MINOR), currency)
