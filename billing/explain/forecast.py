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

    Counted: each plan's price and discounts for the days that contract and discount still hold, as far as the bill knew
    their ends, and consumption as in this bill. Not counted: extra usage, single charges and fees, which are not
    expected again.
    """
    month = bill.period.next_month()
    newest = [line for line in bill.lines if line.period.end == bill.period.end]
    going_on = {
        line.contract_id: days
        for line in newest
        if line.kind in BASE_KINDS and (days := _days_left(line, "contract_last_day", month)) is not None
    }
    if not going_on:
        return None
    consumption = (line for line in bill.lines if line.reason_code is ReasonCode.CONSUMPTION)
    amount = amount_of((line for line in consumption if line.contract_id in going_on), bill.total.currency)
    for line in newest:
        days = going_on.get(line.contract_id)
        if days is not None and line.kind in BASE_KINDS:
            amount += prorate(Money(int(line.facts["base_minor"]), amount.currency), month, days)
        elif days is not None and line.kind is LineKind.DISCOUNT:
            amount -= _discount_next(line, month, days)
    return amount


def _discount_next(line: Line, month: BillingPeriod, days: BillingPeriod) -> Money:
    discounted = _days_left(line, "ended_on", days)
    monthly = Money(int(line.facts["monthly_minor"]), line.amount.currency)
    return Money(0, monthly.currency) if discounted is None else prorate(monthly, month, discounted)


def _days_left(line: Line, last_day_fact: str, days: BillingPeriod) -> BillingPeriod | None:
    """Return the days until the last day that the line names, all of them if it names none."""
    last_day = line.facts.get(last_day_fact)
    end = None if last_day is None else date.fromisoformat(str(last_day)) + timedelta(days=1)
    return days.overlap(days.start, end)
