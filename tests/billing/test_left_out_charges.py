"""Charges that are booked but not owed: the bill is made without them, and each waits once for a person."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from billing.human_tasks import OpenTask, finish_task, list_open_tasks
from billing.models import Customer, TaskKind
from billing.models.contract import OneOffKind
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing
from tests.factories.billing import invoice_of, make_contract, make_customer, make_one_off, make_plan

OCTOBER = BillingPeriod.month("2026-10")
NOW = datetime(2026, 11, 1, 6, tzinfo=UTC)

Sessions = sessionmaker[Session]


def book(
    session_factory: Sessions,
    kind: OneOffKind,
    *references: str,
    proof: str | None = None,
    ended_on: date | None = None,
) -> Customer:
    """Book charges of 4.99 each on 9 October, on a contract of 10.00 a month."""
    with session_factory.begin() as session:
        customer = make_customer(session)
        contract = make_contract(session, customer, make_plan(session, base_minor=1000), ended_on=ended_on)
        contract.minimum_term_until = date(2026, 9, 1)
        for reference in references:
            charge = make_one_off(
                session, contract, charged_on=date(2026, 10, 9), amount_minor=499, reference=reference
            )
            charge.kind, charge.proof_reference = kind, proof
    return customer


def tasks(session_factory: Sessions) -> list[OpenTask]:
    with session_factory() as session:
        return [task for task in list_open_tasks(session) if task.kind is TaskKind.CHARGE_LEFT_OUT]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(OneOffKind.THIRD_PARTY, "order_not_proven"), (OneOffKind.TERMINATION, "term_is_over")],
)
def test_a_charge_that_is_not_owed_is_off_the_bill_and_waits_for_a_person(
    session_factory: Sessions, kind: OneOffKind, reason: str
) -> None:
    customer = book(session_factory, kind, "X-1")

    report = run_billing(session_factory, OCTOBER, now=NOW)

    assert (report.issued, report.parked) == (1, ())
    with session_factory() as session:
        assert invoice_of(session, customer.id, OCTOBER.start).total_minor == 1000
    [task] = tasks(session_factory)
    assert (task.customer_number, task.reason) == (customer.number, reason)
    assert task.facts == {
        "period": "2026-10",
        "error": reason,
        "reference": "X-1",
        "charged_on": "2026-10-09",
        "amount_minor": 499,
        "currency": "EUR",
    }


def test_each_charge_is_a_task_of_its_own(session_factory: Sessions) -> None:
    book(session_factory, OneOffKind.THIRD_PARTY, "X-1", "X-2")

    run_billing(session_factory, OCTOBER, now=NOW)

    assert sorted(task.facts["reference"] for task in tasks(session_factory)) == ["X-1", "X-2"]


def test_a_charge_after_the_end_of_the_contract_waits_once_however_often_billing_runs(
    session_factory: Sessions,
) -> None:
    book(session_factory, OneOffKind.TERMINATION, "X-1", ended_on=date(2026, 10, 1))

    reports = [run_billing(session_factory, OCTOBER, now=NOW + timedelta(hours=hour)) for hour in range(2)]

    assert [(report.issued, report.parked) for report in reports] == [(0, ()), (0, ())]
    [task] = tasks(session_factory)
    with session_factory.begin() as session:
        finish_task(session, task.id, now=NOW)
    run_billing(session_factory, OCTOBER, now=NOW + timedelta(hours=3))
    assert tasks(session_factory) == []


def test_a_charge_that_is_owed_is_billed_and_waits_for_nobody(session_factory: Sessions) -> None:
    customer = book(session_factory, OneOffKind.THIRD_PARTY, "X-1", proof="order-7")

    run_billing(session_factory, OCTOBER, now=NOW)

    with session_factory() as session:
        assert invoice_of(session, customer.id, OCTOBER.start).total_minor == 1000 + 499
    assert tasks(session_factory) == []
