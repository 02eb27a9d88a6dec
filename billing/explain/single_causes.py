"""Charges that stand on one bill only: single charges, the same one twice, fees, interest, money for an outage."""

from collections.abc import Iterable, Mapping, Sequence

from billing.explain.bill import Bill
from billing.explain.cause import Cause, CauseCode, names_of
from billing.explain.contract_lines import BASE_KINDS
from billing.rating.line import Facts, Line, LineKind, ReasonCode

Booking = tuple[object, ...]

CAME_AND_GONE: Mapping[LineKind, tuple[CauseCode, CauseCode]] = {
    LineKind.ONE_OFF: (CauseCode.ONE_OFF, CauseCode.ONE_OFF_GONE),
    LineKind.THIRD_PARTY: (CauseCode.THIRD_PARTY, CauseCode.THIRD_PARTY_GONE),
    LineKind.TERMINATION_FEE: (CauseCode.TERMINATION_FEE, CauseCode.TERMINATION_FEE_GONE),
    LineKind.COMPENSATION: (CauseCode.COMPENSATION, CauseCode.COMPENSATION_GONE),
    LineKind.LATE_FEE: (CauseCode.LATE_FEE, CauseCode.LATE_FEE_GONE),
    LineKind.INTEREST: (CauseCode.LATE_INTEREST, CauseCode.LATE_INTEREST_GONE),
}
CREDIT = (CauseCode.CREDIT, CauseCode.CREDIT_GONE)
LATE_USAGE = (CauseCode.LATE_USAGE, CauseCode.LATE_USAGE_GONE)
BOOKED_ONCE = frozenset({LineKind.ONE_OFF, LineKind.THIRD_PARTY, LineKind.TERMINATION_FEE, *BASE_KINDS})


def single_causes(before: Sequence[Line], now: Sequence[Line], known: Sequence[Line]) -> list[Cause]:
    """Return what came and what went; a charge booked again for the same order is a duplicate, and so is what is
    among the `known` lines of the later bill already.
    """
    before, now = _without_steady(before, now)
    seen = {_booking(line) for line in before if line.kind not in BASE_KINDS} | {_booking(line) for line in known}
    causes = []
    for line in now:
        is_again = line.kind in BOOKED_ONCE and _booking(line) in seen
        code = CauseCode.DUPLICATE_CHARGE if is_again else _codes(line)[0]
        seen.add(_booking(line))
        causes.append(Cause(code, line.amount, False, _facts(line)))
    causes.extend(Cause(_codes(line)[1], -line.amount, False, _facts(line)) for line in before)
    return causes


def _without_steady(before: Sequence[Line], now: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Leave out what another company charges alike on both bills: a subscription there is nothing that came or went."""
    left = list(before)
    came = []
    for line in now:
        match = next((one for one in left if _subscription(one) == _subscription(line)), None)
        if line.kind is LineKind.THIRD_PARTY and match is not None and _booking(match) != _booking(line):
            left.remove(match)
        else:
            came.append(line)
    return left, came


def _subscription(line: Line) -> Booking:
    return (line.kind, line.contract_id, line.facts.get("name_en"), line.amount.minor)


def split_singles(bill: Bill) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Return the regular lines, and those that stand alone: among them base fees charged again for the same days."""
    seen: set[Booking] = set()
    regular: list[Line] = []
    singles: list[Line] = []
    for line in bill.lines:
        is_again = line.kind in BASE_KINDS and _booking(line) in seen
        seen.add(_booking(line))
        is_single = is_again or line.kind in CAME_AND_GONE or line.reason_code is ReasonCode.LATE_USAGE
        (singles if is_single else regular).append(line)
    return tuple(regular), tuple(singles)


def _codes(line: Line) -> tuple[CauseCode, CauseCode]:
    if line.reason_code is ReasonCode.LATE_USAGE:
        return LATE_USAGE
    if line.kind is LineKind.ONE_OFF and line.amount.minor < 0:
        return CREDIT
    return CAME_AND_GONE.get(line.kind, CAME_AND_GONE[LineKind.ONE_OFF])


def _booking(line: Line) -> Booking:
    """Return what makes two charges the same: order, day and amount. An order may hold several different charges."""
    facts = line.facts
    day = facts.get("charged_on", line.period.start.isoformat())
    what = facts.get("plan_code") or facts.get("name_en")
    return (line.kind, line.contract_id, facts.get("reference"), day, line.period.end, what, line.amount.minor)


def _facts(line: Line) -> Facts:
    """Return what the line says, and always the day or the days that it is about."""
    if line.reason_code is ReasonCode.LATE_USAGE:
        days: Facts = {"period_start": line.period.start.isoformat(), "period_end": line.period.last_day.isoformat()}
        return {**names_of(line.facts), **days, "quantity": line.quantity, "unit": line.unit}
    if line.kind in {LineKind.ONE_OFF, *BASE_KINDS}:
        day = str(line.facts.get("charged_on", line.period.start.isoformat()))
        return {**names_of(line.facts), "charged_on": day, "reference": str(line.facts.get("reference", ""))}
    return dict(line.facts)


def merged(causes: Iterable[Cause]) -> list[Cause]:
    """Sum causes that say the very same, such as two equal charges that are both gone."""
    result: dict[tuple[object, ...], Cause] = {}
    for cause in causes:
        key = (cause.code, cause.recurring, *sorted(cause.facts.items()))
        earlier = result.get(key)
        amount = cause.amount if earlier is None else earlier.amount + cause.amount
        result[key] = Cause(cause.code, amount, cause.recurring, cause.facts)
    return list(result.values())
