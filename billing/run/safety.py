"""Bounds beyond which a bill looks wrong although it could be made: it waits for a person and is not sent. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from billing.errors import SaldoError
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.kinds import LineKind
from billing.rating.line import Facts, Line

# A bill is compared with the median of so many bills before it.
EARLIER_BILLS = 6
BASE_KINDS = (LineKind.RECURRING, LineKind.PRORATION_CHARGE)


class DoubtKind(StrEnum):
    """Why a bill looks wrong."""

    TOO_MANY_LINES = "too_many_lines"
    TOTAL_UNUSUAL = "total_unusual"
    CHARGED_TWICE = "charged_twice"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that looks wrong, with its figures."""

    kind: DoubtKind
    facts: Facts


class BillDoubtful(SaldoError):
    """A bill looks wrong; a person releases it or mends the account."""

    status = 422

    def __init__(self, total: Money, doubts: Sequence[Doubt]) -> None:
        super().__init__(f"doubts about a bill: {', '.join(doubt.kind for doubt in doubts)}")
        self.total_minor = total.minor
        self.currency = total.currency
        self.doubts = [{"kind": doubt.kind.value, **doubt.facts} for doubt in doubts]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What no ordinary bill exceeds.

    A total is compared only above `floor_minor` and with at least `fewest_earlier` bills before it, so that neither a
    first bill nor the month after a free one waits for a person.
    """

    lines_a_day: int = 15
    times_median: int = 5
    fewest_earlier: int = 3
    floor_minor: int = 20_000


def check_bill(lines: Sequence[Line], total: Money, earlier_minor: Sequence[int], bounds: Bounds) -> None:
    """Raise BillDoubtful with every doubt at once; `earlier_minor` are the totals of the newest bills before it."""
    doubts = [
        *_too_many_lines(lines, bounds),
        *_unusual_total(total, earlier_minor, bounds),
        *_charged_twice(lines),
    ]
    if doubts:
        raise BillDoubtful(total, doubts)


def _too_many_lines(lines: Sequence[Line], bounds: Bounds) -> list[Doubt]:
    counts = Counter((line.contract_id, line.period.start, line.kind) for line in lines)
    return [
        Doubt(
            DoubtKind.TOO_MANY_LINES,
            {"contract_id": str(contract_id), "day": day.isoformat(), "line_kind": kind.value, "lines": count},
        )
        for (contract_id, day, kind), count in counts.items()
        if count > bounds.lines_a_day
    ]


def _unusual_total(total: Money, earlier_minor: Sequence[int], bounds: Bounds) -> list[Doubt]:
    if len(earlier_minor) < bounds.fewest_earlier or total.minor <= bounds.floor_minor:
        return []
    twice_median = _twice_median(earlier_minor)
    if 2 * total.minor <= bounds.times_median * twice_median:
        return []
    facts: Facts = {"total_minor": total.minor, "median_minor": twice_median // 2, "earlier_bills": len(earlier_minor)}
    return [Doubt(DoubtKind.TOTAL_UNUSUAL, facts)]


def _twice_median(amounts: Sequence[int]) -> int:
    """Return an integer also for an even number of amounts, whose median lies between two of them."""
    ordered = sorted(amounts)
    return ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]


def _charged_twice(lines: Sequence[Line]) -> list[Doubt]:
    """Find days for which a contract's base price is charged by two lines."""
    base: dict[UUID | None, list[BillingPeriod]] = defaultdict(list)
    for line in lines:
        if line.kind in BASE_KINDS and line.amount:
            base[line.contract_id].append(line.period)
    return [
        Doubt(DoubtKind.CHARGED_TWICE, {"contract_id": str(contract_id), "day": later.start.isoformat()})
        for contract_id, periods in base.items()
        for earlier, later in pairwise(sorted(periods))
        if later.start < earlier.end
    ]
