"""Why a bill differs from an earlier one, to the cent: the causes sum to the difference exactly. Pure."""

from dataclasses import dataclass, replace
from datetime import date

from billing.explain.bill import Bill
from billing.explain.cause import Cause, CauseCode, names_of
from billing.explain.contract_lines import BASE_KINDS, Pair, contracts_of, of_contract, pair_of, without_common
from billing.explain.discount_causes import price_causes
from billing.explain.first_bill import first_bill_causes
from billing.explain.forecast import expected_next
from billing.explain.single_causes import merged, single_causes, split_singles
from billing.explain.tax_causes import tax_causes
from billing.explain.usage_causes import usage_causes
from billing.money import Money, total
from billing.periods import BillingPeriod
from billing.rating.line import LineKind

__all__ = ["Bill", "BillChange", "Cause", "CauseCode", "explain_change", "names_of"]


@dataclass(frozen=True, slots=True)
class BillChange:
    """Two bills and what lies between them. Of a first bill the difference is its whole total.

    Totals and difference are those of the documents; `*_credited` is what credit notes took back of them.
    """

    previous_number: str | None
    previous_period: BillingPeriod | None
    previous_total: Money | None
    current_number: str
    current_period: BillingPeriod
    current_total: Money
    difference: Money
    causes: tuple[Cause, ...]
    expected_next: Money | None
    is_final: bool = False
    previous_credited: Money | None = None
    current_credited: Money | None = None


def explain_change(previous: Bill | None, current: Bill) -> BillChange:
    """Return the change with its causes, the weightiest first; the rest of an imperfect match is the cause OTHER.

    The expected amount is what the later bill lets expect; terms that are agreed for later it does not know.
    """
    difference = current.total if previous is None else current.total - previous.total
    named = first_bill_causes(current) if previous is None else _causes(previous, current)
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
        expected_next=expected_next(previous, current),
        is_final=_is_final(current),
        previous_credited=None if previous is None else previous.credited,
        current_credited=current.credited,
    )


def _causes(previous: Bill, current: Bill) -> list[Cause]:
    (regular_before, single_before), (regular_now, single_now) = split_singles(previous), split_singles(current)
    known = regular_now
    if previous.period == current.period:
        known = (*known, *(line for line in single_now if line in single_before))
        regular_before, regular_now = without_common(regular_before, regular_now)
        single_before, single_now = without_common(single_before, single_now)
    causes = single_causes(single_before, single_now, known)
    regular = pair_of(replace(previous, lines=regular_before), replace(current, lines=regular_now))
    for contract_id in contracts_of(previous, current):
        causes.extend(_contract_causes(of_contract(regular, contract_id)))
    return [*causes, *tax_causes(pair_of(previous, current))]


def _contract_causes(lines: Pair) -> list[Cause]:
    base = lines.only(lambda line: line.kind in BASE_KINDS)
    discounts = lines.only(lambda line: line.kind is LineKind.DISCOUNT)
    usage = lines.only(lambda line: line.kind is LineKind.USAGE)
    return [*price_causes(base, discounts), *usage_causes(usage, base)]


def _is_final(bill: Bill) -> bool:
    """Say whether every contract on the bill ends with it, as far as the bill knows."""
    last_days = [line.facts.get("contract_last_day") for line in bill.lines if line.kind in BASE_KINDS]
    return bool(last_days) and all(
        day is not None and date.fromisoformat(str(day)) <= bill.period.last_day for day in last_days
    )
