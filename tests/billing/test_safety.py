"""Bounds of a bill: what looks wrong is named with its figures, and ordinary bills pass."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.line import Line, LineKind, ReasonCode
from billing.run.safety import BillDoubtful, Bounds, check_bill

BOUNDS = Bounds(lines_a_day=15, times_median=5, fewest_earlier=3, floor_minor=10_000)
CONTRACT = UUID(int=1)
OTHER = UUID(int=2)
FIRST = date(2026, 10, 1)


def line(
    *,
    kind: LineKind = LineKind.ONE_OFF,
    start: date = FIRST,
    days: int = 1,
    minor: int = 100,
    contract: UUID = CONTRACT,
) -> Line:
    period = BillingPeriod(start, start + timedelta(days=days))
    return Line(kind, ReasonCode.ONE_OFF, {}, period, Money(minor, "EUR"), 1900, contract_id=contract)


def doubts(lines: list[Line], *, total: int = 100, earlier: tuple[int, ...] = ()) -> list[dict[str, object]]:
    try:
        check_bill(lines, Money(total, "EUR"), earlier, BOUNDS)
    except BillDoubtful as doubtful:
        return [dict(doubt) for doubt in doubtful.doubts]
    return []


def test_fifteen_charges_of_a_kind_on_one_day_pass_and_sixteen_do_not() -> None:
    assert doubts([line()] * 15) == []
    assert doubts([line()] * 16) == [
        {
            "kind": "too_many_lines",
            "contract_id": str(CONTRACT),
            "day": "2026-10-01",
            "line_kind": "one_off",
            "lines": 16,
        }
    ]


def test_charges_of_other_days_kinds_or_contracts_are_counted_apart() -> None:
    lines = [line()] * 15
    lines += [line(start=FIRST + timedelta(days=1)), line(kind=LineKind.THIRD_PARTY), line(contract=OTHER)]

    assert doubts(lines) == []


@pytest.mark.parametrize(
    ("total", "earlier", "median"),
    [
        # The median of 30, 40 and 50 euros is 40; five times that is 200.
        (20_000, (3000, 4000, 5000), None),
        (20_001, (3000, 4000, 5000), 4000),
        # Between 40 and 41 euros lies 40.50; five times that is 202.50.
        (20_250, (3000, 4000, 4100, 5000), None),
        (20_251, (3000, 4000, 4100, 5000), 4050),
        # After free months any total is more than five times nothing; only the floor speaks.
        (10_000, (0, 0, 0), None),
        (10_001, (0, 0, 0), 0),
        # Two bills say nothing yet about the third.
        (99_999, (1000, 1000), None),
        (99_999, (), None),
    ],
)
def test_a_total_is_compared_with_the_median_of_earlier_bills(
    total: int, earlier: tuple[int, ...], median: int | None
) -> None:
    expected = {
        "kind": "total_unusual",
        "total_minor": total,
        "median_minor": median,
        "earlier_bills": len(earlier),
    }

    assert doubts([line()], total=total, earlier=earlier) == ([] if median is None else [expected])


def test_a_base_price_charged_twice_for_a_day_is_doubtful() -> None:
    # 1-15 October and 15-31 October share the fifteenth.
    twice = [
        line(kind=LineKind.PRORATION_CHARGE, days=15),
        line(kind=LineKind.RECURRING, start=date(2026, 10, 15), days=17),
    ]

    assert doubts(twice) == [{"kind": "charged_twice", "contract_id": str(CONTRACT), "day": "2026-10-15"}]


def test_parts_of_a_month_that_follow_on_one_another_are_not() -> None:
    parts = [
        line(kind=LineKind.PRORATION_CHARGE, days=15),
        line(kind=LineKind.PRORATION_CHARGE, start=date(2026, 10, 16), days=16),
        line(kind=LineKind.RECURRING, days=31, contract=OTHER),
        line(kind=LineKind.USAGE, days=31),
    ]

    assert doubts(parts) == []


def test_every_doubt_about_a_bill_is_told_at_once() -> None:
    lines = [line(kind=LineKind.RECURRING, days=31)] * 2 + [line()] * 16

    found = doubts(lines, total=50_000, earlier=(1000, 1000, 1000))

    assert [doubt["kind"] for doubt in found] == ["too_many_lines", "total_unusual", "charged_twice"]
