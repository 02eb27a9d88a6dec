"""Money: integer minor units and a currency. Rounds only where the caller names how."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from billing.errors import SaldoError


class CurrencyMismatch(SaldoError):
    """Two amounts in different currencies were added or compared."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"{left} and {right} do not add")
        self.left = left
        self.right = right


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's smallest unit; may be negative."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        # bool and float are refused on purpose: a float never becomes money by accident.
        if type(self.minor) is not int:
            raise TypeError(f"minor units are an int, not {type(self.minor).__name__}")
        if len(self.currency) != 3 or not self.currency.isupper():
            raise ValueError(f"not an ISO 4217 code: {self.currency!r}")

    def __add__(self, other: "Money") -> "Money":
        self._must_match(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return self + -other

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._must_match(other)
        return self.minor < other.minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def times(self, numerator: int, denominator: int = 1, *, rounding: str = ROUND_HALF_UP) -> "Money":
        """Return the amount times a fraction, rounded once to the minor unit (half up, away from zero)."""
        return Money(divide(self.minor * numerator, denominator, rounding=rounding), self.currency)

    def _must_match(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)


def divide(numerator: int, denominator: int, *, rounding: str = ROUND_HALF_UP) -> int:
    """Divide exactly, then round once to an integer."""
    return int((Decimal(numerator) / Decimal(denominator)).quantize(Decimal(1), rounding=rounding))


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Return the sum; of nothing it is zero."""
    result = Money(0, currency)
    for amount in amounts:
        result += amount
    return result
