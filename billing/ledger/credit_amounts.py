"""What a credit note takes back, to the cent: never more than the invoice's own stored amounts, and in the end all.

Pure: works on what was invoiced and what earlier notes took back, and recomputes no invoice. An invoice from another
system may ask for less or more than its lines come to. Of less, no more than it asked for is taken back; what it asked
for beyond its lines belongs to no line and no rate of tax, so no note takes it back: a person has to settle it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from billing.errors import NotFound, SaldoError
from billing.money import CurrencyMismatch, Money, divide
from billing.rating.tax import BASIS_POINTS


class CreditTooHigh(SaldoError):
    """More was to be taken back than is left: of a line, or of the whole invoice (`line_item_id` is None)."""

    status = 409

    def __init__(self, line_item_id: int | None, requested: Money, left: Money) -> None:
        super().__init__(f"{requested.minor} exceeds the {left.minor} {left.currency} left")
        self.line_item_id = line_item_id
        self.requested = requested
        self.left = left


class NothingToCredit(SaldoError):
    """Of these lines nothing is left in the customer's favour; a note of nothing is never made."""

    status = 409

    def __init__(self, invoice_id: UUID) -> None:
        super().__init__(f"nothing to credit on invoice {invoice_id}")
        self.invoice_id = invoice_id


class LineNotOnInvoice(NotFound):
    """The line item belongs to another invoice, or is a line of tax, which follows the others by itself."""

    def __init__(self, line_item_id: int) -> None:
        super().__init__(f"line item {line_item_id} cannot be credited here")
        self.line_item_id = line_item_id


@dataclass(frozen=True, slots=True)
class CreditLine:
    """What to take back of one line item, with its sign; None: all that is left. `finding` is the audit's key."""

    line_item_id: int
    amount: Money | None = None
    finding: str | None = None


@dataclass(frozen=True, slots=True)
class InvoicedLine:
    """A line item and what earlier notes took back of it. `is_tax`: tax added to net prices of its rate."""

    line_item_id: int
    tax_rate: int
    is_tax: bool
    amount_minor: int
    credited_minor: int

    @property
    def left_minor(self) -> int:
        return self.amount_minor - self.credited_minor


@dataclass(frozen=True, slots=True)
class Invoiced:
    """An invoice with all that earlier notes took back; its total, `taxes` and `credited_taxes` by rate as stored."""

    id: UUID
    currency: str
    total_minor: int
    lines: tuple[InvoicedLine, ...]
    taxes: Mapping[int, int]
    credited_taxes: Mapping[int, int]

    @property
    def lines_left_minor(self) -> int:
        return sum(line.left_minor for line in self.lines)

    @property
    def left_minor(self) -> int:
        """What notes may still come to: no more than the lines, and no more than was asked for."""
        return min(self.lines_left_minor, self.total_minor - sum(line.credited_minor for line in self.lines))

    def share(self, tax_rate: int) -> "RateShare":
        of_rate = [line for line in self.lines if line.tax_rate == tax_rate and not line.is_tax]
        is_net = any(line.is_tax for line in self.lines if line.tax_rate == tax_rate)
        return RateShare(
            taxed_basis_points=BASIS_POINTS if is_net else BASIS_POINTS + tax_rate,
            tax_rate=tax_rate,
            base_minor=sum(line.amount_minor for line in of_rate),
            credited_minor=sum(line.credited_minor for line in of_rate),
            tax_minor=self.taxes.get(tax_rate, 0),
            credited_tax_minor=self.credited_taxes.get(tax_rate, 0),
        )


@dataclass(frozen=True, slots=True)
class RateShare:
    """The lines of one rate: what they came to, their tax, and what was taken back of both.

    An amount holds `tax_rate` parts of tax in `taxed_basis_points`: 19 in 119 where prices include it, else 19 on 100.
    """

    taxed_basis_points: int
    tax_rate: int
    base_minor: int
    credited_minor: int
    tax_minor: int
    credited_tax_minor: int

    @property
    def bounds(self) -> tuple[int, int]:
        """Between these lies what a note may still take back; a discount alone is never taken back."""
        return (
            min(0, self.base_minor) - self.credited_minor,
            max(0, self.base_minor) - self.credited_minor,
        )

    def tax_of(self, amount_minor: int) -> int:
        """Return the tax that goes with the amount, at its rate and rounded half up.

        All notes together stay within a cent of their share of the stated tax; the last one carries what is left of it.
        """
        credited = self.credited_minor + amount_minor
        if credited == self.base_minor:
            return self.tax_minor - self.credited_tax_minor
        own = divide(amount_minor * self.tax_rate, self.taxed_basis_points)
        exact = self.tax_minor * credited
        lowest = exact // self.base_minor - self.credited_tax_minor
        highest = -(-exact // self.base_minor) - self.credited_tax_minor
        return min(max(own, lowest), highest)


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A line of the note."""

    line_item_id: int
    amount_minor: int
    tax_rate: int
    finding: str | None = None


@dataclass(frozen=True, slots=True)
class NoteTax:
    """What the note's lines of one rate come to."""

    tax_rate: int
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """A credit note before it has a number."""

    lines: tuple[NoteLine, ...]
    taxes: tuple[NoteTax, ...]

    @property
    def total_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)


def draft_note(invoice: Invoiced, requested: Sequence[CreditLine]) -> NoteDraft:
    """Return the note; raise CreditTooHigh or NothingToCredit, with no tolerance, instead of changing an amount.

    A line without an amount gives way: what is left of its line, as far as that is left of its rate and, where prices
    include tax, of the invoice.
    """
    fitted = _fit_total(invoice, requested, _fit_rates(invoice, requested, _resolve(invoice, requested)))
    lines = [line for line in fitted if line.amount_minor]
    taxes, tax_lines = _taxes(invoice, lines)
    draft = NoteDraft((*lines, *tax_lines), tuple(taxes))
    if draft.total_minor <= 0:
        raise NothingToCredit(invoice.id)
    _must_leave_a_whole(invoice, draft)
    return draft


