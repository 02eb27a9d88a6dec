"""Why a bill differs from the one before, to the cent: the causes sum to the difference exactly. Pure."""

from dataclasses import dataclass, replace
from uuid import UUID

from billing.explain.base_causes import base_causes
from billing.explain.bill import Bill
from billing.explain.cause import Cause, CauseCode, names_of
from billing.explain.contract_lines import BASE_KINDS, contracts_of, pair_of
from billing.explain.discount_causes import discount_causes
from billing.explain.forecast import expected_next
from billing.explain.single_causes import late_fee_causes, merged, one_off_causes
from billing.explain.usage_causes import usage_causes
from billing.money import Money, total
from billing.periods import BillingPeriod
from billing.rating.line import Facts, LineKind

__all__ = ["Bill", "BillChange", "Cause", "CauseCode", "explain_change"]


@dataclass(frozen=True, slots=True)
class BillChange:
    """Two bills and what lies between them. Of a first bill the difference is its whole total."""

    previous_number: str | None
    previous_period: BillingPeriod | None
    previous_total: Money | None
    current_number: str
    current_period: BillingPeriod
    current_total: Money
    difference: Money
    causes: tuple[Cause, ...]
    expected_next: Money | None


def explain_change(previous: Bill | None, current: Bill) -> BillChange:
    """Return the change with its causes, the weightiest first; the rest of an imperfect match is the cause OTHER."""
    difference = current.total if previous is None else current.total - previous.total
    named = _first_bill_causes(current) if previous is None else _causes(previous, current)
    named = [cause for cause in merged(named) if cause.amount]
    rest = difference - total((cause.amount for cause in named), difference.currency)
    if rest:
        named.append(Cause(CauseCode.OTHER, rest, False, {}))
    return BillChange(
        previous_number=None if previous is None else previous.number,
        previous_period=None if previous is None else previous.period,
        previous_total=None if previous is None else previous.total,
        current_number=current.number,
        current_period=current.period,
        current_total=current.total,
        difference=difference,
        causes=tuple(sorted(named, key=lambda cause: -abs(cause.amount.minor))),
        expected_next=expected_next(current),
    )


def _causes(previous: Bill, current: Bill) -> list[Cause]:
    causes = [*one_off_causes(previous, current), *late_fee_causes(previous, current)]
    for contract_id in contracts_of(previous, current):
        causes.extend(_price_causes(previous, current, contract_id))
        causes.extend(usage_causes(pair_of(previous, current, contract_id, frozenset({LineKind.USAGE}))))
    return causes


def _price_causes(previous: Bill, current: Bill, contract_id: UUID | None) -> list[Cause]:
    """Explain base fees and discounts together: a discount by share follows the base price that it is a share of."""
    base = base_causes(pair_of(previous, current, contract_id, BASE_KINDS))
    discounts = pair_of(previous, current, contract_id, frozenset({LineKind.DISCOUNT}))
    own = discount_causes(previous, current, discounts)
    following = discounts.change - total((cause.amount for cause in own), discounts.currency)
    return [*(replace(cause, amount=cause.amount + following) for cause in base), *own]


def _first_bill_causes(current: Bill) -> list[Cause]:
    """Tell single charges apart; everything else is the first bill itself."""
    singles = one_off_causes(None, current)
    base = [line for line in current.lines if line.kind in BASE_KINDS]
    facts: Facts = {}
    if base:
        facts = {
            **names_of(base[0].facts),
            "started_on": base[0].period.start.isoformat(),
            "days": (current.period.end - base[0].period.start).days,
            "days_in_period": current.period.days,
        }
    is_whole = all(line.kind is LineKind.RECURRING for line in base)
    rest = current.total - total((cause.amount for cause in singles), current.total.currency)
    return [Cause(CauseCode.FIRST_BILL, rest, is_whole, facts), *singles]
