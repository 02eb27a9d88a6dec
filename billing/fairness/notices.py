"""Price increases that hold, and those that do not because customers were not told in time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from billing.law import Law, RuleMissing
from billing.money import divide
from billing.rating.tax import BASIS_POINTS
from billing.rating.terms import ContractTerms, PlanPhase, PriceTerms

RULE = "price_notice"


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An increase that does not hold; `rule` is the version of the law, None where the law says nothing of the day."""

    price: PriceTerms
    notice_sent_on: date | None
    rule: str | None


def lawful_terms(
    terms: ContractTerms, notices: Mapping[UUID, date | None], law: Law
) -> tuple[ContractTerms, tuple[HeldBack, ...]]:
    """Return the terms with each increase without proper notice undone: the price before it goes on.

    Where no price at all has a day of notice, none was recorded: that says nothing about what customers were told.
    """
    if not any(notices.values()):
        return terms, ()
    held: list[HeldBack] = []
    phases = tuple(replace(phase, prices=_lawful_prices(phase, notices, law, held)) for phase in terms.phases)
    return (replace(terms, phases=phases) if held else terms), tuple(held)


def _lawful_prices(
    phase: PlanPhase, notices: Mapping[UUID, date | None], law: Law, held: list[HeldBack]
) -> tuple[PriceTerms, ...]:
    kept: list[PriceTerms] = []
    for price in sorted(phase.prices, key=lambda price: price.valid_from):
        before = kept[-1] if kept else None
        if before is None or not _concerns(phase, before, price) or not _is_dearer(price, before):
            kept.append(price)
            continue
        if _follows_tax(law, before, price):
            kept.append(price)
            continue
        sent_on = notices.get(price.version_id)
        rule = _broken_rule(law, price.valid_from, sent_on)
        if rule == "":
            kept.append(price)
            continue
        kept[-1] = replace(before, valid_to=price.valid_to)
        held.append(HeldBack(price, sent_on, rule))
    return tuple(kept)


def _concerns(phase: PlanPhase, before: PriceTerms, price: PriceTerms) -> bool:
    """Say whether the contract was on the plan before the increase and still on it after."""
    runs_on = phase.valid_to is None or phase.valid_to > price.valid_from
    return before.valid_to == price.valid_from and phase.valid_from < price.valid_from and runs_on


def _is_dearer(price: PriceTerms, before: PriceTerms) -> bool:
    return (
        price.base.minor > before.base.minor
        or price.unit_price_micro > before.unit_price_micro
        or price.included < before.included
        or _extra(price) != _extra(before)
    )


def _follows_tax(law: Law, before: PriceTerms, price: PriceTerms) -> bool:
    """Say whether the price rose with the tax on that very day, and by no more: the law made that change."""
    day_before = price.valid_from - timedelta(days=1)
    try:
        old, new = (law.tax_rate(price.tax_category, day) for day in (day_before, price.valid_from))
    except RuleMissing:
        return False
    if old >= new or price.included < before.included or _extra(price) != _extra(before):
        return False
    pairs = ((before.base.minor, price.base.minor), (before.unit_price_micro, price.unit_price_micro))
    return all(now <= divide(then * (BASIS_POINTS + new), BASIS_POINTS + old) for then, now in pairs)


def _extra(price: PriceTerms) -> object:
    return getattr(price, "tiers", None), getattr(price, "world_unit_price_micro", None)


def _broken_rule(law: Law, valid_from: date, sent_on: date | None) -> str | None:
    """Return the version of the rule that the notice breaks, "" if it breaks none, None if there is no rule."""
    try:
        rule = law.get(RULE, valid_from)
    except RuleMissing:
        return None
    least, most = rule.values["min_months"], rule.values.get("max_months")
    in_time = (
        sent_on is not None
        and sent_on <= months_before(valid_from, least)
        and (most is None or sent_on >= months_before(valid_from, most))
    )
    return "" if in_time else rule.version


def months_before(day: date, months: int) -> date:
    """Return the same day so many months before, or the last one of a shorter month."""
    month = day.year * 12 + day.month - 1 - months
    first = date(month // 12, month % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)
