"""What a line is, and why it is there."""

from enum import StrEnum


class LineKind(StrEnum):
    """What a line item is, for the accounts; why it is there says its reason code."""

    RECURRING = "recurring"
    USAGE = "usage"
    ONE_OFF = "one_off"
    PRORATION_CHARGE = "proration_charge"
    PRORATION_CREDIT = "proration_credit"
    DISCOUNT = "discount"
    LATE_FEE = "late_fee"
    INTEREST = "interest"
    THIRD_PARTY = "third_party"
    TERMINATION_FEE = "termination_fee"
    COMPENSATION = "compensation"
    TAX = "tax"


class ReasonCode(StrEnum):
    """Why a line is on the invoice."""

    BASE_FEE = "base_fee"
    PLAN_CHANGE = "plan_change"
    PRICE_CHANGE = "price_change"
    CONTRACT_START = "contract_start"
    CONTRACT_END = "contract_end"
    CONSUMPTION = "consumption"
    EXTRA_USAGE = "extra_usage"
    DISCOUNT = "discount"
    ONE_OFF = "one_off"
    REMINDER = "reminder"
    LATE_USAGE = "late_usage"
    LATE_PAYMENT = "late_payment"
    THIRD_PARTY = "third_party"
    EARLY_END = "early_end"
    OUTAGE = "outage"
    TAX = "tax"
    TAX_CHANGE = "tax_change"


class UsageZone(StrEnum):
    """Where something was used; in the EU it costs what it costs at home."""

    HOME = "home"
    EU = "eu"
    WORLD = "world"
