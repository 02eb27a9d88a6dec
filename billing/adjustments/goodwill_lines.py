"""How a gross amount of goodwill is spread over the lines of a bill, so that its tax goes back with it.

Pure: works on what was invoiced and what earlier notes took back.
"""

from collections.abc import Sequence

from billing.ledger.credit_amounts import CreditLine, Invoiced, InvoicedLine, RateShare
from billing.money import Money
from billing.rating.tax import BASIS_POINTS


def most_minor(invoice: Invoiced) -> int:
    """Return the most, tax included, that goodwill can take back of the bill."""
    shares = [invoice.share(rate) for rate in _rates(invoice)]
    return max(0, min(invoice.left_minor, sum(_gross(share, _room(invoice, share)) for share in shares)))


def spread_goodwill(invoice: Invoiced, gross_minor: int) -> list[CreditLine]:
    """Take the greatest lines first, one rate of tax after the other.

    Where prices are net a rate may miss a cent: then the note comes to a cent less, never to more.
    """
    wanted: list[CreditLine] = []
    for rate in sorted(_rates(invoice), key=lambda rate: (-_room(invoice, invoice.share(rate)), rate)):
        share = invoice.share(rate)
        base = _base_within(share, min(gross_minor, _gross(share, _room(invoice, share))))
        gross_minor -= _gross(share, base)
        wanted += _lines(invoice, rate, base)
    return wanted


def _rates(invoice: Invoiced) -> set[int]:
    return {line.tax_rate for line in invoice.lines if not line.is_tax}


def _positive(invoice: Invoiced, rate: int) -> list[InvoicedLine]:
    mine = [line for line in invoice.lines if line.tax_rate == rate and not line.is_tax and line.left_minor > 0]
    return sorted(mine, key=lambda line: (-line.left_minor, line.line_item_id))


def _room(invoice: Invoiced, share: RateShare) -> int:
    """Return how much of the rate's lines can go back: discounts leave less than their sum."""
    return max(0, min(share.bounds[1], sum(line.left_minor for line in _positive(invoice, share.tax_rate))))


def _gross(share: RateShare, base_minor: int) -> int:
    """Return what taking back so much of the lines comes to: tax that has a line of its own is added."""
    return base_minor + (share.tax_of(base_minor) if base_minor and _is_net(share) else 0)


def _is_net(share: RateShare) -> bool:
    return share.taxed_basis_points != share.tax_rate + BASIS_POINTS


def _base_within(share: RateShare, gross_minor: int) -> int:
    """Return the greatest amount of the lines that comes to no more than this with its tax."""
    low, high = 0, max(0, gross_minor)
    while low < high:
        middle = (low + high + 1) // 2
        if _gross(share, middle) <= gross_minor:
            low = middle
        else:
            high = middle - 1
    return low


def _lines(invoice: Invoiced, rate: int, base_minor: int) -> Sequence[CreditLine]:
    lines = []
    for line in _positive(invoice, rate):
        part = min(base_minor, line.left_minor)
        base_minor -= part
        if part:
            lines.append(CreditLine(line.line_item_id, Money(part, invoice.currency)))
    return lines
