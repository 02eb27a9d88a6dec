"""What the next bill will be if nothing is changed and just as much is used, as far as the bill itself knows.

Where the terms are at hand they say it better: `billing.previews.expected_bill` rates the next month.
"""

from datetime import date, timedelta
from itertools import pairwise

from billing.explain.assumed_usage import exceptional_units, meter_of_line
from billing.explain.base_pieces import Piece
from billing.explain.bill import Bill
from billing.explain.contract_lines import BASE_KINDS, amount_of
from billing.explain.discounts import monthly_of
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.line import Line, LineKind, ReasonCode
from billing.rating.proration import prorate

Days = dict[object, BillingPeriod]


def expected_next(previous: Bill | None, bill: Bill) -> Money | None:
    """Return the amount for the month after the bill; None when no contract goes on.

    Counted: each plan's price and discounts for the days that contract and discount still hold, as far as the bill knew
    their ends, and consumption as in this bill. Not counted: extra usage, single charges and fees, which are not
    expected again; extra usage is if just as much stood on the bill before.
    """
    month = bill.period.next_month()
    newest = _newest_base(bill)
    going_on: Days = {
        contract_id: days
        for contract_id, line in newest.items()
        if (days := _days_left(line, "contract_last_day", month)) is not None
    }
    if not going_on:
        return None
    amount = amount_of(_usage_again(previous, bill, going_on), bill.total.currency)
    for contract_id, days in going_on.items():
        base = Piece(newest[contract_id], bill.period).base
        amount += prorate(base, month, days) - _discounts_next(bill, contract_id, base, days)
    return amount


def _newest_base(bill: Bill) -> dict[object, Line]:
    """Return for each contract the base fee of the bill's last day."""
    lines = (line for line in bill.lines if line.kind in BASE_KINDS and line.period.end == bill.period.end)
    return {line.contract_id: line for line in lines}


def _usage_again(previous: Bill | None, bill: Bill, going_on: Days) -> list[Line]:
    """Return consumption, and extra usage of which there was as much before: that is no exception."""
    exceptions = exceptional_units(previous, bill)
    again = {ReasonCode.CONSUMPTION, ReasonCode.EXTRA_USAGE}
    return [
        line
        for line in bill.lines
        if line.contract_id in going_on
        and line.reason_code in again
        and (
            line.reason_code is ReasonCode.CONSUMPTION
            or meter_of_line(line) not in exceptions.get(line.contract_id, {})
        )
    ]


def _discounts_next(bill: Bill, contract_id: object, base: Money, days: BillingPeriod) -> Money:
    """Sum what the discounts of the bill's last day are worth on each day that they still hold, at most the price."""
    discounts = [
        line
        for line in bill.lines
        if line.kind is LineKind.DISCOUNT and line.contract_id == contract_id and line.period.end == bill.period.end
    ]
    month = bill.period.next_month()
    ends = {left.end for line in discounts if (left := _days_left(line, "ended_on", days)) is not None}
    bounds = sorted({days.start, days.end} | ends)
    amount = Money(0, base.currency)
    for start, end in pairwise(bounds):
        cut = BillingPeriod(start, end)
        holding = (line for line in discounts if _days_left(line, "ended_on", cut) is not None)
        worth = sum(int(line.facts.get("own_monthly_minor", monthly_of(line))) for line in holding)
        amount += prorate(Money(min(worth, base.minor), base.currency), month, cut)
    return amount


def _days_left(line: Line, last_day_fact: str, days: BillingPeriod) -> BillingPeriod | None:
    """Return the days until the last day that the line names, all of them if it names none."""
    last_day = line.facts.get(last_day_fact)
    end = None if last_day is None else date.fromisoformat(str(last_day)) + timedelta(days=1)
    return days.overlap(days.start, end)
