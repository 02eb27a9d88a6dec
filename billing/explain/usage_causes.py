"""Why the usage charges of one contract differ: another quantity, another price per unit, or both."""

from billing.explain.cause import Cause, CauseCode, names_of
from billing.explain.contract_lines import Pair, amount_of
from billing.money import Money
from billing.rating.line import Facts, Line
from billing.rating.rate import usage_charge


def usage_causes(pair: Pair) -> list[Cause]:
    """Price what was used now at the price before: that much is quantity, the rest is price."""
    price_effect = _price_effect(pair)
    quantity_effect = pair.change - price_effect
    causes = []
    if quantity_effect:
        code = CauseCode.LESS_USAGE if quantity_effect.minor < 0 else CauseCode.EXTRA_USAGE
        causes.append(Cause(code, quantity_effect, False, _quantity_facts(pair)))
    if price_effect:
        causes.append(Cause(CauseCode.PRICE_CHANGE, price_effect, True, _price_facts(pair)))
    return causes


def _price_effect(pair: Pair) -> Money:
    """Return nothing unless each bill has one price: a month cut by a plan change has no single one to compare."""
    prices_before = {line.facts["unit_price_micro"] for line in pair.before}
    prices_now = {line.facts["unit_price_micro"] for line in pair.now}
    if len(prices_before) != 1 or len(prices_now) != 1 or prices_before == prices_now:
        return Money(0, pair.currency)
    at_old_price = usage_charge(_quantity(pair.now), int(prices_before.pop()), pair.currency)
    return amount_of(pair.now, pair.currency) - at_old_price


def _quantity_facts(pair: Pair) -> Facts:
    newest = (pair.now or pair.before)[-1]
    before, now = _quantity(pair.before), _quantity(pair.now)
    return {
        **names_of(newest.facts),
        "quantity": abs(now - before),
        "quantity_now": now,
        "quantity_before": before,
        "included": newest.facts["included"],
        "unit": newest.unit,
        "unit_price_micro": newest.facts["unit_price_micro"],
    }


def _price_facts(pair: Pair) -> Facts:
    return {
        **names_of(pair.now[-1].facts),
        "unit": pair.now[-1].unit,
        "unit_price_before_micro": pair.before[-1].facts["unit_price_micro"],
        "unit_price_now_micro": pair.now[-1].facts["unit_price_micro"],
        "changed_on": pair.now[-1].period.start.isoformat(),
    }


def _quantity(lines: tuple[Line, ...]) -> int:
    return sum(line.quantity for line in lines)
