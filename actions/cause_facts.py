"""Which facts the sentence of each cause needs; a bill from another company's system may lack some of them."""

from collections.abc import Collection

# Beside the amount, the recurrence and the month compared with, which every cause has.
NEEDED: dict[str, frozenset[str]] = {
    "discount_ended": frozenset({"ended_on", "name"}),
    "discount_started": frozenset({"name", "started_on"}),
    "extra_usage": frozenset({"name", "quantity"}),
    "extra_usage_beyond_plan": frozenset({"included", "name", "quantity_now"}),
    "extra_usage_beyond_plan_again": frozenset({"included", "name", "quantity", "quantity_now"}),
    "less_usage": frozenset({"name", "quantity"}),
    "less_usage_beyond_plan_again": frozenset({"included", "name", "quantity"}),
    "plan_change": frozenset({"changed_on", "plan_from", "plan_to", "price_before", "price_now"}),
    "proration": frozenset({"days_before", "days_in_period", "days_now", "name"}),
    "price_change": frozenset({"changed_on", "name"}),
    "first_bill": frozenset({"days", "days_in_period", "name", "started_on"}),
    "discount_changed": frozenset({"monthly_before", "monthly_now", "name"}),
    "allowance_change": frozenset({"included_before", "included_now", "name"}),
    "world_usage": frozenset({"name", "quantity"}),
    "less_world_usage": frozenset({"name", "quantity"}),
    "late_usage": frozenset({"name", "period_end", "period_start", "quantity"}),
    "late_usage_gone": frozenset({"name"}),
    "tax": frozenset({"tax_rate"}),
    "tax_change": frozenset({"changed_on", "tax_rate_before", "tax_rate_now"}),
    "one_off": frozenset({"charged_on", "name"}),
    "one_off_gone": frozenset({"charged_on", "name"}),
    "duplicate_charge": frozenset({"charged_on", "name"}),
    "late_fee": frozenset({"due_on"}),
    "third_party": frozenset({"charged_on", "name"}),
    "third_party_gone": frozenset({"name"}),
    "termination_fee": frozenset({"charged_on", "name"}),
    "compensation": frozenset({"ended_on", "started_on"}),
    "credit": frozenset({"charged_on", "name"}),
    "credit_gone": frozenset({"charged_on", "name"}),
    "late_interest": frozenset({"invoice_number"}),
}
PLAINER = {"late_fee": "late_fee_plain", "late_interest": "late_interest_plain", "one_off": "one_off_plain"}


def sayable(variant: str, facts: Collection[str]) -> str:
    """Return the variant, or one that needs no more than there is: a sentence never goes out with a gap."""
    if NEEDED.get(variant, frozenset()) <= set(facts):
        return variant
    return PLAINER.get(variant, "other")
