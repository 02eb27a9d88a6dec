"""What a customer's contracts say today: plan, price, term, and what is agreed for later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.accounts import get_customer
from billing.models.contract import Contract
from billing.models.plan import Plan
from billing.models.seller import Seller
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.terms import ContractTerms, DiscountTerms, Names, PlanPhase, PriceTerms
from billing.terms.contract_terms import load_terms


@dataclass(frozen=True, slots=True)
class RunningContract:
    """A contract on a day on which it runs. `price` is None where the day has none: then nothing is guessed."""

    number: str | None
    started_on: date
    product: str
    plan: PlanPhase
    price: PriceTerms | None
    terms: ContractTerms
    seen_on: date

    @property
    def id(self) -> UUID:
        return self.terms.contract_id

    @property
    def name(self) -> Names:
        return self.plan.plan_name

    @property
    def ended_on(self) -> date | None:
        """Return the first day without it; None while no end is agreed."""
        return self.terms.ended_on

    @property
    def bound_until(self) -> date | None:
        """Return the end of the minimum term while it is still ahead."""
        until = self.terms.minimum_term_until
        return until if until is not None and until > self.seen_on else None

    @property
    def termination_fee(self) -> Money | None:
        """Return the most that an end before its time costs; None once the minimum term is over."""
        return None if self.bound_until is None else self.terms.termination_fee

    @property
    def next_phase(self) -> PlanPhase | None:
        """Return the plan that is agreed for a later day."""
        return next((phase for phase in self.terms.phases if phase.valid_from > self.seen_on), None)

    @property
    def discounts(self) -> Sequence[DiscountTerms]:
        return self.terms.discounts


def list_running_contracts(session: Session, customer_id: UUID, today: date) -> Sequence[RunningContract]:
    """Return the contracts that run today, oldest first; raise RatingError for one that cannot be read."""
    seller = session.get_one(Seller, get_customer(session, customer_id).seller_id)
    terms = load_terms(
        session,
        [customer_id],
        BillingPeriod.month_of(today),
        seller.country,
        seller.currency,
        prices_include_tax=seller.prices_include_tax,
    ).get(customer_id, [])
    contracts = _contracts(session, [one.contract_id for one in terms])
    running = [(one, phase) for one in terms if (phase := one.plan_on(today)) is not None]
    products = _products(session, [phase.plan_code for _, phase in running])
    return [
        RunningContract(
            number=contracts[one.contract_id].number,
            started_on=contracts[one.contract_id].started_on,
            product=products[phase.plan_code],
            plan=phase,
            price=price_on(phase, today),
            terms=one,
            seen_on=today,
        )
        for one, phase in running
    ]


def last_end(session: Session, customer_id: UUID, today: date) -> date | None:
    """Return the first day without the contract that ended last; None if none has ended."""
    ended = select(Contract.ended_on).where(Contract.customer_id == customer_id, Contract.ended_on <= today)
    return session.scalars(ended.order_by(Contract.ended_on.desc()).limit(1)).one_or_none()


def price_on(phase: PlanPhase, day: date) -> PriceTerms | None:
    for price in phase.prices:
        if price.valid_from <= day and (price.valid_to is None or day < price.valid_to):
            return price
    return None


def _contracts(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, Contract]:
    return {contract.id: contract for contract in session.scalars(select(Contract).where(Contract.id.in_(ids)))}


def _products(session: Session, codes: Sequence[str]) -> Mapping[str, str]:
    return dict(session.execute(select(Plan.code, Plan.product).where(Plan.code.in_(codes))).all())
