"""Why the usage charges of one contract differ: another quantity, another allowance, another price, or all of them.

As with base fees one bill is turned into the other step by step: what was used now is priced at the tariff on which the
earlier bill ended, first with the old allowance, then with the new one; the rest is the price.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from billing.explain.cause import Cause, CauseCode, names_of
from billing.explain.contract_lines import Pair, amount_of
from billing.explain.usage_tariff import UsageTariff
from billing.money import Money
from billing.rating.line import Facts, Line

WORLD = "world"
MORE_AND_LESS = (CauseCode.EXTRA_USAGE, CauseCode.LESS_USAGE)
MORE_AND_LESS_ABROAD = (CauseCode.WORLD_USAGE, CauseCode.LESS_WORLD_USAGE)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many units the plan included in the days of each bill; None: not known."""

    before: int | None
    now: int | None

    def more_charged(self, used: int) -> int:
        """Return how many more of the used units are charged because fewer are included."""
        if self.before is None or self.now is None:
            return 0
        return max(0, used - self.now) - max(0, used - self.before)


def usage_causes(usage: Pair, base: Pair) -> list[Cause]:
    """Return the causes per zone and unit; the base fees say what was included where nothing was charged."""
    kinds = dict.fromkeys(_kind(line) for line in (*usage.before, *usage.now))
    causes: list[Cause] = []
    for kind in kinds:
        same = usage.only(_is_of(kind))
        if same.change:
            causes.extend(_causes_of_one(same, _allowance(same, base)))
    return causes


def _causes_of_one(usage: Pair, allowance: Allowance) -> list[Cause]:
    old = UsageTariff.of(usage.before[-1] if usage.before else usage.now[0])
    caught_up = _at(old, usage.before, usage.currency) - amount_of(usage.before, usage.currency)
    new_price = amount_of(usage.now, usage.currency) - _at(old, usage.now, usage.currency)
    included = _allowance_effect(usage, allowance, old)
    priced = [
        *([_allowance_cause(usage, allowance, included)] if included else []),
        *([_price_cause(usage, usage.before, caught_up)] if caught_up else []),
        *([_price_cause(usage, usage.now, new_price)] if new_price else []),
    ]
    rest = usage.change - caught_up - new_price - included
    counted = _quantity_causes(usage, allowance, rest)
    return [*counted, *priced] if counted else _with_rest(priced, rest)


def _with_rest(causes: list[Cause], rest: Money) -> list[Cause]:
    """Add to the weightiest what tiers and cents come to where a month is cut, as long as no unit more was used."""
    if not causes:
        return []
    weightiest, *others = sorted(causes, key=lambda cause: -abs(cause.amount.minor))
    return [replace(weightiest, amount=weightiest.amount + rest), *others]


def _at(tariff: UsageTariff, lines: Sequence[Line], currency: str) -> Money:
    """Price each line anew unless it has that tariff; what was charged at it stays as it was charged."""
    amount = Money(0, currency)
    for line in lines:
        same = UsageTariff.of(line) == tariff
        amount += line.amount if same else tariff.charge(line.quantity, currency)
    return amount


def _allowance_effect(usage: Pair, allowance: Allowance, tariff: UsageTariff) -> Money:
    """Return what the same usage costs more because less is included; nothing where that cannot be known."""
    charged = _quantity(usage.now or usage.before)
    more = allowance.more_charged(_used(usage.now or usage.before))
    without = charged - more if usage.now else charged + more
    effect = tariff.charge(charged, usage.currency) - tariff.charge(without, usage.currency)
    return effect if usage.now else -effect


def _quantity_causes(usage: Pair, allowance: Allowance, effect: Money) -> list[Cause]:
    """Count the units as if the allowance were one: it is told apart. Nothing where as many were charged."""
    newest = (usage.now or usage.before)[-1]
    more = allowance.more_charged(_used(usage.now or usage.before))
    before = _quantity(usage.before) + (0 if usage.now else more)
    now = _quantity(usage.now) - (more if usage.now else 0)
    if not effect or before == now:
        return []
    more_code, less_code = MORE_AND_LESS_ABROAD if _kind(newest)[0] == WORLD else MORE_AND_LESS
    facts: Facts = {
        **names_of(newest.facts),
        "quantity": abs(now - before),
        "quantity_now": now,
        "quantity_before": before,
        "included": newest.facts.get("included", 0),
        "unit": newest.unit,
        "unit_price_micro": UsageTariff.of(newest).unit_price_micro,
    }
    return [Cause(less_code if effect.minor < 0 else more_code, effect, False, facts)]


def _allowance_cause(usage: Pair, allowance: Allowance, effect: Money) -> Cause:
    newest = (usage.now or usage.before)[-1]
    facts: Facts = {
        **names_of(newest.facts),
        "unit": newest.unit,
        "included_before": allowance.before or 0,
        "included_now": allowance.now or 0,
    }
    return Cause(CauseCode.ALLOWANCE_CHANGE, effect, True, facts)


def _price_cause(usage: Pair, changed: Sequence[Line], effect: Money) -> Cause:
    """Tell the price on which the bill ended that the change is in, and the one before it."""
    newest = changed[-1]
    earlier = (*usage.before, *usage.now)[0] if changed is usage.before else (usage.before or usage.now)[-1]
    if earlier is newest:
        earlier = changed[0]
    facts: Facts = {
        **names_of(newest.facts),
        "unit": newest.unit,
        "unit_price_before_micro": UsageTariff.of(earlier).unit_price_micro,
        "unit_price_now_micro": UsageTariff.of(newest).unit_price_micro,
        "changed_on": newest.period.start.isoformat(),
    }
    return Cause(CauseCode.PRICE_CHANGE, effect, True, facts)


def _allowance(usage: Pair, base: Pair) -> Allowance:
    zone, unit = _kind((usage.now or usage.before)[-1])
    if zone == WORLD:
        return Allowance(None, None)
    return Allowance(_included(usage.before, base.before, unit), _included(usage.now, base.now, unit))


def _included(charged: Sequence[Line], base: Sequence[Line], unit: str) -> int | None:
    """Sum the parts of a month; a part in which nothing was charged is known from its base fee alone."""
    parts = [line for line in base if line.facts.get("unit") == unit] or charged
    if not parts or any("included" not in line.facts for line in parts):
        return None
    return sum(int(line.facts["included"]) for line in parts)


def _kind(line: Line) -> tuple[str, str]:
    return str(line.facts.get("zone", "home")), line.unit


def _is_of(kind: tuple[str, str]) -> Callable[[Line], bool]:
    return lambda line: _kind(line) == kind


def _quantity(lines: Sequence[Line]) -> int:
    return sum(line.quantity for line in lines)


def _used(lines: Sequence[Line]) -> int:
    return sum(int(line.facts.get("used", line.quantity)) for line in lines)
