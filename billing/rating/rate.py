"""Rating: contract with its prices, usage, law and a period in, invoice lines with their causes out. Pure.

Billing is in arrears: the period is over, so what happened in it is known. Each amount is rounded once, half up, where
its line is made.
"""

from collections.abc import Sequence
from fractions import Fraction

from billing.law import Law
from billing.periods import BillingPeriod
from billing.rating.discounts import discount_lines
from billing.rating.line import Facts, Line, name_facts
from billing.rating.one_offs import one_off_lines
from billing.rating.outages import compensation_lines
from billing.rating.proration import prorate, prorate_units
from billing.rating.segments import Segment, base_kind_and_reason, segments_of
from billing.rating.terms import ContractTerms, Usage
from billing.rating.usage import usage_charge, usage_lines

__all__ = ["rate", "usage_charge"]


def rate(terms: ContractTerms, usage: Sequence[Usage], law: Law, period: BillingPeriod) -> tuple[Line, ...]:
    """Return the lines of one contract for one period, in the order in which an invoice shows them."""
    segments = segments_of(terms, law, period)
    return (
        *(_base_line(terms, segment, segments) for segment in segments),
        *usage_lines(terms, segments, usage),
        *(line for segment in segments for line in discount_lines(terms, segment)),
        *one_off_lines(terms, law, period),
        *compensation_lines(terms, segments, law, period),
    )


def _base_line(terms: ContractTerms, segment: Segment, segments: tuple[Segment, ...]) -> Line:
    kind, reason = base_kind_and_reason(segment, segments)
    return Line(
        kind=kind,
        reason_code=reason,
        facts=_base_facts(terms, segment),
        period=segment.days,
        amount=prorate(segment.price.base, segment.whole, segment.days),
        tax_rate=segment.tax_rate,
        contract_id=terms.contract_id,
        price_version_id=segment.price.version_id,
        unrounded=None if terms.prices_include_tax else _exact(segment),
    )


def _exact(segment: Segment) -> Fraction:
    return Fraction(segment.price.base.minor * segment.days.days, segment.whole.days)


def _base_facts(terms: ContractTerms, segment: Segment) -> Facts:
    phase, price = segment.phase, segment.price
    facts: Facts = {
        **name_facts(phase.plan_name),
        "plan_code": phase.plan_code,
        "plan_started_on": phase.valid_from.isoformat(),
        "base_minor": price.base.minor,
        "price_valid_from": price.valid_from.isoformat(),
        "days": segment.days.days,
        "days_in_period": segment.whole.days,
    }
    if price.unit is not None:
        facts["unit"] = price.unit
        facts["included"] = prorate_units(price.included, segment.whole, segment.days)
    if terms.last_day is not None:
        facts["contract_last_day"] = terms.last_day.isoformat()
    return facts
