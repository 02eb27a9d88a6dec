"""How much of an invoice was owed from when to when: pure, from what was paid, credited and disputed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from billing.dunning.late_interest import OwedSpan
from billing.money import Money


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money put to the invoice on a day."""

    day: date
    minor: int


@dataclass(frozen=True, slots=True)
class Contested:
    """A part that was disputed from a day until before another; None: it still is."""

    opened_on: date
    closed_on: date | None
    minor: int

    def holds(self, day: date) -> bool:
        return self.opened_on <= day and (self.closed_on is None or day < self.closed_on)


@dataclass(frozen=True, slots=True)
class Debt:
    """An invoice that was not paid when it was due; `owed`: all but interest and what was credited."""

    owed: Money
    receipts: Sequence[Receipt] = ()
    contested: Sequence[Contested] = ()

    def principal(self, day: date) -> Money:
        """Return what was owed and not contested at the end of the day."""
        paid = sum(receipt.minor for receipt in self.receipts if receipt.day <= day)
        held = sum(part.minor for part in self.contested if part.holds(day))
        return Money(max(0, self.owed.minor - paid - held), self.owed.currency)

    def spans(self, after: date, until: date) -> Sequence[OwedSpan]:
        """Return the debt after one day up to another, cut where it changed; the day of a payment still counts."""
        changes = {receipt.day for receipt in self.receipts}
        changes |= {day for part in self.contested for day in (part.opened_on, part.closed_on) if day is not None}
        cuts = [after, *sorted(day for day in changes if after < day < until), until]
        spans = (OwedSpan(self.principal(start), start, end) for start, end in pairwise(cuts))
        return [span for span in spans if span.principal]
