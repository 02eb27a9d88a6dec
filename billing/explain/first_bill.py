"""What an account's first bill is made of."""

from billing.explain.bill import Bill
from billing.explain.cause import Cause, CauseCode, names_of
from billing.explain.contract_lines import BASE_KINDS
from billing.explain.single_causes import single_causes, split_singles
from billing.money import total
from billing.rating.line import Facts, LineKind


def first_bill_causes(current: Bill) -> list[Cause]:
    """Tell single charges apart; everything else is the first bill itself."""
    regular, singles = split_singles(current)
    single = single_causes((), singles, regular)
    base = [line for line in regular if line.kind in BASE_KINDS]
    facts: Facts = {}
    if base:
        started_on = min(line.period.start for line in base)
        facts = {
            **names_of(base[0].facts),
            "started_on": started_on.isoformat(),
            "days": (current.period.end - started_on).days,
            "days_in_period": current.period.days,
        }
    is_whole = all(line.kind is LineKind.RECURRING for line in base)
    rest = current.total - total((cause.amount for cause in single), current.total.currency)
    return [Cause(CauseCode.FIRST_BILL, rest, is_whole, facts), *single]
