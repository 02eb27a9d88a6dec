"""Which response tells a cause of a changed bill, and with which facts. Pure: the sentences stand in the domain."""

from dataclasses import dataclass, replace
from datetime import date

from actions.cause_facts import sayable
from actions.formatting import Wording
from billing.explain.bill_changes import BillChange, Cause, CauseCode
from billing.money import Money, total

# Nouns of their own: a plan keeps its capital within an English or Finnish sentence.
NAMES_OF_PLANS = frozenset(
    {
        CauseCode.EXTRA_USAGE,
        CauseCode.LESS_USAGE,
        CauseCode.PLAN_CHANGE,
        CauseCode.PRICE_CHANGE,
        CauseCode.PRORATION,
        CauseCode.FIRST_BILL,
        CauseCode.ALLOWANCE_CHANGE,
        CauseCode.WORLD_USAGE,
        CauseCode.LESS_WORLD_USAGE,
        CauseCode.LATE_USAGE,
        CauseCode.LATE_USAGE_GONE,
    }
)
CAUSES_IN_SHORT = 2
DAYS = ("ended_on", "started_on", "changed_on", "charged_on", "due_on", "period_start", "period_end")
QUANTITIES = ("quantity", "quantity_now", "included", "included_before", "included_now")
PRICES = ("price_before", "price_now", "monthly_before", "monthly_now")
TAX_RATES = ("tax_rate", "tax_rate_before", "tax_rate_now")
COUNTS = ("days", "days_before", "days_now", "days_in_period")


@dataclass(frozen=True)
class Sentence:
    """One response with what fills it."""

    response: str
    facts: dict[str, str]


def head_of(change: BillChange, wording: Wording) -> Sentence:
    """Return the answer itself: this bill, and how it stands to the last one."""
    facts = {"total": wording.sum(change.current_total), "month": wording.month(change.current_period.start)}
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
        **{key: wording.tax_rate(int(cause.facts[key])) for key in TAX_RATES if key in cause.facts},
    }
    if "invoice_number" in cause.facts:
        facts["invoice_number"] = str(cause.facts["invoice_number"])
    if change.previous_period is not None:
        facts["previous_month"] = wording.month(change.previous_period.start)
    return Sentence(f"utter_invoices_cause_{sayable(_variant_of(cause), facts)}", facts)


def shortened(change: BillChange) -> BillChange:
    """Keep what fits into a text message: two causes, or the weightiest and the sum of the rest."""
    if len(change.causes) <= 1:
        return change
    causes = change.causes
    if len(causes) > CAUSES_IN_SHORT:
        rest = causes[1:]
        amount = total((cause.amount for cause in rest), change.difference.currency)
        other = Cause(CauseCode.OTHER, amount, any(cause.recurring for cause in rest), {})
        causes = (causes[0], other) if amount else causes[:1]
    return replace(change, causes=causes, expected_next=None)


def next_of(change: BillChange, wording: Wording) -> Sentence | None:
    if change.expected_next is None:
        return None
    return Sentence("utter_invoices_next", {"amount": wording.sum(change.expected_next)})


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
        for key in PRICES
        if f"{key}_minor" in cause.facts
    }


def _quantities(cause: Cause, wording: Wording) -> dict[str, str]:
    unit = str(cause.facts.get("unit", ""))
    return {key: wording.quantity(int(cause.facts[key]), unit) for key in QUANTITIES if key in cause.facts}
