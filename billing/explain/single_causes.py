"""Charges that stand on one bill only: single charges, the same one twice, fees for reminders."""

from collections.abc import Iterable

from billing.explain.bill import Bill
from billing.explain.cause import Cause, CauseCode, names_of
from billing.rating.line import Facts, Line, LineKind

Booking = tuple[str | int, ...]


def one_off_causes(previous: Bill | None, current: Bill) -> list[Cause]:
    """Return what came and what went; a charge booked again for the same order is a duplicate."""
    before = [] if previous is None else _of_kind(previous, LineKind.ONE_OFF)
    now = _of_kind(current, LineKind.ONE_OFF)
    seen = {_booking(line) for line in before}
    causes = []
    for line in now:
        code = CauseCode.DUPLICATE_CHARGE if _booking(line) in seen else CauseCode.ONE_OFF
        seen.add(_booking(line))
        causes.append(Cause(code, line.amount, False, _one_off_facts(line)))
    causes.extend(Cause(CauseCode.ONE_OFF_GONE, -line.amount, False, _one_off_facts(line)) for line in before)
    return causes


def late_fee_causes(previous: Bill | None, current: Bill) -> list[Cause]:
    before = [] if previous is None else _of_kind(previous, LineKind.LATE_FEE)
    now = _of_kind(current, LineKind.LATE_FEE)
    return [
        *(Cause(CauseCode.LATE_FEE, line.amount, False, dict(line.facts)) for line in now),
        *(Cause(CauseCode.LATE_FEE_GONE, -line.amount, False, dict(line.facts)) for line in before),
    ]


def _of_kind(bill: Bill, kind: LineKind) -> list[Line]:
    return [line for line in bill.lines if line.kind is kind]


def _booking(line: Line) -> Booking:
    """Return what makes two charges the same: order, day and amount. An order may hold several different charges."""
    return (line.facts["reference"], line.facts["charged_on"], line.facts["name_en"], line.amount.minor)


def _one_off_facts(line: Line) -> Facts:
    return {
        **names_of(line.facts),
        "charged_on": line.facts["charged_on"],
        "reference": line.facts["reference"],
    }


def merged(causes: Iterable[Cause]) -> list[Cause]:
    """Sum causes that say the very same, such as two equal charges that are both gone."""
    result: dict[tuple[object, ...], Cause] = {}
    for cause in causes:
        key = (cause.code, cause.recurring, *sorted(cause.facts.items()))
        earlier = result.get(key)
        amount = cause.amount if earlier is None else earlier.amount + cause.amount
        result[key] = Cause(cause.code, amount, cause.recurring, cause.facts)
    return list(result.values())
