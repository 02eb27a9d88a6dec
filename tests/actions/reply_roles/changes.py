"""Explanations of changed bills, and what each has to say: taken from the causes, not from how they are worded."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from actions.bill_change_wording import head_of, next_of, sentence_of
from actions.formatting import Wording
from billing.explain.bill_changes import BillChange, Cause, CauseCode
from tests.actions.reply_roles.expecting import TODAY, Expected, day_of, euros, month_of
from tests.actions.reply_roles.figures import Value
from tests.actions.reply_roles.speaking import said

# What has to be told of a cause beside its amount, if the bill knows it.
TOLD = {
    CauseCode.DISCOUNT_ENDED: ("ended_on",),
    CauseCode.DISCOUNT_STARTED: ("started_on",),
    CauseCode.DISCOUNT_CHANGED: ("monthly_now", "monthly_before"),
    CauseCode.LESS_USAGE: ("quantity",),
    CauseCode.ALLOWANCE_CHANGE: ("included_now", "included_before"),
    CauseCode.WORLD_USAGE: ("quantity", "compared_with"),
    CauseCode.LESS_WORLD_USAGE: ("quantity", "compared_with"),
    CauseCode.LATE_USAGE: ("quantity", "period_start", "period_end"),
    CauseCode.PLAN_CHANGE: ("changed_on", "price_before", "price_now"),
    CauseCode.PRORATION: ("days_now", "days_before", "days_in_period"),
    CauseCode.PRICE_CHANGE: ("changed_on",),
    CauseCode.FIRST_BILL: ("started_on", "days", "days_in_period"),
    CauseCode.ONE_OFF: ("charged_on",),
    CauseCode.ONE_OFF_GONE: ("charged_on",),
    CauseCode.DUPLICATE_CHARGE: ("charged_on",),
    CauseCode.CREDIT: ("charged_on",),
    CauseCode.CREDIT_GONE: ("charged_on",),
    CauseCode.THIRD_PARTY: ("charged_on",),
    CauseCode.TERMINATION_FEE: ("charged_on",),
    CauseCode.COMPENSATION: ("started_on", "ended_on"),
    CauseCode.LATE_FEE: ("bill_was_due_on",),
    CauseCode.LATE_INTEREST: ("invoice_number",),
    CauseCode.TAX: ("tax_rate",),
    CauseCode.TAX_CHANGE: ("changed_on", "tax_rate_now", "tax_rate_before"),
}
QUANTITIES = ("quantity", "quantity_now", "included", "included_now", "included_before")
# Their sentences say in words whether it comes again, or it follows from what they are about.
WITHOUT_RECURRENCE = frozenset(
    {CauseCode.PLAN_CHANGE, CauseCode.TAX, CauseCode.OTHER, CauseCode.FIRST_BILL, CauseCode.DUPLICATE_CHARGE}
)


def explanation(change: BillChange, language: str) -> str:
    wording = Wording(language, TODAY)
    following = next_of(change, wording)
    sentences = [head_of(change, wording), *(sentence_of(cause, change, wording) for cause in change.causes)]
    if following is not None:
        sentences.append(following)
    return "\n".join(said(sentence.response, language, sentence.facts) for sentence in sentences)


def month_after(change: BillChange) -> BillChange | None:
    """Return the month after, in which what came once is gone; None where a cause does not simply go."""
    if not change.causes or any(f"{cause.code}_gone" not in set(CauseCode) for cause in change.causes):
        return None
    gone = [Cause(CauseCode(f"{each.code}_gone"), -each.amount, False, each.facts) for each in change.causes]
    return replace(
        change,
        previous_period=change.current_period,
        previous_total=change.current_total,
        current_period=change.current_period.next_month(),
        current_total=change.current_total - change.difference,
        difference=-change.difference,
        causes=tuple(gone),
    )


def with_due_day(change: BillChange) -> BillChange:
    """Let a reminder fee know the day on which its bill was due."""
    due_on = {"due_on": (change.current_period.start - timedelta(days=20)).isoformat()}
    causes = [
        replace(each, facts={**each.facts, **due_on}) if each.code is CauseCode.LATE_FEE else each
        for each in change.causes
    ]
    return replace(change, causes=tuple(causes))


def expected_of(change: BillChange) -> list[Expected]:
    causes = [_cause(cause, change) for cause in change.causes]
    if change.expected_next is None:
        return [_head(change), *causes]
    return [_head(change), *causes, Expected("next", {"expected_next": euros(change.expected_next)})]


def _head(change: BillChange) -> Expected:
    facts: dict[str, Value] = {
        "total": euros(change.current_total),
        "month": month_of(change.current_period.start),
    }
    if change.previous_period is None:
        return Expected("first", facts)
    facts["compared_with"] = month_of(change.previous_period.start)
    difference = euros(change.difference)
    if not difference:
        return Expected("same", facts)
    return Expected("higher" if difference > 0 else "lower", {**facts, "difference": abs(difference)})


def _cause(cause: Cause, change: BillChange) -> Expected:
    facts = dict(_facts(cause, change))
    needed = {role: facts[role] for role in _needed(cause) if role in facts}
    recurrence = "every_month" if cause.recurring else "one_off"
    if cause.code in WITHOUT_RECURRENCE or cause.code.endswith("_gone"):
        return Expected(cause.code, {"effect": euros(cause.amount), **needed}, facts)
    return Expected(cause.code, {"effect": euros(cause.amount), **needed}, facts, recurrence)


def _needed(cause: Cause) -> tuple[str, ...]:
    if cause.code is not CauseCode.EXTRA_USAGE:
        return TOLD.get(cause.code, ())
    return ("quantity_now", "included") if int(cause.facts["included"]) else ("quantity", "compared_with")


def _facts(cause: Cause, change: BillChange) -> Iterator[tuple[str, Value]]:
    """Yield each fact by the role that it may be told in."""
    if change.previous_period is not None:
        yield "compared_with", month_of(change.previous_period.start)
    for key, value in cause.facts.items():
        if key in QUANTITIES:
            yield key, (Decimal(value), str(cause.facts.get("unit")))
        elif key.endswith("_minor"):
            yield key.removesuffix("_minor"), Decimal(value) / 100
        elif key.startswith("tax_rate"):
            yield key, Decimal(value) / 100
        elif isinstance(value, int):
            yield key, Decimal(value)
        elif key.endswith("_on") or key in ("period_start", "period_end"):
            yield "bill_was_due_on" if key == "due_on" else key, day_of(date.fromisoformat(value))
        else:
            yield key, value
