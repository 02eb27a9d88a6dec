"""Contract terms for tests of the pure rules."""

from datetime import date
from uuid import UUID, uuid5

from billing.law import TaxCategory, law_of
from billing.rating.terms import ContractTerms, DiscountTerms, OneOff, PlanPhase, PriceTerms, Tier
from tests.factories.money import eur

NAMESPACE = UUID(int=1)
LONG_AGO = date(2020, 1, 1)
GERMANY = law_of("DE")
FINLAND = law_of("FI")


def price(
    base_minor: int,
    *,
    unit: str | None = None,
    included: int = 0,
    micro: int = 0,
    tax_category: TaxCategory = TaxCategory.STANDARD,
    tiers: tuple[Tier, ...] = (),
    world_micro: int | None = None,
    valid_from: date = LONG_AGO,
    valid_to: date | None = None,
) -> PriceTerms:
    version_id = uuid5(NAMESPACE, f"{base_minor}:{unit}:{micro}:{tax_category}:{valid_from}")
    base = eur(base_minor)
    return PriceTerms(version_id, valid_from, valid_to, base, tax_category, unit, included, micro, tiers, world_micro)


def phase(
    *prices: PriceTerms, plan: str = "home", valid_from: date = LONG_AGO, valid_to: date | None = None
) -> PlanPhase:
    name = {"en": plan.title(), "de": plan.title(), "fi": plan.title()}
    return PlanPhase(plan, name, valid_from, valid_to, prices)


def discount(
    *,
    amount: int | None = None,
    basis_points: int | None = None,
    valid_from: date = LONG_AGO,
    valid_to: date | None = None,
    exclusive: bool = False,
    key: int = 1,
) -> DiscountTerms:
    name = {"en": "Welcome discount", "de": "Willkommensrabatt", "fi": "Tervetuloalennus"}
    money = None if amount is None else eur(amount)
    return DiscountTerms(UUID(int=key), name, valid_from, valid_to, basis_points, money, exclusive)


def one_off(charged_on: date, *, amount: int = 4990, reference: str = "WO-1") -> OneOff:
    name = {"en": "Technician visit", "de": "Technikereinsatz", "fi": "Asentajan käynti"}
    return OneOff(name, reference, charged_on, eur(amount))


def contract(
    *phases: PlanPhase, discounts: tuple[DiscountTerms, ...] = (), one_offs: tuple[OneOff, ...] = (), key: int = 1
) -> ContractTerms:
    return ContractTerms(UUID(int=key), "EUR", phases, discounts, one_offs)
