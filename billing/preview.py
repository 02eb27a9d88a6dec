"""What a bill will be: the same rating as the billing run's, on the terms as they are or as they would be changed.

Nothing is written. A preview equals the invoice that is issued later unless something happens in between; then
`explain_deviation` names it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from billing.account_rating import load_rater
from billing.accounts import get_customer
from billing.contract_terms import load_plans
from billing.errors import SaldoError
from billing.explain.bill import Bill
from billing.explain.bill_changes import BillChange, explain_change
from billing.explanations import find_bill
from billing.models.seller import Seller
from billing.money import Money, total
from billing.periods import BillingPeriod
from billing.planned_changes import PlanChange, PlannedChange, assume, revise
from billing.rating.line import Line


class PlanUnknown(SaldoError):
    """A plan change names a plan that does not exist."""

    status = 404

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
    seller = session.get_one(Seller, get_customer(session, customer_id).seller_id)
    codes = {change.plan_code for change in changes if isinstance(change, PlanChange)}
    plans = load_plans(session, codes, seller.country)
    missing = codes - plans.keys()
    if missing:
        raise PlanUnknown(min(missing))
    lines_of = load_rater(
        session,
        seller,
        [customer_id],
        period,
        period.end,
        revise=lambda terms: [revise(one, changes, plans) for one in terms],
        assume=lambda terms, usage: assume(terms, usage, changes),
    )
    lines = lines_of(customer_id)
    return Preview(customer_id, period, total((line.amount for line in lines), seller.currency), lines)


def explain_deviation(session: Session, made: Preview, invoice_number: str) -> BillChange:
    """Say why the issued invoice differs from what was previewed: what happened in between. No causes: nothing did."""
    return explain_change(made.bill, find_bill(session, made.customer_id, invoice_number))
