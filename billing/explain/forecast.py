"""What the next bill will be if nothing is changed and just as much is used."""

from datetime import date, timedelta

from billing.explain.bill import Bill
from billing.explain.contract_lines import BASE_KINDS, amount_of
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.line import Line, LineKind, ReasonCode
from billing.rating.proration import prorate


def expected_next(bill: Bill) -> Money | None:
    """Return the amount for the month after the bill; None when no contract goes on.

    Counted: each plan's full price, discounts for the days that they still hold, consumption as in this bill. Not
    counted: extra usage, single charges and fees, which are not expected again.
    """
    going_on = [line for line in bill.lines if line.kind in BASE_KINDS and line.period.end == bill.period.end]
    if not going_on:
        return None
    month = bill.period.next_month()
    currency = bill.total.currency
    contracts = {line.contract_id for line in going_on}
    lines = [line for line in bill.lines if line.contract_id in contracts]
    amount = Money(sum(int(line.facts["base_minor"]) for line in going_on), currency)
    for line in lines:
        if line.kind is LineKind.DISCOUNT and line.period.end == bill.period.end:
            amount -= _discount_next(line, month, currency)
    return amount + amount_of((line for line in lines if line.reason_code is ReasonCode.CONSUMPTION), currency)


def _discount_next(line: Line, month: BillingPeriod, currency: str) -> Money:
    monthly = Money(int(line.facts["monthly_minor"]), currency)
    ended_on = line.facts.get("ended_on")
    valid_to = None if ended_on is None else date.fromisoformat(str(ended_on)) + timedelta(days=1)
    days = month.overlap(month.start, valid_to)
    return Money(0, currency) if days is None else prorate(monthly, month, days)
