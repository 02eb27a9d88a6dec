"""A billing period cut where the contract's plan, the plan's price or the tax on it changes."""

from dataclasses import dataclass
from itertools import pairwise

from billing.law import Law
from billing.periods import BillingPeriod
from billing.rating.errors import PhasesOverlap, PriceMissing
from billing.rating.line import LineKind, ReasonCode
from billing.rating.terms import ContractTerms, PlanPhase, PriceTerms


@dataclass(frozen=True, slots=True)
class Segment:
    """Days of one period with one plan at one price."""

    whole: BillingPeriod
    days: BillingPeriod
    phase: PlanPhase
    price: PriceTerms
    tax_rate: int

    @property
    def is_whole(self) -> bool:
        return self.days == self.whole


def segments_of(terms: ContractTerms, law: Law, period: BillingPeriod) -> tuple[Segment, ...]:
    """Return the segments in order of time; raise RatingError when a day has no price, two prices or two plans.

    A day for which the law names no tax rate is a RuleMissing.
    """
    segments: list[Segment] = []
    for phase in terms.phases:
        days = period.overlap(phase.valid_from, phase.valid_to)
        if days is None:
            continue
        if segments and days.start < segments[-1].days.end:
            raise PhasesOverlap(terms.contract_id, days.start)
        segments.extend(_cut_by_price(phase, law, period, days))
    return tuple(segments)


def _cut_by_price(phase: PlanPhase, law: Law, whole: BillingPeriod, days: BillingPeriod) -> list[Segment]:
    cuts: list[Segment] = []
    expected_start = days.start
    for price in sorted(phase.prices, key=lambda price: price.valid_from):
        cut = days.overlap(price.valid_from, price.valid_to)
        if cut is None:
            continue
        if cut.start != expected_start:
            break
        for part in _cut_by_tax(price, law, cut):
            cuts.append(Segment(whole, part, phase, price, law.tax_rate(price.tax_category, part.start)))
        expected_start = cut.end
    if expected_start != days.end:
        raise PriceMissing(phase.plan_code, days.start, days.end)
    return cuts


def _cut_by_tax(price: PriceTerms, law: Law, days: BillingPeriod) -> list[BillingPeriod]:
    bounds = [days.start, *law.tax_changes(price.tax_category, days), days.end]
    return [BillingPeriod(start, end) for start, end in pairwise(bounds)]


def base_kind_and_reason(segment: Segment, segments: tuple[Segment, ...]) -> tuple[LineKind, ReasonCode]:
    """Say what the base charge of a segment is: a whole month's fee, or why only a part of the month."""
    if segment.is_whole:
        return LineKind.RECURRING, ReasonCode.BASE_FEE
    if len({other.phase.plan_code for other in segments}) > 1:
        return LineKind.PRORATION_CHARGE, ReasonCode.PLAN_CHANGE
    if len({other.price.version_id for other in segments}) > 1:
        return LineKind.PRORATION_CHARGE, ReasonCode.PRICE_CHANGE
    if len(segments) > 1:
        return LineKind.PRORATION_CHARGE, ReasonCode.TAX_CHANGE
    if segment.days.start > segment.whole.start:
        return LineKind.PRORATION_CHARGE, ReasonCode.CONTRACT_START
    return LineKind.PRORATION_CHARGE, ReasonCode.CONTRACT_END
