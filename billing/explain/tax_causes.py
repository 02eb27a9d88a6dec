"""Why the tax on net prices differs: the prices did, or the rate. Where prices include tax there are no such lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from billing.explain.cause import Cause, CauseCode
from billing.explain.contract_lines import Pair
from billing.money import Money, total
from billing.rating.line import Facts, Line, LineKind
from billing.rating.tax import BASIS_POINTS


@dataclass(frozen=True, slots=True)
class _TaxSide:
    """The tax lines of one bill, and the net amounts that they are on."""

    lines: Sequence[Line]
    taxes: tuple[Line, ...]
    currency: str

    @property
    def rates(self) -> set[int]:
        return {line.tax_rate for line in self.taxes}

    def at_another(self, old: int, new: int) -> Money:
        """Return how much more tax the lines under the old rate would bear under the new."""
        net = total((line.amount for line in self.lines if line.tax_rate == old), self.currency)
        charged = total((line.amount for line in self.taxes if line.tax_rate == old), self.currency)
        return net.times(new, BASIS_POINTS) - charged


def tax_causes(lines: Pair) -> list[Cause]:
    """Return what new rates add, and as another cause the tax that follows all other changes."""
    before, now = (_side(some, lines.currency) for some in (lines.before, lines.now))
    change = total((line.amount for line in now.taxes), lines.currency) - total(
        (line.amount for line in before.taxes), lines.currency
    )
    changes = _rate_changes(before, now, lines)
    rest = change - total((cause.amount for cause in changes), lines.currency)
    if rest:
        changes.append(Cause(CauseCode.TAX, rest, True, {"tax_rate": max(now.rates | before.rates)}))
    return changes


def _rate_changes(before: _TaxSide, now: _TaxSide, lines: Pair) -> list[Cause]:
    """Pair rates that are gone with rates that came; a bill cut by the change of a rate has both."""
    went, came = sorted(before.rates - now.rates), sorted(now.rates - before.rates)
    stayed = sorted(before.rates & now.rates)
    causes = []
    for old, new in zip(went or stayed[-1:], came or stayed[-1:], strict=False):
        amount = -now.at_another(new, old) if came else before.at_another(old, new)
        if old == new or (not came and not _replaced(before, old, new)):
            continue
        facts: Facts = {
            "tax_rate_before": old,
            "tax_rate_now": new,
            "changed_on": _first_day(lines.now if came else lines.before, new),
        }
        causes.append(Cause(CauseCode.TAX_CHANGE, amount, True, facts))
    return causes


def _replaced(side: _TaxSide, old: int, new: int) -> bool:
    """Say whether on this bill one contract's base is under both rates, so that the new one replaced the old."""
    of_old = {line.contract_id for line in side.lines if line.tax_rate == old}
    return bool(of_old & {line.contract_id for line in side.lines if line.tax_rate == new})


def _first_day(lines: Iterable[Line], rate: int) -> str:
    return min(line.period.start for line in lines if line.tax_rate == rate).isoformat()


def _side(lines: Sequence[Line], currency: str) -> _TaxSide:
    taxes = tuple(line for line in lines if line.kind is LineKind.TAX)
    return _TaxSide(tuple(line for line in lines if line.kind is not LineKind.TAX), taxes, currency)
