"""A cause: one reason why a bill differs from the one before, with the amount that it accounts for."""

from dataclasses import dataclass
from enum import StrEnum

from billing.money import Money
from billing.rating.line import Facts


class CauseCode(StrEnum):
    """The reasons that we can name. OTHER is the rest, so that all causes sum to the difference."""

    DISCOUNT_ENDED = "discount_ended"
    DISCOUNT_STARTED = "discount_started"
    EXTRA_USAGE = "extra_usage"
    LESS_USAGE = "less_usage"
    PLAN_CHANGE = "plan_change"
    PRORATION = "proration"
    ONE_OFF = "one_off"
    ONE_OFF_GONE = "one_off_gone"
    DUPLICATE_CHARGE = "duplicate_charge"
    LATE_FEE = "late_fee"
    LATE_FEE_GONE = "late_fee_gone"
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
