"""What a bill will be: the same rating as the billing run's, on the terms as they are or as they would be changed.

Nothing is written. A preview equals the invoice that is issued later unless something happens in between; then
`explain_deviation` names it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.accounts import CustomerNotFound
from billing.errors import NotFound
from billing.explain.bill import Bill
from billing.explain.bill_changes import BillChange, explain_change
from billing.explanations import find_bill
from billing.models.customer import Customer
from billing.models.seller import Seller
from billing.money import Money, total
from billing.periods import BillingPeriod
from billing.previews.planned_changes import PlanChange, PlannedChange, assume, revise
from billing.rating.line import Line
from billing.terms.account_rating import Rater, load_rater
from billing.terms.contract_terms import load_plans


class PlanUnknown(NotFound):
    """A plan change names a plan that does not exist."""

    def __init__(self, plan_code: str) -> None:
        super().__init__(f"no plan {plan_code}")
        self.plan_code = plan_code


@dataclass(frozen=True, slots=True)
class Preview:
    """The lines that a bill of the period would have; no lines: there would be none."""

    customer_id: UUID
    period: BillingPeriod
    total: Money
    lines: tuple[Line, ...]

    @property
    def bill(self) -> Bill:
        return Bill("", self.period, self.total, self.lines)


def preview(session: Session, customer_id: UUID, changes: Sequence[PlannedChange], period: BillingPeriod) -> Preview:
    """Rate the period as if the changes had been made, in their order; without changes it is the bill to come.

    Raise RatingError or RuleMissing where the billing run would park the account, PlanUnknown for an unknown plan.
    """
    return preview_each(session, {customer_id: changes}, period)[customer_id]


def preview_each(
    session: Session, planned: Mapping[UUID, Sequence[PlannedChange]], period: BillingPeriod
) -> dict[UUID, Preview]:
    """Do the same for many customers, with as many queries as for one customer of each seller."""
    previews: dict[UUID, Preview] = {}
    for seller, customer_ids in _by_seller(session, planned):
        lines_of = _load(session, seller, {key: planned[key] for key in customer_ids}, period)
        for customer_id in customer_ids:
            lines = lines_of(customer_id)
            amount = total((line.amount for line in lines), seller.currency)
            previews[customer_id] = Preview(customer_id, period, amount, lines)
    return previews


def _load(
    session: Session, seller: Seller, planned: Mapping[UUID, Sequence[PlannedChange]], period: BillingPeriod
) -> Rater:
    changes = [change for some in planned.values() for change in some]
    codes = {change.plan_code for change in changes if isinstance(change, PlanChange)}
    plans = load_plans(session, codes, seller.country)
    if codes - plans.keys():
        raise PlanUnknown(min(codes - plans.keys()))
    of_contract: dict[UUID, list[PlannedChange]] = defaultdict(list)
    for change in changes:
        of_contract[change.contract_id].append(change)
    return load_rater(
        session,
        seller,
        planned.keys(),
        period,
        period.end,
        revise=lambda terms: [revise(one, of_contract[one.contract_id], plans) for one in terms],
        assume=lambda terms, usage: assume(terms, usage, of_contract[terms.contract_id]),
    )


def _by_seller(session: Session, customer_ids: Collection[UUID]) -> list[tuple[Seller, list[UUID]]]:
    """Raise CustomerNotFound for an id that is nobody's."""
    rows = session.execute(
        select(Seller, Customer.id).join(Customer, Customer.seller_id == Seller.id).where(Customer.id.in_(customer_ids))
    ).all()
    missing = set(customer_ids) - {customer_id for _, customer_id in rows}
    if missing:
        raise CustomerNotFound(min(missing))
    groups: dict[int, tuple[Seller, list[UUID]]] = {}
    for seller, customer_id in rows:
        groups.setdefault(seller.id, (seller, []))[1].append(customer_id)
    return list(groups.values())


def explain_deviation(session: Session, made: Preview, invoice_number: str) -> BillChange:
    """Say why the issued invoice differs from what was previewed: what happened in between. No causes: nothing did."""
    return explain_change(made.bill, find_bill(session, made.customer_id, invoice_number))
