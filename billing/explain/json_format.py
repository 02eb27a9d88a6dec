"""An explanation for machines, as docs/machine-readable.md describes it. Keys are only ever added."""

from collections.abc import Mapping
from typing import Any

from billing.explain.bill_changes import BillChange, Cause
from billing.money import Money
from billing.periods import BillingPeriod

FORMAT = "saldo.explanation/1"

Document = Mapping[str, Any]  # Any: a JSON document has no static shape


def change_as_json(account: str, change: BillChange) -> Document:
    return {
        "format": FORMAT,
        "account": account,
        "currency": change.difference.currency,
        "current": _bill(change.current_number, change.current_period, change.current_total, change.current_credited),
        "previous": _previous(change),
        "difference_minor": change.difference.minor,
        "causes": [_cause(cause) for cause in change.causes],
        "expected_next_minor": None if change.expected_next is None else change.expected_next.minor,
        "is_final": change.is_final,
    }


def _previous(change: BillChange) -> Document | None:
    number, period, total = change.previous_number, change.previous_period, change.previous_total
    if number is None or period is None or total is None:
        return None
    return _bill(number, period, total, change.previous_credited)


def _bill(number: str, period: BillingPeriod, total: Money, credited: Money | None) -> Document:
    return {
        "number": number,
        "period_start": period.start.isoformat(),
        "period_end": period.end.isoformat(),
        "total_minor": total.minor,
        "credited_minor": 0 if credited is None else credited.minor,
    }


def _cause(cause: Cause) -> Document:
    return {
        "code": cause.code.value,
        "amount_minor": cause.amount.minor,
        "recurring": cause.recurring,
        "facts": dict(sorted(cause.facts.items())),
    }
