"""A preview is the bill that comes, to the cent; where it is not, what happened in between is named."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from billing.models.invoice import Invoice
from billing.money import Money
from billing.periods import BillingPeriod
from billing.previews.planned_changes import ContractEnd, DiscountGranted, PlanChange, UsageAssumed
from billing.previews.preview import PlanUnknown, Preview, explain_deviation, preview, preview_each
from billing.rating.terms import DiscountTerms, Usage
from billing.run.billing_run import run_billing
from tests.billing.planned_accounts import do, plan_for_many
from tests.factories.billing import (
    invoice_of,
    make_contract,
    make_customer,
    make_discount,
    make_one_off,
    make_plan,
    make_usage,
)

OCTOBER = BillingPeriod.month("2026-10")
NOVEMBER_1 = datetime(2026, 11, 1, 9, tzinfo=UTC)
MID_OCTOBER = date(2026, 10, 17)
CHANGES = {"sqlite": 1000, "postgresql": 60}


def test_a_preview_is_the_later_invoice_to_the_cent(session_factory: sessionmaker[Session]) -> None:
    with session_factory.begin() as session:
        number = CHANGES[session.get_bind().dialect.name]
        planned = plan_for_many(session, OCTOBER, number, seed=1)
    with session_factory() as session:
        previews = preview_each(session, {one.customer_id: one.changes for one in planned}, OCTOBER).values()

    with session_factory.begin() as session:
        for one in planned:
            do(session, one.changes, OCTOBER)
    report = run_billing(session_factory, OCTOBER, now=NOVEMBER_1)

    assert not report.parked
    with session_factory() as session:
        issued = {row.customer_id: row for row in session.scalars(select(Invoice))}
        assert [made.total.minor for made in previews] == [issued[made.customer_id].total_minor for made in previews]
        for made in list(previews)[:50]:
            assert explain_deviation(session, made, issued[made.customer_id].number).causes == ()


def test_a_preview_writes_nothing(session: Session) -> None:
    customer = make_customer(session)
    contract = make_contract(session, customer, make_plan(session))
    session.commit()

    preview(session, customer.id, [ContractEnd(contract.id, MID_OCTOBER)], OCTOBER)

    assert [*session.new, *session.dirty, *session.deleted] == []
    assert session.scalar(select(func.count()).select_from(Invoice)) == 0


def test_another_plan_is_previewed_by_the_day(session: Session) -> None:
    """16 of 31 days at 31.00 are 16.00, 15 at 62.00 are 30.00."""
    customer = make_customer(session)
    contract = make_contract(session, customer, make_plan(session, base_minor=3100))
    other = make_plan(session, base_minor=6200)

    made = preview(session, customer.id, [PlanChange(contract.id, MID_OCTOBER, other.code)], OCTOBER)

    assert [line.amount.minor for line in made.lines] == [1600, 3000]
    assert made.total == Money(4600, "EUR")


def test_a_discount_and_usage_are_previewed_together(session: Session) -> None:
    """30.00 less 10 %, and 3 GB beyond the 10 that are included, at 2.00 each."""
    customer = make_customer(session)
    plan = make_plan(session, base_minor=3000, unit="GB", included=10, unit_price_micro=2_000_000)
    contract = make_contract(session, customer, plan)
    make_usage(session, contract, used_on=MID_OCTOBER, quantity=50)
    name = {"en": "Thanks", "de": "Danke", "fi": "Kiitos"}
    discount = DiscountTerms(contract.id, name, OCTOBER.start, None, basis_points=1000)
    usage = UsageAssumed(contract.id, (Usage(MID_OCTOBER, 13, "GB"),))

    made = preview(session, customer.id, [DiscountGranted(contract.id, discount), usage], OCTOBER)

    assert made.total == Money(3000 - 300 + 600, "EUR")


def test_without_changes_it_is_the_bill_to_come(session: Session) -> None:
    customer = make_customer(session)
    make_contract(session, customer, make_plan(session, base_minor=3999))

    assert preview(session, customer.id, [], OCTOBER).total == Money(3999, "EUR")


def test_a_plan_that_does_not_exist_is_refused(session: Session) -> None:
    customer = make_customer(session)
    contract = make_contract(session, customer, make_plan(session))

    with pytest.raises(PlanUnknown) as refused:
        preview(session, customer.id, [PlanChange(contract.id, MID_OCTOBER, "nothing")], OCTOBER)

    assert refused.value.plan_code == "nothing"


def test_what_happens_after_the_preview_is_named(session_factory: sessionmaker[Session]) -> None:
    """Previewed at 39.99; then a technician came for 49.90, and 5.00 off was agreed."""
    with session_factory.begin() as session:
        customer = make_customer(session)
        contract = make_contract(session, customer, make_plan(session, base_minor=3999))
        made: Preview = preview(session, customer.id, [], OCTOBER)
        make_one_off(session, contract, charged_on=MID_OCTOBER, amount_minor=4990)
        make_discount(session, contract, amount_minor=500, valid_from=OCTOBER.start)

    run_billing(session_factory, OCTOBER, now=NOVEMBER_1)

    with session_factory() as session:
        number = invoice_of(session, customer.id, OCTOBER.start).number
        change = explain_deviation(session, made, number)
        assert [(cause.code.value, cause.amount.minor) for cause in change.causes] == [
            ("one_off", 4990),
            ("discount_started", -500),
        ]
