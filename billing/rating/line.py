"""A rated line: what an invoice will say, and why."""

from dataclasses import dataclass, field
from fractions import Fraction
from uuid import UUID

from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.kinds import LineKind, ReasonCode
from billing.rating.terms import Names

__all__ = ["Facts", "Line", "LineKind", "ReasonCode", "name_facts"]

# Names in three languages, flattened (name_en, name_de, name_fi), ISO dates and numbers: fit for JSON as they are.
Facts = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of an invoice; `tax_rate` is in basis points, a discount's amount is negative.

    Of a seller to consumers the amount includes tax. Of one with net prices it does not, and where it was rounded,
    `unrounded` keeps the exact minor units until the document's tax is made; it is not stored.
    """

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
    unrounded: Fraction | None = field(default=None, compare=False)


def name_facts(name: Names) -> Facts:
    return {f"name_{language}": text for language, text in name.items()}
