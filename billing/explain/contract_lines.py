"""The lines of two bills, put side by side by contract and kind."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from billing.explain.bill import Bill
from billing.money import Money, total
from billing.periods import BillingPeriod
from billing.rating.line import Line, LineKind

BASE_KINDS = frozenset({LineKind.RECURRING, LineKind.PRORATION_CHARGE, LineKind.PRORATION_CREDIT})


@dataclass(frozen=True, slots=True)
class Pair:
    """Lines of the same sort in the earlier and the later bill, each in order of time."""

    before: tuple[Line, ...]
    now: tuple[Line, ...]
    period_before: BillingPeriod
    period_now: BillingPeriod
    currency: str

    @property
    def change(self) -> Money:
        return amount_of(self.now, self.currency) - amount_of(self.before, self.currency)

    def only(self, belongs: Callable[[Line], bool]) -> "Pair":
        """Return the same bills with fewer lines."""
        before, now = (tuple(line for line in lines if belongs(line)) for lines in (self.before, self.now))
        return Pair(before, now, self.period_before, self.period_now, self.currency)


def amount_of(lines: Iterable[Line], currency: str) -> Money:
    return total((line.amount for line in lines), currency)


def contracts_of(previous: Bill, current: Bill) -> tuple[UUID | None, ...]:
    """Return the contracts on either bill, in the order in which they appear."""
    return tuple(dict.fromkeys(line.contract_id for line in (*previous.lines, *current.lines)))


def pair_of(previous: Bill, current: Bill) -> Pair:
    before, now = (tuple(sorted(bill.lines, key=lambda line: line.period.start)) for bill in (previous, current))
    return Pair(before, now, previous.period, current.period, current.total.currency)


def of_contract(lines: Pair, contract_id: UUID | None) -> Pair:
    return lines.only(lambda line: line.contract_id == contract_id)


def without_common(before: Sequence[Line], now: Sequence[Line]) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Leave out what two bills of the same days have in common: what changes within them is no difference."""
    left = list(before)
    only_now = []
    for line in now:
        if line in left:
            left.remove(line)
        else:
            only_now.append(line)
    return tuple(left), tuple(only_now)
