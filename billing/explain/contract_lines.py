"""The lines of two bills, put side by side by contract and kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from billing.explain.bill import Bill
from billing.money import Money, total
from billing.rating.line import Line, LineKind

BASE_KINDS = frozenset({LineKind.RECURRING, LineKind.PRORATION_CHARGE, LineKind.PRORATION_CREDIT})


@dataclass(frozen=True, slots=True)
class Pair:
    """Lines of the same sort in the earlier and the later bill, each in order of time."""

    before: tuple[Line, ...]
    now: tuple[Line, ...]
    currency: str

    @property
    def change(self) -> Money:
        return amount_of(self.now, self.currency) - amount_of(self.before, self.currency)


def amount_of(lines: Iterable[Line], currency: str) -> Money:
    return total((line.amount for line in lines), currency)


def contracts_of(previous: Bill, current: Bill) -> tuple[UUID | None, ...]:
    """Return the contracts on either bill, in the order in which they appear."""
    return tuple(dict.fromkeys(line.contract_id for line in (*previous.lines, *current.lines)))


def pair_of(previous: Bill, current: Bill, contract_id: UUID | None, kinds: frozenset[LineKind]) -> Pair:
    def pick(bill: Bill) -> tuple[Line, ...]:
        chosen = (line for line in bill.lines if line.contract_id == contract_id and line.kind in kinds)
        return tuple(sorted(chosen, key=lambda line: line.period.start))

    return Pair(pick(previous), pick(current), current.total.currency)
