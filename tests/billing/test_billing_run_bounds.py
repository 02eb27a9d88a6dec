"""Bills that look doubtful wait for a person; odd ones that are right go out."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from billing.human_tasks import TaskNotFound, list_open_tasks
from billing.models import (
    Contract,
    Customer,
    Invoice,
    InvoiceTax,
    LineItem,
    Seller,
)
from billing.periods import BillingPeriod
from billing.run import billing_run
from billing.run.billing_run import run_billing
from billing.run.parked_bills import NotReleasable, release_bill
from tests.billing.billing_runs import (
    AFTER_OCTOBER,
    LATER,
    OCTOBER,
    SEPTEMBER,
    Sessions,
    bill,
    break_total,
    facts_of_task,
    numbers_of_billed,
)
from tests.factories.billing import (
    invoice_of,
    make_contract,
    make_customer,
    make_one_off,
    make_plan,
    make_price,
    make_usage,
)


def test_a_bill_of_nothing_but_a_full_discount_is_issued(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        make_contract(session, customer, make_plan(session, base_minor=0))

    assert bill(session_factory) == {}

    with session_factory() as session:
        assert invoice_of(session, customer.id, OCTOBER.start).total_minor == 0


def make_ever_higher(session: Session, *, last_minor: int) -> tuple[Customer, Contract]:
    """Return a customer with three bills of 40.00 and a single charge in October."""
    customer = make_customer(session)
    contract = make_contract(session, customer, make_plan(session, base_minor=4000), started_on=date(2026, 7, 1))
    make_one_off(session, contract, charged_on=date(2026, 10, 9), amount_minor=last_minor)
    return customer, contract


def bill_three_months(session_factory: Sessions) -> None:
    for month in ("2026-07", "2026-08", "2026-09"):
        period = BillingPeriod.month(month)
        assert bill(session_factory, period, datetime(2026, period.end.month, 1, 6, tzinfo=UTC)) == {}


# Five times 40.00 is 200.00: with 160.00 on top the bill is at the bound, with 160.01 beyond it.
@pytest.mark.parametrize(("last_minor", "errors"), [(16_000, []), (16_001, ["BillDoubtful"])])
def test_a_total_far_above_the_earlier_ones_waits_for_a_person(
    session_factory: Sessions, last_minor: int, errors: list[str]
) -> None:
    with session_factory.begin() as session:
        make_ever_higher(session, last_minor=last_minor)
    bill_three_months(session_factory)

    assert list(bill(session_factory).values()) == errors

    if errors:
        assert facts_of_task(session_factory)["doubts"] == [
            {"kind": "total_unusual", "total_minor": 20_001, "median_minor": 4000, "earlier_bills": 3}
        ]


def test_only_the_newest_six_bills_are_compared(session_factory: Sessions) -> None:
    """After four months at 100 and six at 1 euro, 300 euros are far more than five times the median."""
    with session_factory.begin() as session:
        customer = make_customer(session)
        plan = make_plan(session, base_minor=10_000, valid_to=date(2026, 4, 1))
        make_price(session, plan, base_minor=100, valid_from=date(2026, 4, 1))
        contract = make_contract(session, customer, plan, started_on=date(2025, 12, 1))
        make_one_off(session, contract, charged_on=date(2026, 10, 9), amount_minor=30_000)
    period = BillingPeriod.month("2025-12")
    while period < OCTOBER:
        assert bill(session_factory, period) == {}
        period = period.next_month()

    assert bill(session_factory) == {customer.number: "BillDoubtful"}

    [doubt] = facts_of_task(session_factory)["doubts"]
    assert (doubt["median_minor"], doubt["earlier_bills"]) == (100, 6)


def test_sixteen_charges_on_one_day_wait_for_a_person(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        contract = make_contract(session, customer, make_plan(session))
        for number in range(16):
            make_one_off(session, contract, charged_on=date(2026, 10, 9), reference=f"WO-{number}")

    assert bill(session_factory) == {customer.number: "BillDoubtful"}
    assert numbers_of_billed(session_factory) == []


def test_a_released_bill_is_issued_by_the_next_run_and_its_task_is_done(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer, _ = make_ever_higher(session, last_minor=50_000)
    bill_three_months(session_factory)
    bill(session_factory)

    with session_factory.begin() as session:
        release_bill(session, customer.number, OCTOBER, now=LATER)
    assert facts_of_task(session_factory)["released_at"] == "2026-11-02T06:00:00+00:00"

    assert bill(session_factory, now=LATER) == {}
    with session_factory() as session:
        assert invoice_of(session, customer.id, OCTOBER.start).total_minor == 54_000
        assert list_open_tasks(session) == []


def test_a_release_holds_for_the_figures_that_the_person_saw(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer, contract = make_ever_higher(session, last_minor=50_000)
    bill_three_months(session_factory)
    bill(session_factory)
    with session_factory.begin() as session:
        release_bill(session, customer.number, OCTOBER, now=LATER)
        make_one_off(session, contract, charged_on=date(2026, 10, 10), amount_minor=1, reference="WO-2")

    assert bill(session_factory, now=LATER) == {customer.number: "BillDoubtful"}

    facts = facts_of_task(session_factory)
    assert facts["total_minor"] == 54_001
    assert "released_at" not in facts


def test_a_negative_bill_cannot_be_released(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        break_total(session, customer)
    bill(session_factory)

    with session_factory() as session, pytest.raises(NotReleasable):
        release_bill(session, customer.number, OCTOBER, now=LATER)


@pytest.mark.parametrize("number", ["99999999", "10000000"], ids=["unknown customer", "not parked"])
def test_what_is_not_parked_cannot_be_released(session_factory: Sessions, number: str) -> None:
    with session_factory.begin() as session:
        make_customer(session, number="10000000")

    with session_factory() as session, pytest.raises(TaskNotFound):
        release_bill(session, number, OCTOBER, now=LATER)


def late_usage(session: Session, contract: Contract, *, quantity: int) -> None:
    record = make_usage(session, contract, used_on=date(2026, 9, 20), quantity=quantity)
    record.received_at = datetime(2026, 10, 5, 6, tzinfo=UTC)  # after the bill of September was made
    session.flush()


def make_leaver(session: Session, *, unit_price_micro: int) -> tuple[Customer, Contract]:
    """Return a customer whose contract ends with September."""
    customer = make_customer(session)
    plan = make_plan(session, base_minor=1000, unit="GB", included=0, unit_price_micro=unit_price_micro)
    return customer, make_contract(session, customer, plan, ended_on=OCTOBER.start)


def test_usage_that_is_reported_after_the_last_bill_gets_a_bill_of_its_own_and_only_one(
    session_factory: Sessions,
) -> None:
    with session_factory.begin() as session:
        customer, contract = make_leaver(session, unit_price_micro=2_000_000)
    assert bill(session_factory, SEPTEMBER, datetime(2026, 10, 1, 6, tzinfo=UTC)) == {}
    with session_factory.begin() as session:
        late_usage(session, contract, quantity=3)

    assert bill(session_factory) == {}
    november = OCTOBER.next_month()
    assert run_billing(session_factory, november, now=datetime(2026, 12, 1, 6, tzinfo=UTC)).issued == 0

    with session_factory() as session:
        # 3 GB at 2.00
        assert invoice_of(session, customer.id, OCTOBER.start).total_minor == 600


def test_an_ended_contract_with_nothing_left_but_nought_gets_neither_a_bill_nor_a_task(
    session_factory: Sessions,
) -> None:
    with session_factory.begin() as session:
        _, contract = make_leaver(session, unit_price_micro=0)
    bill(session_factory, SEPTEMBER, datetime(2026, 10, 1, 6, tzinfo=UTC))
    with session_factory.begin() as session:
        late_usage(session, contract, quantity=3)

    report = run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER)

    assert (report.issued, report.parked) == (0, ())
    with session_factory() as session:
        assert list_open_tasks(session) == []


def test_a_seller_to_companies_adds_the_tax_as_a_line_of_its_own(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        contract = make_contract(session, customer, make_plan(session, base_minor=1000))
        make_one_off(session, contract, charged_on=date(2026, 10, 9), amount_minor=333)
        session.execute(update(Seller).values(prices_include_tax=False))

    assert bill(session_factory) == {}

    with session_factory() as session:
        invoice = invoice_of(session, customer.id, OCTOBER.start)
        lines = session.scalars(select(LineItem).filter_by(invoice_id=invoice.id).order_by(LineItem.position)).all()
        tax = session.scalars(select(InvoiceTax).filter_by(invoice_id=invoice.id)).one()
    # 19 % of 13.33 is 2.5327, rounded once: 2.53
    assert [(line.kind, line.amount_minor) for line in lines] == [("recurring", 1000), ("one_off", 333), ("tax", 253)]
    assert (invoice.total_minor, tax.net_minor, tax.tax_minor, tax.gross_minor) == (1586, 1333, 253, 1586)


def test_an_invoice_that_somebody_made_by_hand_does_not_stand_for_the_run_s(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        make_contract(session, customer, make_plan(session))
        session.add(
            Invoice(
                id=UUID(int=9),
                seller_id=customer.seller_id,
                customer_id=customer.id,
                number="DE-2026-X00001",
                year=2026,
                sequence=900_001,
                period_start=OCTOBER.start,
                period_end=OCTOBER.end,
                issued_on=date(2026, 10, 9),
                due_on=date(2026, 10, 23),
                total_minor=100,
                currency="EUR",
                created_at=AFTER_OCTOBER,
            )
        )

    assert run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER).issued == 1
    assert billing_run.run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER).issued == 0
