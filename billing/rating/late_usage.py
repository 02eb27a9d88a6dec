"""Usage that came after the bill of its own period: it costs what it would have cost had it come in time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from billing.law import Law
from billing.periods import BillingPeriod
from billing.rating.kinds import UsageZone
from billing.rating.line import Line, ReasonCode
from billing.rating.segments import segments_of
from billing.rating.terms import ContractTerms, Usage
from billing.rating.usage import usage_lines


def late_usage_lines(
    terms: ContractTerms, known: Sequence[Usage], late: Sequence[Usage], law: Law, period: BillingPeriod
) -> list[Line]:
    """Return what the whole period's usage costs more than the usage known when it was billed.

    The lines have the period, prices and tax of the days of use. What the allowance covers makes no line.
    """
    segments = segments_of(terms, law, period)
    billed = {_key(line): line for line in usage_lines(terms, segments, known)}
    lines = (_late(line, billed.get(_key(line)), late) for line in usage_lines(terms, segments, [*known, *late]))
    return [line for line in lines if line.quantity]


def _key(line: Line) -> tuple[object, ...]:
    return line.period, line.price_version_id, line.facts["zone"]


def _late(line: Line, billed: Line | None, late: Sequence[Usage]) -> Line:
    used = sum(record.quantity for record in late if _is_in(record, line))
    quantity = line.quantity - (billed.quantity if billed else 0)
    facts = {
        **line.facts,
        "used": used,
        "used_before": int(line.facts["used"]) - used,
        "included": max(0, used - quantity),
    }
    received = _last_received(late)
    if received is not None:
        facts["received_on"] = received.date().isoformat()
    amount = line.amount - billed.amount if billed else line.amount
    return replace(
        line,
        reason_code=ReasonCode.LATE_USAGE,
        facts=facts,
        quantity=quantity,
        amount=amount,
        unrounded=_unrounded(line, billed),
    )


def _is_in(record: Usage, line: Line) -> bool:
    is_world = record.zone is UsageZone.WORLD
    return record.used_on in line.period and is_world == (line.facts["zone"] == UsageZone.WORLD)


def _unrounded(line: Line, billed: Line | None) -> Fraction | None:
    if line.unrounded is None:
        return None
    return line.unrounded - (billed.unrounded or 0) if billed else line.unrounded


def _last_received(late: Sequence[Usage]) -> datetime | None:
    return max((record.received_at for record in late if record.received_at is not None), default=None)
