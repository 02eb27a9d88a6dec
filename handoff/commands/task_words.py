"""Plain words for what waits for a person, as the commands say them."""

from datetime import datetime

from billing.human_tasks import OpenTask
from billing.models.human_task import TaskKind

KINDS = {
    TaskKind.BILLING_PARKED: "bill not made",
    TaskKind.DELIVERY_FAILED: "letter not delivered",
    TaskKind.AUDIT_UNDECIDED: "bill to be examined",
    TaskKind.LAW_MISSING: "rule of law missing",
    TaskKind.DISPUTE_OPENED: "bill disputed",
    TaskKind.REFUND_REQUESTED: "refund requested",
    TaskKind.CHARGE_LEFT_OUT: "charge left off the bill",
    TaskKind.USAGE_REJECTED: "usage not taken in",
    TaskKind.CANCELLATION_STATED: "cancellation to be carried out",
    TaskKind.COMPLAINT_MADE: "complaint to be answered",
}
REASONS = {
    "PriceMissing": "a day has no price",
    "PriceGap": "between two prices lie days without one",
    "PricesOverlap": "two prices hold on one day",
    "PhasesOverlap": "a contract has two plans on one day",
    "EndsBeforeStart": "something ends before it begins",
    "TiersInvalid": "the steps of a price do not follow on one another",
    "UnitUnknown": "usage was reported in a unit that the plan does not price",
    "ZoneUnpriced": "usage abroad has no price",
    "CurrencyUnknown": "the currency does not exist",
    "CurrencyMixed": "amounts are in more than one currency",
    "CurrencyMismatch": "amounts are in more than one currency",
    "CountryMissing": "the customer has no country",
    "CountryUnknown": "the law of the customer's country is not known",
    "AmountTooLarge": "an amount is larger than an invoice can hold",
    "NothingToBill": "a contract has no plan",
    "TotalNegative": "the total is below zero",
    "RuleMissing": "a rule of law is missing",
    "too_many_lines": "very many charges of one kind on one day",
    "total_unusual": "the total is far above the earlier bills",
    "charged_twice": "the basic price is charged twice for a day",
    "order_not_proven": "no proof that the customer ordered it",
    "term_is_over": "the contract did not end before its minimum term",
    "event_id_missing": "a report has no key of its own",
    "event_conflict": "one event was reported with two contents",
    "contract_unknown": "the contract does not exist",
    "contract_not_running": "the contract did not run on that day",
    "time_unreadable": "the time cannot be read",
    "in_future": "the time is still to come",
    "quantity_not_a_number": "the quantity is no number",
    "quantity_not_whole": "the quantity is not a whole number",
    "quantity_negative": "the quantity is below zero",
    "quantity_too_large": "the quantity is too large",
    "unit_unknown": "the plan does not price the unit",
    "zone_unknown": "the zone does not exist",
    "zone_unpriced": "usage abroad has no price",
}
# Of the facts of a task those that its line names, in this order.
TOLD = ("period", "invoice_number", "reference", "rule", "contract", "day")


def word_reason(reason: str) -> str:
    """Return the reason in words; one that has none is shown by its name."""
    return REASONS.get(reason, reason)


def word_task(task: OpenTask, now: datetime) -> str:
    """Say in one line what the matter is, whose, and how long it has waited."""
    customer = "" if task.customer_number is None else f"customer {task.customer_number}, "
    reason = "" if task.reason == task.kind else f": {word_reason(task.reason)}"
    about = "".join(f" {task.facts[name]}" for name in TOLD if name in task.facts)
    return f"{task.id}  {customer}{KINDS[task.kind]}{about}{reason} ({_word_age(now, task)})"


def _word_age(now: datetime, task: OpenTask) -> str:
    days = (now - task.created_at).days
    if days < 1:
        return "since less than a day"
    return "since 1 day" if days == 1 else f"since {days} days"
