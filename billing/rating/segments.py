"""A billing period cut where the contract's plan, the plan's price or the tax on it changes."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from billing.law import Law
from billing.periods import BillingPeriod
from billing.rating.errors import CurrencyMixed, EndsBeforeStart, PhasesOverlap, PriceGap, PriceMissing, PricesOverlap
from billing.rating.line import LineKind, ReasonCode
from billing.rating.terms import ContractTerms, PlanPhase, PriceTerms


@dataclass(frozen=True, slots=True)
class Segment:
    """Days of one period with one plan at one price under one rate of tax.

    `span` are all days at that price: an allowance belongs to them, whatever the tax does in between.
    """

    whole: BillingPeriod
    span: BillingPeriod
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
        must_end_after_start(terms, "plan", phase.valid_from, phase.valid_to)
        days = period.overlap(phase.valid_from, phase.valid_to)
        if days is None:
            continue
        if segments and days.start < segments[-1].days.end:
            raise PhasesOverlap(terms.contract_id, days.start)
        for price, span in _cut_by_price(terms, phase, days):
            segments.extend(
                Segment(period, span, part, phase, price, law.tax_rate(price.tax_category, part.start))
                for part in _cut_by_tax(price, law, span)
            )
    return tuple(segments)


def must_end_after_start(terms: ContractTerms, what: str, start: date, end: date | None) -> None:
    """Let what ends on its first day pass: it was undone on the day, and holds on none."""
    if end is not None and end < start:
        raise EndsBeforeStart(terms.contract_id, what, start, end)


def _cut_by_price(
    terms: ContractTerms, phase: PlanPhase, days: BillingPeriod
) -> list[tuple[PriceTerms, BillingPeriod]]:
    cuts: list[tuple[PriceTerms, BillingPeriod]] = []
    expected_start = days.start
    for price in sorted(phase.prices, key=lambda price: price.valid_from):
        must_end_after_start(terms, "price", price.valid_from, price.valid_to)
        cut = days.overlap(price.valid_from, price.valid_to)
        if cut is None:
            continue
        if cut.start < expected_start:
            raise PricesOverlap(phase.plan_code, cut.start)
        if cut.start > expected_start:
            missing = PriceGap if cuts else PriceMissing
            raise missing(phase.plan_code, expected_start, cut.start)
        if price.base.currency != terms.currency:
            raise CurrencyMixed(terms.contract_id, terms.currency, price.base.currency)
        cuts.append((price, cut))
        expected_start = cut.end
    if expected_start != days.end:
        raise PriceMissing(phase.plan_code, expected_start, days.end)
    return cuts


def _cut_by_tax(price: PriceTerms, law: Law, days: BillingPeriod) -> list[BillingPeriod]:
    changes = law.tax_changes(price.tax_category, days)
    if not changes:
        return [days]
    return [BillingPeriod(start, end) for start, end in pairwise([days.start, *changes, days.end])]


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
