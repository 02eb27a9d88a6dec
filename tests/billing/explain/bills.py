"""Two months of one customer, rated for real: explanations are tested on what the billing run would issue."""

from collections.abc import Sequence

from billing.explain.bill import Bill
from billing.explain.bill_changes import BillChange, explain_change
from billing.money import total
from billing.periods import BillingPeriod
from billing.rating.line import Line
from billing.rating.rate import rate
from billing.rating.terms import ContractTerms, Usage
from tests.billing.rating.terms import GERMANY

SEPTEMBER = BillingPeriod.month("2026-09")
OCTOBER = BillingPeriod.month("2026-10")
NOVEMBER = BillingPeriod.month("2026-11")


def bill(
    period: BillingPeriod, *contracts: ContractTerms, usage: Sequence[Usage] = (), more: tuple[Line, ...] = ()
) -> Bill:
    lines = tuple(line for terms in contracts for line in rate(terms, usage, GERMANY, period)) + more
    return Bill(f"DE-{period.label}", period, total((line.amount for line in lines), "EUR"), lines)


def change(*contracts: ContractTerms, usage: Sequence[Usage] = (), to: BillingPeriod = OCTOBER) -> BillChange:
    """Explain the month against the one before it, same contracts and usage in both."""
    return explain_change(bill(to.previous_month(), *contracts, usage=usage), bill(to, *contracts, usage=usage))


def brief(explained: BillChange) -> list[tuple[str, int, bool]]:
    return [(cause.code.value, cause.amount.minor, cause.recurring) for cause in explained.causes]
