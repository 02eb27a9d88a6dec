"""What a contract says, as plain data: plans over time with their prices, discounts, single charges, outages, usage."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from billing.law import TaxCategory
from billing.money import Money
from billing.rating.kinds import LineKind, UsageZone

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tier:
    """The price of each charged unit from the one with this number on, counted from 1."""

    from_quantity: int
    unit_price_micro: int


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """A plan's prices from `valid_from` until before `valid_to`; no `unit` means a flat plan.

    `unit_price_micro` is millionths of the currency for each unit beyond the `included` ones of a whole month, until
    the first of the `tiers` begins. `world_unit_price_micro` is for units used outside the EU, which nothing includes.
    """

    version_id: UUID
    valid_from: date
    valid_to: date | None
    base: Money
    tax_category: TaxCategory = TaxCategory.STANDARD
    unit: str | None = None
    included: int = 0
    unit_price_micro: int = 0
    tiers: tuple[Tier, ...] = ()
    world_unit_price_micro: int | None = None


@dataclass(frozen=True, slots=True)
class PlanPhase:
    """The plan that a contract is on from `valid_from` until before `valid_to`.

    One that ends on the day on which it begins was changed again on that day, and is nobody's plan.
    """

    plan_code: str
    plan_name: Names
    valid_from: date
    valid_to: date | None
    prices: tuple[PriceTerms, ...]


@dataclass(frozen=True, slots=True)
class DiscountTerms:
    """A reduction of the monthly base price, by share or by amount.

    An exclusive one does not add up with others: on each day the customer gets the better of the two.
    """

    discount_id: UUID
    name: Names
    valid_from: date
    valid_to: date | None
    basis_points: int | None = None
    amount: Money | None = None
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class OneOff:
    """A single charge; `proof_reference` names the customer's order of a third party's service."""

    name: Names
    reference: str
    charged_on: date
    amount: Money
    tax_category: TaxCategory = TaxCategory.STANDARD
    kind: LineKind = LineKind.ONE_OFF
    proof_reference: str | None = None


@dataclass(frozen=True, slots=True)
class Outage:
    """Days without any service, from the report of the fault until before `ended_on`; None: it goes on."""

    reference: str
    reported_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Usage:
    """Units used on a day; `received_at`: when the report came, None if nobody noted it."""

    used_on: date
    quantity: int
    unit: str
    zone: UsageZone = UsageZone.HOME
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """One contract with everything that its bill depends on, except usage. Phases are in order of time.

    `termination_fee` is the most that an end before `minimum_term_until` may cost.
    """

    contract_id: UUID
    currency: str
    phases: tuple[PlanPhase, ...]
    discounts: tuple[DiscountTerms, ...] = ()
    one_offs: tuple[OneOff, ...] = ()
    outages: tuple[Outage, ...] = ()
    ended_on: date | None = None
    minimum_term_until: date | None = None
    termination_fee: Money | None = None
    prices_include_tax: bool = True

    def plan_on(self, day: date) -> PlanPhase | None:
        return next(
            (one for one in self.phases if one.valid_from <= day and (one.valid_to is None or day < one.valid_to)), None
        )

    @property
    def last_day(self) -> date | None:
        """Return the last day of the last plan; None while no end is known. A plan that another follows is no end."""
        end = self.phases[-1].valid_to if self.phases else None
        return None if end is None else end - timedelta(days=1)
