"""Customers with the bills of two months, issued by the billing run."""

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.models.contract import Contract
from billing.models.invoice import Invoice
from billing.models.plan import Plan
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing
from tests.factories.billing import make_contract, make_customer, make_plan

NUMBER = "53464097"
PHONE = "+491713920001"
SEPTEMBER = BillingPeriod.month("2026-09")
OCTOBER = BillingPeriod.month("2026-10")


def make_subscriber(
    session: Session,
    *,
    base_minor: int = 2999,
    started_on: date = date(2026, 1, 1),
    unit: str | None = None,
    included: int = 0,
    unit_price_micro: int | None = None,
    changed_on: date | None = None,
    changed_to: Plan | None = None,
) -> Contract:
    """Return the contract of a customer in Germany with one plan, or two from the day of the change."""
    customer = make_customer(session, number=NUMBER, phone=PHONE)
    plan = make_plan(
        session,
        name="Mobile S",
        base_minor=base_minor,
        unit=unit,
        included=included,
        unit_price_micro=unit_price_micro,
    )
    return make_contract(session, customer, plan, started_on=started_on, changed_on=changed_on, changed_to=changed_to)


def issue_bills(sessions: sessionmaker[Session], *periods: BillingPeriod) -> None:
    """Issue each month's bills on the first day after it."""
    for period in periods:
        run_billing(sessions, period, now=datetime.combine(period.end, datetime.min.time(), UTC))


def bill_of(session: Session, period: BillingPeriod) -> Invoice:
    """Return the only customer's bill."""
    return session.scalars(select(Invoice).filter_by(period_start=period.start)).one()
