"""What a contract says, as plain data: plans over time with their prices, discounts, single charges, usage."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from billing.law import TaxCategory
from billing.money import Money
from billing.rating.kinds import LineKind

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """A plan's prices from `valid_from` until before `valid_to`; no `unit` means a flat plan.

    `unit_price_micro` is millionths of the currency for each unit beyond the `included` ones of a whole month.
    """

    version_id: UUID
    valid_from: date
    valid_to: date | None
    base: Money
    tax_category: TaxCategory = TaxCategory.STANDARD
    unit: str | None = None
    included: int = 0
    unit_price_micro: int = 0


@dataclass(frozen=True, slots=True)
class PlanPhase:
    """The plan that a contract is on from `valid_from` until before `valid_to`."""

    plan_code: str
    plan_name: Names
    valid_from: date
    valid_to: date | None
    prices: tuple[PriceTerms, ...]


@dataclass(frozen=True, slots=True)
class DiscountTerms:
    """A reduction of the monthly base price, by share or by amount."""

    discount_id: UUID
    name: Names
    valid_from: date
    valid_to: date | None
    basis_points: int | None = None
    amount: Money | None = None
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class OneOff:
    """A single charge."""

    name: Names
    reference: str
    charged_on: date
    amount: Money
    tax_category: TaxCategory = TaxCategory.STANDARD
    kind: LineKind = LineKind.ONE_OFF
    proof_reference: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Units used on a day."""

    used_on: date
    quantity: int
    unit: str


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """One contract with everything that its bill depends on, except usage. Phases are in order of time."""

    contract_id: UUID
    currency: str
    phases: tuple[PlanPhase, ...]
    discounts: tuple[DiscountTerms, ...] = ()
    one_offs: tuple[OneOff, ...] = ()

    @property
    def last_day(self) -> date | None:
        """Return the last day of the last plan; None while no end is known. A plan that another follows is no end."""
        end = self.phases[-1].valid_to if self.phases else None
        return None if end is None else end - timedelta(days=1)
