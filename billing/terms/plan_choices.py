"""Which other plans a customer's contracts can change to, and from which day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.accounts import get_customer
from billing.models.plan import Plan
from billing.models.seller import Seller
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.terms import Names, PriceTerms
from billing.tariff_advice import load_offers
from billing.terms.running_contracts import RunningContract, list_running_contracts, price_on


class WhyNot(StrEnum):
    """What keeps a contract on its plan until a person has looked."""

    ENDS = "ends"
    CHANGE_AGREED = "change_agreed"
    PRICE_MISSING = "price_missing"
    MINIMUM_TERM = "minimum_term"


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """A plan that a contract can change to; prices are those of the day of the change.

    `why_not`: a cheaper plan within the minimum term is no choice of the machine's.
    """

    contract: RunningContract
    on: date
    price_now: PriceTerms
    plan_code: str
    plan_name: Names
    price: PriceTerms
    switching_fee: Money
    why_not: WhyNot | None = None

    @property
    def costs_more(self) -> bool:
        return self.price.base.minor > self.price_now.base.minor or self.switching_fee.minor > 0

    @property
    def includes_more(self) -> bool:
        """Tell whether it is the larger plan: by what it includes, or where nothing is counted, by its price."""
        return self._size > self._size_now

    @property
    def includes_less(self) -> bool:
        return self._size < self._size_now

    @property
    def is_cheaper(self) -> bool:
        return self.price.base.minor < self.price_now.base.minor

    @property
    def _size(self) -> int:
        return self.price.included if self._is_counted else self.price.base.minor

    @property
    def _size_now(self) -> int:
        return self.price_now.included if self._is_counted else self.price_now.base.minor

    @property
    def _is_counted(self) -> bool:
        unit = self.price_now.unit
        return unit is not None and unit == self.price.unit and self.price.included != self.price_now.included


@dataclass(frozen=True, slots=True)
class ContractChoices:
    """One contract and what it can change to, the cheapest first; `why_not`: nothing can be changed at all."""

    contract: RunningContract
    choices: tuple[PlanChoice, ...] = ()
    why_not: WhyNot | None = None


def change_day(today: date) -> date:
    """Return the day from which a change holds: the first of the next month, so that no month is split."""
    return BillingPeriod.month_of(today).end


def list_choices(session: Session, customer_id: UUID, today: date) -> Sequence[ContractChoices]:
    """Return what each running contract can change to, oldest contract first; raise RatingError as billing would."""
    seller = session.get_one(Seller, get_customer(session, customer_id).seller_id)
    contracts = list_running_contracts(session, customer_id, today)
    offers = load_offers(session, seller, {contract.product for contract in contracts}, today)
    day = change_day(today)
    found = []
    for contract in contracts:
        price_now = price_on(contract.plan, day)
        why_not = _why_not(contract, price_now)
        if why_not is not None or price_now is None:
            found.append(ContractChoices(contract, (), why_not))
            continue
        choices = [
            PlanChoice(contract, day, price_now, offer.plan.plan_code, offer.plan.plan_name, price, offer.switching_fee)
            for offer in offers.get(contract.product, [])
            if offer.plan.plan_code != contract.plan.plan_code and (price := price_on(offer.plan, day)) is not None
        ]
        found.append(ContractChoices(contract, tuple(_within_term(one) for one in sorted(choices, key=_by_price))))
    return found


def _why_not(contract: RunningContract, price_now: PriceTerms | None) -> WhyNot | None:
    if contract.ended_on is not None:
        return WhyNot.ENDS
    if contract.next_phase is not None or contract.plan.valid_to is not None:
        return WhyNot.CHANGE_AGREED
    return WhyNot.PRICE_MISSING if price_now is None else None


def _within_term(choice: PlanChoice) -> PlanChoice:
    until = choice.contract.bound_until
    if until is None or until <= choice.on or not choice.is_cheaper:
        return choice
    return replace(choice, why_not=WhyNot.MINIMUM_TERM)


def _by_price(choice: PlanChoice) -> tuple[int, str]:
    return choice.price.base.minor, choice.plan_code


def plan_names(session: Session) -> Mapping[str, Names]:
    """Return the names of all plans by code, also of those that are no longer offered."""
    return dict(session.execute(select(Plan.code, Plan.name)).all())
