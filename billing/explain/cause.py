"""A cause: one reason why a bill differs from the one before, with the amount that it accounts for."""

from dataclasses import dataclass
from enum import StrEnum

from billing.money import Money
from billing.rating.line import Facts


class CauseCode(StrEnum):
    """The reasons that we can name; `*_gone`: it stood on the earlier bill only.

    OTHER is the rest, so that all causes sum to the difference.
    """

    DISCOUNT_ENDED = "discount_ended"
    DISCOUNT_STARTED = "discount_started"
    DISCOUNT_CHANGED = "discount_changed"
    EXTRA_USAGE = "extra_usage"
    LESS_USAGE = "less_usage"
    ALLOWANCE_CHANGE = "allowance_change"
    WORLD_USAGE = "world_usage"
    LESS_WORLD_USAGE = "less_world_usage"
    LATE_USAGE = "late_usage"
    LATE_USAGE_GONE = "late_usage_gone"
    PLAN_CHANGE = "plan_change"
    PRORATION = "proration"
    ONE_OFF = "one_off"
    ONE_OFF_GONE = "one_off_gone"
    CREDIT = "credit"
    CREDIT_GONE = "credit_gone"
    DUPLICATE_CHARGE = "duplicate_charge"
    THIRD_PARTY = "third_party"
    THIRD_PARTY_GONE = "third_party_gone"
    TERMINATION_FEE = "termination_fee"
    TERMINATION_FEE_GONE = "termination_fee_gone"
    COMPENSATION = "compensation"
    COMPENSATION_GONE = "compensation_gone"
    LATE_FEE = "late_fee"
    LATE_FEE_GONE = "late_fee_gone"
    LATE_INTEREST = "late_interest"
    LATE_INTEREST_GONE = "late_interest_gone"
    TAX = "tax"
    TAX_CHANGE = "tax_change"
    FIRST_BILL = "first_bill"
    PRICE_CHANGE = "price_change"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Cause:
    """`amount` is the signed effect on the total; `recurring`: the next bill will have it too."""

    code: CauseCode
    amount: Money
    recurring: bool
    facts: Facts


def names_of(facts: Facts, *, become: str = "name") -> Facts:
    """Return the three names among the facts, under another prefix if asked."""
    return {key.replace("name", become, 1): value for key, value in facts.items() if key.startswith("name_")}
