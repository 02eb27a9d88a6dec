"""Which response tells a cause of a changed bill, and with which facts. Pure: the sentences stand in the domain."""

from dataclasses import dataclass
from datetime import date

from actions.formatting import Wording
from billing.explain.bill_changes import BillChange, Cause, CauseCode
from billing.money import Money

# Nouns of their own: a plan keeps its capital within an English or Finnish sentence.
NAMES_OF_PLANS = frozenset(
    {
        CauseCode.EXTRA_USAGE,
        CauseCode.LESS_USAGE,
        CauseCode.PLAN_CHANGE,
        CauseCode.PRICE_CHANGE,
        CauseCode.PRORATION,
        CauseCode.FIRST_BILL,
    }
)
DAYS = ("ended_on", "started_on", "changed_on", "charged_on", "due_on")
QUANTITIES = ("quantity", "quantity_now", "included")
COUNTS = ("days", "days_before", "days_now", "days_in_period")


@dataclass(frozen=True)
class Sentence:
    """One response with what fills it."""

    response: str
    facts: dict[str, str]


def head_of(change: BillChange, wording: Wording) -> Sentence:
    """Return the answer itself: this bill, and how it stands to the last one."""
    facts = {"total": wording.amount(change.current_total), "month": wording.month(change.current_period.start)}
    if change.previous_period is None:
        return Sentence("utter_invoices_change_first", facts)
    facts["previous_month"] = wording.month(change.previous_period.start)
    if not change.difference:
        return Sentence("utter_invoices_change_none", facts)
    facts["difference"] = wording.amount(change.difference)
    way = "less" if change.difference.minor < 0 else "more"
    return Sentence(f"utter_invoices_change_{way}", facts)


def sentence_of(cause: Cause, change: BillChange, wording: Wording) -> Sentence:
    is_first = cause.code is CauseCode.FIRST_BILL
    facts = {
        "amount": wording.amount(cause.amount) if is_first else wording.signed_amount(cause.amount),
        "recurrence": wording.words("every_month" if cause.recurring else "one_off"),
        **_names(cause, wording),
        **{key: wording.day(date.fromisoformat(str(cause.facts[key]))) for key in DAYS if key in cause.facts},
        **{key: wording.number(int(cause.facts[key])) for key in COUNTS if key in cause.facts},
        **_quantities(cause, wording),
        **_prices(cause, wording),
    }
    if change.previous_period is not None:
        facts["previous_month"] = wording.month(change.previous_period.start)
    return Sentence(f"utter_invoices_cause_{_variant_of(cause)}", facts)


def next_of(change: BillChange, wording: Wording) -> Sentence | None:
    if change.expected_next is None:
        return None
    return Sentence("utter_invoices_next", {"amount": wording.amount(change.expected_next)})


def _variant_of(cause: Cause) -> str:
    """Usage beyond what the plan includes reads differently from usage that is metered from the first unit."""
    usage = cause.code in {CauseCode.EXTRA_USAGE, CauseCode.LESS_USAGE}
    if not usage or not int(cause.facts["included"]):
        return cause.code
    if cause.code is CauseCode.EXTRA_USAGE and int(cause.facts["quantity_before"]) == 0:
        return f"{cause.code}_beyond_plan"
    return f"{cause.code}_beyond_plan_again"


def _names(cause: Cause, wording: Wording) -> dict[str, str]:
    names = {
        key: str(cause.facts[f"{key}_{wording.language}"])
        for key in ("name", "plan_from", "plan_to")
        if f"{key}_{wording.language}" in cause.facts
    }
    if "name" in names and cause.code not in NAMES_OF_PLANS:
        names["name"] = wording.in_sentence(names["name"])
    return names


def _prices(cause: Cause, wording: Wording) -> dict[str, str]:
    return {
        key: wording.amount(Money(int(cause.facts[f"{key}_minor"]), cause.amount.currency))
        for key in ("price_before", "price_now")
        if f"{key}_minor" in cause.facts
    }


def _quantities(cause: Cause, wording: Wording) -> dict[str, str]:
    unit = str(cause.facts.get("unit", ""))
    return {key: wording.quantity(int(cause.facts[key]), unit) for key in QUANTITIES if key in cause.facts}