def creditable_minor(invoice: Invoiced, line: InvoicedLine) -> int:
    """Return what a note of this line alone can take back, net where tax has lines of its own; those follow: 0."""
    if invoice.left_minor <= 0 or line.is_tax:
        return 0
    if line.left_minor <= 0:
        return line.left_minor
    return max(0, min(line.left_minor, invoice.left_minor, invoice.share(line.tax_rate).bounds[1]))


def _resolve(invoice: Invoiced, requested: Iterable[CreditLine]) -> list[NoteLine]:
    items = {line.line_item_id: line for line in invoice.lines}
    left = {line.line_item_id: line.left_minor for line in invoice.lines}
    resolved: list[NoteLine] = []
    for wanted in requested:
        item = items.get(wanted.line_item_id)
        if item is None or (item.is_tax and wanted.amount is not None):
            raise LineNotOnInvoice(wanted.line_item_id)
        minor = 0 if item.is_tax else _amount(wanted, left[item.line_item_id], invoice.currency)
        left[item.line_item_id] -= minor
        resolved.append(NoteLine(item.line_item_id, minor, item.tax_rate, wanted.finding))
    return resolved


def _amount(wanted: CreditLine, left_minor: int, currency: str) -> int:
    if wanted.amount is None:
        return left_minor
    if wanted.amount.currency != currency:
        raise CurrencyMismatch(wanted.amount.currency, currency)
    if not min(0, left_minor) <= wanted.amount.minor <= max(0, left_minor):
        raise CreditTooHigh(wanted.line_item_id, wanted.amount, Money(left_minor, currency))
    return wanted.amount.minor


def _fit_rates(invoice: Invoiced, requested: Sequence[CreditLine], lines: Sequence[NoteLine]) -> list[NoteLine]:
    """Bring each rate within its bounds: a discounted price is taken back only as far as it was charged."""
    fitted = list(lines)
    for tax_rate in {line.tax_rate for line in lines}:
        lowest, highest = invoice.share(tax_rate).bounds
        minor = sum(line.amount_minor for line in lines if line.tax_rate == tax_rate)
        excess = minor - min(max(minor, lowest), highest)
        gives_way = [lines[n].tax_rate == tax_rate and asked.amount is None for n, asked in enumerate(requested)]
        excess = _cut(fitted, gives_way, excess)
        if excess:
            left = Money(highest if excess > 0 else lowest, invoice.currency)
            raise CreditTooHigh(None, Money(minor, invoice.currency), left)
    return fitted


def _fit_total(invoice: Invoiced, requested: Sequence[CreditLine], lines: Sequence[NoteLine]) -> list[NoteLine]:
    """Bring the note within what the invoice asked for, if that is less than its lines come to."""
    fitted = list(lines)
    excess = sum(line.amount_minor for line in lines) - invoice.left_minor
    if excess > 0 and not any(line.is_tax for line in invoice.lines):
        _cut(fitted, [asked.amount is None for asked in requested], excess)
    return fitted


def _cut(lines: list[NoteLine], gives_way: Sequence[bool], excess: int) -> int:
    """Take the excess from the lines that give way, the last one first; return what of it remains."""
    for index in reversed(range(len(lines))):
        if gives_way[index]:
            line = lines[index]
            cut = min(excess, max(line.amount_minor, 0)) if excess > 0 else max(excess, min(line.amount_minor, 0))
            lines[index] = NoteLine(line.line_item_id, line.amount_minor - cut, line.tax_rate, line.finding)
            excess -= cut
    return excess


def _taxes(invoice: Invoiced, lines: Sequence[NoteLine]) -> tuple[list[NoteTax], list[NoteLine]]:
    by_rate: dict[int, int] = defaultdict(int)
    for line in lines:
        by_rate[line.tax_rate] += line.amount_minor
    tax_items = {line.tax_rate: line.line_item_id for line in invoice.lines if line.is_tax}
    taxes: list[NoteTax] = []
    tax_lines: list[NoteLine] = []
    for tax_rate, minor in sorted(by_rate.items()):
        tax = invoice.share(tax_rate).tax_of(minor)
        if tax_rate in tax_items:
            taxes.append(NoteTax(tax_rate, minor, tax))
            if tax:
                tax_lines.append(NoteLine(tax_items[tax_rate], tax, tax_rate))
        else:
            taxes.append(NoteTax(tax_rate, minor - tax, tax))
    return taxes, tax_lines


def _must_leave_a_whole(invoice: Invoiced, draft: NoteDraft) -> None:
    """Refuse a note beyond the invoice, and one that would leave rates that cancel out but no amount to correct."""
    lines_left = invoice.lines_left_minor - draft.total_minor
    noted: dict[int, int] = defaultdict(int)
    for tax in draft.taxes:
        noted[tax.tax_rate] += tax.net_minor + tax.tax_minor
    rates_left = {
        rate: sum(line.left_minor for line in invoice.lines if line.tax_rate == rate) - noted[rate]
        for rate in {line.tax_rate for line in invoice.lines}
    }
    if draft.total_minor > invoice.left_minor or (lines_left == 0 and any(rates_left.values())):
        raise CreditTooHigh(
            None, Money(draft.total_minor, invoice.currency), Money(invoice.left_minor, invoice.currency)
        )
