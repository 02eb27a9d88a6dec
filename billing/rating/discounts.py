"""The discounts of a segment, cut where one begins or ends: on no day do they take more than that day's base price.

A discount gets one line for all neighbouring days on which it is worth the same. Its amount is rounded once per cut, as
shares of a month are, so that the cuts of a line sum to the line. What a share takes off a whole month is an amount of
whole cents, the one that the customer is told; net prices keep the exact part of it until the document's tax is made.

One that is exclusive does not add up: on each day the best exclusive one alone holds, or all others together do,
whichever is more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby, pairwise

from billing.money import Money, total
from billing.periods import BillingPeriod
from billing.rating.line import Facts, Line, LineKind, ReasonCode, name_facts
from billing.rating.proration import prorate
from billing.rating.segments import Segment, must_end_after_start
from billing.rating.tax import BASIS_POINTS
from billing.rating.terms import ContractTerms, DiscountTerms


@dataclass(frozen=True, slots=True)
class _Share:
    """What one discount takes off the base price on some days, and what that is for a whole month."""

    days: BillingPeriod
    own_monthly: Money
    monthly: Money
    amount: Money


def discount_lines(terms: ContractTerms, segment: Segment) -> list[Line]:
    """Reduce the base price of the segment, the discounts in their order, each in order of time."""
    discounts = _held(terms, segment)
    if not discounts:
        return []
    cuts = [_shares(discounts, segment, days) for days in _cut(segment.days, discounts)]
    return [
        _line(terms, segment, discount, share)
        for position, discount in enumerate(discounts)
        for share in _join(shares[position] for shares in cuts)
    ]


def _held(terms: ContractTerms, segment: Segment) -> list[DiscountTerms]:
    """Return the discounts that hold on a day of the segment."""
    held = []
    for discount in terms.discounts:
        must_end_after_start(terms, "discount", discount.valid_from, discount.valid_to)
        if segment.days.overlap(discount.valid_from, discount.valid_to) is not None:
            held.append(discount)
    return held


def _cut(days: BillingPeriod, discounts: Sequence[DiscountTerms]) -> list[BillingPeriod]:
    bounds = [bound for discount in discounts for bound in (discount.valid_from, discount.valid_to)]
    inside = {bound for bound in bounds if bound is not None and bound in days}
    return [BillingPeriod(start, end) for start, end in pairwise(sorted({days.start, days.end} | inside))]


def _shares(discounts: Sequence[DiscountTerms], segment: Segment, days: BillingPeriod) -> list[_Share]:
    """Return the share of each discount, zero for one that does not hold on these days."""
    base = segment.price.base
    own = [_monthly_value(discount, base, days) for discount in discounts]
    shares = []
    left, left_of_days = base, prorate(base, segment.whole, days)
    for own_monthly, wanted in zip(own, _without_the_worse(discounts, own, base), strict=True):
        monthly = min(wanted, left)
        # What takes the rest of the price takes the rest of the cents; its own share could be a cent off.
        share = prorate(monthly, segment.whole, days)
        amount = left_of_days if monthly == left else min(share, left_of_days)
        left, left_of_days = left - monthly, left_of_days - amount
        shares.append(_Share(days, own_monthly, monthly, amount))
    return shares


def _without_the_worse(discounts: Sequence[DiscountTerms], own: Sequence[Money], base: Money) -> Sequence[Money]:
    """Keep the best exclusive discount alone or all others together; at a draw the others."""
    exclusive = [position for position, discount in enumerate(discounts) if discount.exclusive and own[position]]
    if not exclusive:
        return own
    none = Money(0, base.currency)
    others = [none if discount.exclusive else value for discount, value in zip(discounts, own, strict=True)]
    best = max(exclusive, key=lambda position: own[position].minor)
    if min(own[best], base).minor <= min(total(others, base.currency), base).minor:
        return others
    return [value if position == best else none for position, value in enumerate(own)]


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
            amount = total((share.amount for share in same), monthly.currency)
            joined.append(_Share(days, same[0].own_monthly, monthly, amount))
    return joined


def _line(terms: ContractTerms, segment: Segment, discount: DiscountTerms, share: _Share) -> Line:
    facts: Facts = {
        **name_facts(discount.name),
        "discount_id": str(discount.discount_id),
        "monthly_minor": share.monthly.minor,
        "own_monthly_minor": share.own_monthly.minor,
        "started_on": discount.valid_from.isoformat(),
        "days": share.days.days,
        "days_in_period": segment.whole.days,
    }
    if discount.basis_points is not None:
        facts["basis_points"] = discount.basis_points
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
        unrounded=None if terms.prices_include_tax else _exact(segment, share),
    )


def _exact(segment: Segment, share: _Share) -> Fraction:
    return -Fraction(share.monthly.minor * share.days.days, segment.whole.days)


def _last_day(valid_to: date) -> date:
    return valid_to - timedelta(days=1)
