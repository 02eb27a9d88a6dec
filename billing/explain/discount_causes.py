"""Why the discounts of one contract differ: one ended, began or changed, or it follows a changed base price."""

from collections.abc import Sequence
from dataclasses import replace

from billing.explain.base_causes import base_causes
from billing.explain.cause import Cause, CauseCode, names_of
from billing.explain.contract_lines import Pair
from billing.explain.discounts import DiscountPair, discounts_of, monthly_of
from billing.money import Money, total
from billing.rating.line import Facts
from billing.rating.tax import BASIS_POINTS


def price_causes(base: Pair, discounts: Pair) -> list[Cause]:
    """Return the causes of base fees and discounts together: a discount that merely follows is part of what it follows.

    The discounts of a contract that began or ended between the bills came or went with it.
    """
    of_base = base_causes(base)
    if of_base and bool(base.before) != bool(base.now):
        return [replace(of_base[0], amount=of_base[0].amount + discounts.change), *of_base[1:]]
    causes, own = list(of_base), []
    changed = discounts_of(discounts, base)
    for one in changed:
        others = [other for other in changed if other is not one]
        if one.follows and not one.is_as_said:
            continue
        if _is_other_worth(one, others, is_base_same=not of_base):
            own.append(_changed(one))
        elif one.follows:
            causes = _followed(causes, of_base, one)
        else:
            own.extend(_began_or_ended(one))
    return [*causes, *own]


def _is_other_worth(one: DiscountPair, others: Sequence[DiscountPair], *, is_base_same: bool) -> bool:
    """Say whether a discount that goes on is worth another amount because of others that came, went or changed."""
    if not one.holds_on_both:
        return False
    if one.follows and is_base_same:
        return True
    is_opposed = any((other.lines.change.minor < 0) != (one.lines.change.minor < 0) for other in others)
    return is_opposed and (not one.follows or (one.is_capped and any(not other.holds_on_both for other in others)))


def _began_or_ended(one: DiscountPair) -> list[Cause]:
    """Tell both if it began within the earlier bill and ended within the later."""
    lines = one.lines
    if not lines.now:
        return [_ended(one, lines.change)]
    if not lines.before or not one.ended_within:
        return [_started(one, lines.change)]
    if not one.started_within:
        return [_ended(one, lines.change)]
    whole = Money(-monthly_of(one.newest), lines.currency)
    before, now = (total((line.amount for line in some), lines.currency) for some in (lines.before, lines.now))
    return [_started(one, whole - before), _ended(one, now - whole)]


def _ended(one: DiscountPair, change: Money) -> Cause:
    """Name the last day that it is known by; of one that was taken back, the last that it was on a bill for."""
    last_billed = one.lines.period_before.last_day.isoformat()
    known = str(one.newest.facts.get("ended_on", last_billed))
    is_over = known <= one.lines.period_now.last_day.isoformat()
    ended_on = known if is_over else last_billed
    return Cause(CauseCode.DISCOUNT_ENDED, change, True, {**names_of(one.newest.facts), "ended_on": ended_on})


def _started(one: DiscountPair, change: Money) -> Cause:
    facts: Facts = {**names_of(one.newest.facts), "started_on": one.started_on}
    return Cause(CauseCode.DISCOUNT_STARTED, change, not one.ended_within, facts)


def _changed(one: DiscountPair) -> Cause:
    """Tell a discount that goes on but is worth another amount: others began, ended or took precedence."""
    before, now = one.lines.before, one.lines.now
    monthly_before = monthly_of(before[-1]) if before else 0
    # Of several amounts within the month the last that is another one; it may be the old one again by the end.
    other = [line for line in now if monthly_of(line) != monthly_before]
    facts: Facts = {
        **names_of(one.newest.facts),
        "monthly_before_minor": monthly_before,
        "monthly_now_minor": monthly_of((other or now)[-1]) if now else 0,
        "changed_on": (other[-1].period if other else one.lines.period_now).start.isoformat(),
    }
    return Cause(CauseCode.DISCOUNT_CHANGED, one.lines.change, True, facts)


def _followed(causes: list[Cause], base: Sequence[Cause], one: DiscountPair) -> list[Cause]:
    """Add to each cause of the base fee what the discount changed with it; the cents left over go to the weightiest."""
    shares = _shares(base, one)
    weightiest = max(range(len(base)), key=lambda number: abs(base[number].amount.minor))
    shares[weightiest] += one.lines.change - total(shares, one.lines.currency)
    return [replace(cause, amount=cause.amount + share) for cause, share in zip(causes, shares, strict=True)]


def _shares(base: Sequence[Cause], one: DiscountPair) -> list[Money]:
    nothing = Money(0, one.lines.currency)
    if not one.follows_the_price:
        days = [number for number, cause in enumerate(base) if cause.code is CauseCode.PRORATION]
        return [one.lines.change if days[:1] == [number] else nothing for number in range(len(base))]
    if one.share is not None and not one.is_capped:
        return [-cause.amount.times(one.share, BASIS_POINTS) for cause in base]
    in_all = sum(cause.amount.minor for cause in base)
    if not in_all or any((cause.amount.minor < 0) != (in_all < 0) for cause in base):
        return [nothing for _ in base]
    return [one.lines.change.times(cause.amount.minor, in_all) for cause in base]
