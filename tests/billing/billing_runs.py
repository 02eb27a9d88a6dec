"""Billing runs as the tests of what they park need them."""

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.human_tasks import list_open_tasks
from billing.models import (
    Customer,
    Invoice,
    TaskKind,
)
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing
from tests.factories.billing import (
    make_contract,
    make_customer,
    make_one_off,
    make_plan,
)

SEPTEMBER = BillingPeriod.month("2026-09")
OCTOBER = BillingPeriod.month("2026-10")
AFTER_OCTOBER = datetime(2026, 11, 1, 6, tzinfo=UTC)
LATER = datetime(2026, 11, 2, 6, tzinfo=UTC)

Sessions = sessionmaker[Session]


def bill(session_factory: Sessions, period: BillingPeriod = OCTOBER, now: datetime = AFTER_OCTOBER) -> dict[str, str]:
    """Run billing; return the parked customers' numbers with the errors."""
    report = run_billing(session_factory, period, now=now)
    return {account.customer_number: account.error for account in report.parked}


def make_others(session: Session) -> list[Customer]:
    """Return one customer before and one after the account that is broken."""
    plan = make_plan(session, base_minor=3999)
    others = [make_customer(session, number=number) for number in ("10000000", "99999999")]
    for other in others:
        make_contract(session, other, plan)
    return others


def numbers_of_billed(session_factory: Sessions) -> list[str]:
    with session_factory() as session:
        billed = select(Customer.number).join(Invoice, Invoice.customer_id == Customer.id).order_by(Invoice.sequence)
        return list(session.scalars(billed))


def facts_of_task(session_factory: Sessions) -> dict[str, object]:
    with session_factory() as session:
        [task] = [task for task in list_open_tasks(session) if task.kind is TaskKind.BILLING_PARKED]
    return dict(task.facts)


def break_total(session: Session, customer: Customer) -> None:
    contract = make_contract(session, customer, make_plan(session, base_minor=1000))
    make_one_off(session, contract, charged_on=date(2026, 10, 9), amount_minor=-1001)
