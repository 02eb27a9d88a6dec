"""A rated line: what an invoice will say, and why."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.terms import Names

# Names in three languages, flattened (name_en, name_de, name_fi), ISO dates and numbers: fit for JSON as they are.
Facts = dict[str, str | int]


class LineKind(StrEnum):
    """What a line item is, for the accounts; why it is there says its reason code."""

    RECURRING = "recurring"
    USAGE = "usage"
    ONE_OFF = "one_off"
    PRORATION_CHARGE = "proration_charge"
    PRORATION_CREDIT = "proration_credit"
    DISCOUNT = "discount"
    LATE_FEE = "late_fee"


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


@dataclass(frozen=True, slots=True)
class Line:
    """One row of an invoice; the amount includes tax at `tax_rate` basis points, a discount's is negative."""

    kind: LineKind
    reason_code: ReasonCode
    facts: Facts
    period: BillingPeriod
    amount: Money
    tax_rate: int
    quantity: int = 1
    unit: str = ""
    contract_id: UUID | None = None
    price_version_id: UUID | None = None


def name_facts(name: Names) -> Facts:
    return {f"name_{language}": text for language, text in name.items()}
