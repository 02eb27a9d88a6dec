"""The discounts of a segment, cut where one begins or ends: on no day do they take more than that day's base price.

A discount gets one line for all neighbouring days on which it is worth the same. Its amount is rounded once per cut, as
shares of a month are, so that the cuts of a line sum to the line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise

from billing.money import Money, total
from billing.periods import BillingPeriod
from billing.rating.line import Facts, Line, LineKind, ReasonCode, name_facts
from billing.rating.proration import prorate
from billing.rating.segments import Segment
from billing.rating.tax import BASIS_POINTS
from billing.rating.terms import ContractTerms, DiscountTerms


@dataclass(frozen=True, slots=True)
class _Share:
    """What one discount takes off the base price on some days, and what that is for a whole month."""

    days: BillingPeriod
    monthly: Money
    amount: Money


def discount_lines(terms: ContractTerms, segment: Segment) -> list[Line]:
    """Reduce the base price of the segment, the discounts in their order, each in order of time."""
    cuts = [_shares(terms.discounts, segment, days) for days in _cut(segment.days, terms.discounts)]
    return [
        _line(terms, segment, discount, share)
        for position, discount in enumerate(terms.discounts)
        for share in _join(shares[position] for shares in cuts)
    ]


def _cut(days: BillingPeriod, discounts: Sequence[DiscountTerms]) -> list[BillingPeriod]:
    bounds = [bound for discount in discounts for bound in (discount.valid_from, discount.valid_to)]
    inside = {bound for bound in bounds if bound is not None and bound in days}
    return [BillingPeriod(start, end) for start, end in pairwise(sorted({days.start, days.end} | inside))]


def _shares(discounts: Sequence[DiscountTerms], segment: Segment, days: BillingPeriod) -> list[_Share]:
    """Return the share of each discount, zero for one that does not hold on these days."""
    shares = []
    left, left_of_days = segment.price.base, prorate(segment.price.base, segment.whole, days)
    for discount in discounts:
        monthly = min(_monthly_value(discount, segment.price.base, days), left)
        # What takes the rest of the price takes the rest of the cents; its own share could be a cent off.
        amount = left_of_days if monthly == left else prorate(monthly, segment.whole, days)
        left, left_of_days = left - monthly, left_of_days - amount
        shares.append(_Share(days, monthly, amount))
    return shares


def _monthly_value(discount: DiscountTerms, base: Money, days: BillingPeriod) -> Money:
    if days.overlap(discount.valid_from, discount.valid_to) is None:
        return Money(0, base.currency)
    if discount.amount is not None:
        return discount.amount
    return base.times(discount.basis_points or 0, BASIS_POINTS)


def _join(shares: Iterable[_Share]) -> list[_Share]:
    """Join neighbours that are worth the same; leave out what is worth nothing."""
    joined = []
    for monthly, group in groupby(shares, key=lambda share: share.monthly):
        same = list(group)
        if monthly:
            days = BillingPeriod(same[0].days.start, same[-1].days.end)
            joined.append(_Share(days, monthly, total((share.amount for share in same), monthly.currency)))
    return joined


def _line(terms: ContractTerms, segment: Segment, discount: DiscountTerms, share: _Share) -> Line:
    facts: Facts = {
        **name_facts(discount.name),
        "discount_id": str(discount.discount_id),
        "monthly_minor": share.monthly.minor,
        "started_on": discount.valid_from.isoformat(),
        "days": share.days.days,
        "days_in_period": segment.whole.days,
    }
    if discount.valid_to is not None:
        facts["ended_on"] = _last_day(discount.valid_to).isoformat()
    return Line(
        kind=LineKind.DISCOUNT,
        reason_code=ReasonCode.DISCOUNT,
        facts=facts,
        period=share.days,
        amount=-share.amount,
        tax_rate=segment.tax_rate,
        contract_id=terms.contract_id,
        price_version_id=segment.price.version_id,
    )


def _last_day(valid_to: date) -> date:
    return valid_to - timedelta(days=1)
