"""Rating: contract with its prices, usage, law and a period in, invoice lines with their causes out. Pure.

Billing is in arrears: the period is over, so what happened in it is known. Each amount is rounded once, half up, where
its line is made.
"""

from collections.abc import Sequence
from datetime import timedelta

from billing.law import Law
from billing.money import Money, divide
from billing.periods import BillingPeriod
from billing.rating.discounts import discount_lines
from billing.rating.errors import UnitUnknown
from billing.rating.line import Facts, Line, LineKind, ReasonCode, name_facts
from billing.rating.proration import prorate, prorate_units
from billing.rating.segments import Segment, base_kind_and_reason, segments_of
from billing.rating.terms import ContractTerms, OneOff, Usage

MICRO_PER_MINOR = 10_000


def rate(terms: ContractTerms, usage: Sequence[Usage], law: Law, period: BillingPeriod) -> tuple[Line, ...]:
    """Return the lines of one contract for one period, in the order in which an invoice shows them."""
    segments = segments_of(terms, law, period)
    return (
        *(_base_line(terms, segment, segments) for segment in segments),
        *(line for segment in segments for line in _usage_lines(terms, segment, usage)),
        *(line for segment in segments for line in discount_lines(terms, segment)),
        *(_one_off_line(terms, charge, law) for charge in terms.one_offs if charge.charged_on in period),
    )


def usage_charge(quantity: int, unit_price_micro: int, currency: str) -> Money:
    """Return the price of a quantity; a unit may cost a fraction of a cent, the whole is rounded once."""
    return Money(divide(quantity * unit_price_micro, MICRO_PER_MINOR), currency)


def _base_line(terms: ContractTerms, segment: Segment, segments: tuple[Segment, ...]) -> Line:
    kind, reason = base_kind_and_reason(segment, segments)
    facts: Facts = {
        **name_facts(segment.phase.plan_name),
        "plan_code": segment.phase.plan_code,
        "base_minor": segment.price.base.minor,
        "price_valid_from": segment.price.valid_from.isoformat(),
        "days": segment.days.days,
        "days_in_period": segment.whole.days,
    }
    if terms.last_day is not None:
        facts["contract_last_day"] = terms.last_day.isoformat()
    return Line(
        kind=kind,
        reason_code=reason,
        facts=facts,
        period=segment.days,
        amount=prorate(segment.price.base, segment.whole, segment.days),
        tax_rate=segment.tax_rate,
        contract_id=terms.contract_id,
        price_version_id=segment.price.version_id,
    )


def _usage_lines(terms: ContractTerms, segment: Segment, usage: Sequence[Usage]) -> list[Line]:
    """Charge what goes beyond the included units; a part of a month includes its share of them."""
    price = segment.price
    inside = [record for record in usage if record.used_on in segment.days]
    unknown = next((record.unit for record in inside if record.unit != price.unit), None)
    if unknown is not None:
        raise UnitUnknown(terms.contract_id, unknown)
    used = sum(record.quantity for record in inside)
    included = prorate_units(price.included, segment.whole, segment.days)
    charged = max(0, used - included)
    if charged == 0 or price.unit is None:
        return []
    line = Line(
        kind=LineKind.USAGE,
        reason_code=ReasonCode.EXTRA_USAGE if price.included else ReasonCode.CONSUMPTION,
        facts={
            **name_facts(segment.phase.plan_name),
            "used": used,
            "included": included,
            "unit": price.unit,
            "unit_price_micro": price.unit_price_micro,
        },
        period=segment.days,
        amount=usage_charge(charged, price.unit_price_micro, terms.currency),
        tax_rate=segment.tax_rate,
        quantity=charged,
        unit=price.unit,
        contract_id=terms.contract_id,
        price_version_id=price.version_id,
    )
    return [line]


def _one_off_line(terms: ContractTerms, charge: OneOff, law: Law) -> Line:
    return Line(
        kind=LineKind.ONE_OFF,
        reason_code=ReasonCode.ONE_OFF,
        facts={
            **name_facts(charge.name),
            "reference": charge.reference,
            "charged_on": charge.charged_on.isoformat(),
        },
        period=BillingPeriod(charge.charged_on, charge.charged_on + timedelta(days=1)),
        amount=charge.amount,
        tax_rate=law.tax_rate(charge.tax_category, charge.charged_on),
        contract_id=terms.contract_id,
    )
