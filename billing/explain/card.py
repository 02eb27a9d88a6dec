"""The facts of an explanation as the web shows them, to the customer in the chat and to the agent beside it."""

from typing import Any

from billing.explain.bill_changes import BillChange
from billing.money import Money
from billing.periods import BillingPeriod

Card = dict[str, Any]  # Any: a JSON document has no static shape


def difference_card(change: BillChange) -> Card:
    return {
        "type": "difference",
        "currency": change.difference.currency,
        "previous": _bill(change.previous_number, change.previous_period, change.previous_total),
        "current": _bill(change.current_number, change.current_period, change.current_total),
        "difference_minor": change.difference.minor,
        "causes": [
            {
                "code": cause.code.value,
                "amount_minor": cause.amount.minor,
                "recurring": cause.recurring,
                "facts": dict(cause.facts),
            }
            for cause in change.causes
        ],
        "expected_next_minor": None if change.expected_next is None else change.expected_next.minor,
    }


def _bill(number: str | None, period: BillingPeriod | None, total: Money | None) -> Card | None:
    if number is None or period is None or total is None:
        return None
    return {"number": number, "period": period.label, "total_minor": total.minor}
