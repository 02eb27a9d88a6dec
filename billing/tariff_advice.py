"""Loads what advice about a customer's plans needs, without a query per month or plan."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from billing.accounts import get_customer
from billing.law import law_of
from billing.models.plan import Plan
from billing.models.seller import Seller
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.terms import ContractTerms, PlanPhase, PriceTerms
from billing.tariffs import WINDOWS, Offer, TariffAdvice, compare
from billing.terms.contract_terms import load_terms, load_usage
from billing.terms.plan_prices import load_price_book


def advise(
    session: Session, customer_id: UUID, *, today: date, months: Sequence[int] = WINDOWS
) -> Sequence[TariffAdvice]:
    """Return the advice for each contract that runs on, oldest first, and each number of months, the shortest first.

    Raise RatingError or RuleMissing where the billing run would park the account.
    """
    seller = session.get_one(Seller, get_customer(session, customer_id).seller_id)
    span = _span(today, max(months))
    contracts = load_terms(
        session,
        [customer_id],
        span,
        seller.country,
        seller.currency,
        prices_include_tax=seller.prices_include_tax,
    ).get(customer_id, [])
    usage = load_usage(session, [terms.contract_id for terms in contracts], span)
    products = load_products(session, contracts)
    offers = load_offers(session, seller, set(products.values()), today)
    return [
        advice
        for terms in contracts
        for advice in compare(
            terms,
            usage.get(terms.contract_id, []),
            offers.get(products.get(_plan_code(terms, today), ""), []),
            law_of(seller.country),
            today=today,
            windows=months,
        )
    ]


def _span(today: date, months: int) -> BillingPeriod:
    """Return the months that are looked at, and today, so that contracts are loaded as they stand."""
    start = BillingPeriod.month_of(today)
    for _ in range(months):
        start = start.previous_month()
    return BillingPeriod(start.start, BillingPeriod.month_of(today).end)


def _plan_code(terms: ContractTerms, today: date) -> str:
    running = (phase for phase in terms.phases if phase.valid_to is None or today < phase.valid_to)
    return next((phase.plan_code for phase in running if phase.valid_from <= today), "")


def load_products(session: Session, contracts: Sequence[ContractTerms]) -> Mapping[str, str]:
    codes = {phase.plan_code for terms in contracts for phase in terms.phases}
    return dict(session.execute(select(Plan.code, Plan.product).where(Plan.code.in_(codes))).all())


def load_offers(session: Session, seller: Seller, products: set[str], today: date) -> Mapping[str, list[Offer]]:
    """Return the plans that can be chosen today, by product. Plans without a product replace no other."""
    plans = session.scalars(
        select(Plan)
        .where(
            Plan.product.in_(products - {""}),
            or_(Plan.offered_from.is_(None), Plan.offered_from <= today),
            or_(Plan.offered_to.is_(None), Plan.offered_to > today),
        )
        .order_by(Plan.code)
    ).all()
    prices = load_price_book(session, {plan.id for plan in plans}, seller.country)
    offers: dict[str, list[Offer]] = {}
    for plan in plans:
        phase = PlanPhase(plan.code, plan.name, date.min, None, prices.of(plan.id))
        # Known today too, not only in the months that were.
        if any(_holds(price, today) for price in phase.prices):
            offers.setdefault(plan.product, []).append(Offer(phase, Money(plan.switching_fee_minor, seller.currency)))
    return offers


def _holds(price: PriceTerms, day: date) -> bool:
    return price.valid_from <= day and (price.valid_to is None or day < price.valid_to)
