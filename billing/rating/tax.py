"""The tax of a document: inside prices that include it, or added to prices that do not. Rounded once per rate."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from billing.money import Money, divide, total
from billing.periods import BillingPeriod
from billing.rating.line import Line, LineKind, ReasonCode

BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class DocumentTax:
    """What a document's lines of one rate come to; net and tax sum to gross."""

    tax_rate: int
    gross: Money
    tax: Money

    @property
    def net(self) -> Money:
        return self.gross - self.tax


def contained_taxes(lines: Iterable[Line], currency: str) -> tuple[DocumentTax, ...]:
    """Return the tax per rate, rounded once for the document and never per line.

    Where a rate has tax lines the other lines are net, and the tax is what those lines say.
    """
    by_rate = _by_rate(lines)
    return tuple(_contained(rate, by_rate[rate], currency) for rate in sorted(by_rate))


def _contained(rate: int, lines: Sequence[Line], currency: str) -> DocumentTax:
    gross = total((line.amount for line in lines), currency)
    tax_lines = [line.amount for line in lines if line.kind is LineKind.TAX]
    return DocumentTax(rate, gross, total(tax_lines, currency) if tax_lines else gross.times(rate, BASIS_POINTS + rate))


def added_taxes(lines: Iterable[Line], currency: str) -> tuple[DocumentTax, ...]:
    """Return the tax per rate on net lines.

    The gross is made from the lines' exact values and rounded once, so no rounded intermediate is taxed: 29 of 30 days
    of 200.00 at 25 % are 241.67, not 241.66. The lines show 193.33, and the tax takes up the difference: 48.34. So the
    total is the sum of what the document shows, and right to the cent.
    """
    by_rate = _by_rate(lines)
    return tuple(_added(rate, by_rate[rate], currency) for rate in sorted(by_rate))


def _added(rate: int, lines: Sequence[Line], currency: str) -> DocumentTax:
    exact = sum((line.amount.minor if line.unrounded is None else line.unrounded for line in lines), Fraction(0))
    gross = divide(exact.numerator * (BASIS_POINTS + rate), exact.denominator * BASIS_POINTS)
    shown = total((line.amount for line in lines), currency)
    return DocumentTax(rate, Money(gross, currency), Money(gross, currency) - shown)


def document_lines(lines: Sequence[Line], currency: str, *, prices_include_tax: bool) -> tuple[Line, ...]:
    """Return the lines of a document: as they are where prices include tax, else with a tax line for each rate.

    A rate of nought has no such line. Every other one has, even of 0.00: it is what says that the lines are net.
    """
    if prices_include_tax:
        return tuple(lines)
    taxed = [line for line in lines if line.tax_rate]
    return (*lines, *(_tax_line(tax, taxed) for tax in added_taxes(taxed, currency)))


def _tax_line(tax: DocumentTax, lines: Sequence[Line]) -> Line:
    periods = [line.period for line in lines if line.tax_rate == tax.tax_rate]
    return Line(
        kind=LineKind.TAX,
        reason_code=ReasonCode.TAX,
        facts={"tax_rate": tax.tax_rate, "net_minor": tax.net.minor},
        period=BillingPeriod(min(period.start for period in periods), max(period.end for period in periods)),
        amount=tax.tax,
        tax_rate=tax.tax_rate,
    )


def _by_rate(lines: Iterable[Line]) -> dict[int, list[Line]]:
    by_rate: dict[int, list[Line]] = {}
    for line in lines:
        by_rate.setdefault(line.tax_rate, []).append(line)
    return by_rate
