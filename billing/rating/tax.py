"""The tax inside prices that include it."""

from collections.abc import Iterable
from dataclasses import dataclass

from billing.money import Money, total
from billing.rating.line import Line

BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class ContainedTax:
    """What an invoice's lines of one rate come to; net and tax sum to gross."""

    tax_rate: int
    gross: Money
    tax: Money

    @property
    def net(self) -> Money:
        return self.gross - self.tax


def contained_taxes(lines: Iterable[Line], currency: str) -> tuple[ContainedTax, ...]:
    """Return the tax per rate, rounded once for the document and never per line."""
    lines = list(lines)
    rates = sorted({line.tax_rate for line in lines})
    gross_by_rate = {rate: total((line.amount for line in lines if line.tax_rate == rate), currency) for rate in rates}
    return tuple(
        ContainedTax(rate, gross, gross.times(rate, BASIS_POINTS + rate)) for rate, gross in gross_by_rate.items()
    )
