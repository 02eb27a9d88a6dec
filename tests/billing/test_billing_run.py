"""The billing run issues each invoice once, numbers them without gaps, and parks what it must not guess."""

from datetime import UTC, date, datetime
from threading import Thread

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from billing.models import Customer, Invoice, InvoiceSeries, InvoiceTax, LineItem
from billing.periods import BillingPeriod
from billing.rating.line import LineKind
from billing.run import billing_run
from billing.run.billing_run import BillingRunReport, PeriodNotOver, run_billing
from tests.factories.billing import (
    invoice_of,
    make_contract,
    make_customer,
    make_one_off,
    make_plan,
    make_price,
    make_usage,
)

SEPTEMBER = BillingPeriod.month("2026-09")
OCTOBER = BillingPeriod.month("2026-10")
AFTER_SEPTEMBER = datetime(2026, 10, 1, 6, tzinfo=UTC)
AFTER_OCTOBER = datetime(2026, 11, 1, 6, tzinfo=UTC)

Sessions = sessionmaker[Session]


def make_customers(session_factory: Sessions, count: int, *, country: str = "DE") -> list[Customer]:
    with session_factory.begin() as session:
        plan = make_plan(session, base_minor=3999, country=country)
        customers = [make_customer(session, country=country) for _ in range(count)]
        for customer in customers:
            make_contract(session, customer, plan)
    return customers


def sequences(session_factory: Sessions, country: str = "DE") -> list[int]:
    with session_factory() as session:
        return list(
            session.scalars(
                select(Invoice.sequence).where(Invoice.number.startswith(country)).order_by(Invoice.sequence)
            )
        )


def count_rows(session_factory: Sessions) -> list[int]:
    with session_factory() as session:
        return [session.scalars(select(func.count()).select_from(m)).one() for m in (Invoice, LineItem, InvoiceTax)]


def test_a_second_run_issues_nothing(session_factory: Sessions) -> None:
    make_customers(session_factory, 3)

    first = run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER)
    issued = count_rows(session_factory)
    second = run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER)

    assert first == BillingRunReport(OCTOBER, 3, ())
    assert second == BillingRunReport(OCTOBER, 0, ())
    assert count_rows(session_factory) == issued == [3, 3, 3]


def test_an_invoice_is_the_sum_of_its_lines_and_holds_its_tax(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        plan = make_plan(session, base_minor=1499, unit="GB", included=10, unit_price_micro=2_000_000)
        contract = make_contract(session, customer, plan)
        make_usage(session, contract, used_on=date(2026, 10, 9), quantity=13)
        make_one_off(session, contract, charged_on=date(2026, 10, 9), amount_minor=4990)

    run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER)

    with session_factory() as session:
        invoice = invoice_of(session, customer.id, OCTOBER.start)
        lines = session.scalars(select(LineItem).filter_by(invoice_id=invoice.id).order_by(LineItem.position)).all()
        tax = session.scalars(select(InvoiceTax).filter_by(invoice_id=invoice.id)).one()
    assert [(line.kind, line.amount_minor) for line in lines] == [
        (LineKind.RECURRING, 1499),
        (LineKind.USAGE, 600),
        (LineKind.ONE_OFF, 4990),
    ]
    assert invoice.total_minor == tax.gross_minor == 7089
    assert (tax.tax_rate, tax.tax_minor) == (1900, 1132)
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 11, 1), date(2026, 11, 15))
    assert invoice.number == f"DE-2026-{invoice.sequence:06}"


def test_numbers_have_no_gaps_across_batches_runs_and_sellers(session_factory: Sessions) -> None:
    make_customers(session_factory, billing_run.BATCH_SIZE + 3)
    make_customers(session_factory, 2, country="FI")

    run_billing(session_factory, SEPTEMBER, now=AFTER_SEPTEMBER)
    run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER)

    assert sequences(session_factory) == list(range(1, 2 * (billing_run.BATCH_SIZE + 3) + 1))
    assert sequences(session_factory, "FI") == [1, 2, 3, 4]


def test_numbers_begin_again_with_the_year(session_factory: Sessions) -> None:
    make_customers(session_factory, 1)
    december = BillingPeriod.month("2026-12")

    run_billing(session_factory, BillingPeriod.month("2026-11"), now=datetime(2026, 12, 1, 6, tzinfo=UTC))
    # Half an hour before midnight in UTC it is already the new year in Berlin.
    run_billing(session_factory, december, now=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))

    with session_factory() as session:
        numbers = session.scalars(select(Invoice.number).order_by(Invoice.period_start)).all()
    assert numbers == ["DE-2026-000001", "DE-2027-000001"]


@pytest.mark.parametrize(
    "now",
    # In Berlin it is 23:30 on the last day of October.
    [datetime(2026, 10, 9, 6, tzinfo=UTC), datetime(2026, 10, 31, 22, 30, tzinfo=UTC)],
    ids=["in the month", "half an hour before its end"],
)
def test_a_month_that_is_not_over_is_not_billed(session_factory: Sessions, now: datetime) -> None:
    make_customers(session_factory, 1)

    with pytest.raises(PeriodNotOver) as refused:
        run_billing(session_factory, OCTOBER, now=now)

    assert (refused.value.period, refused.value.ends) == ("2026-10", date(2026, 10, 31))
    assert count_rows(session_factory) == [0, 0, 0]


def test_a_month_is_billed_from_the_first_day_after_it_in_the_seller_s_zone(session_factory: Sessions) -> None:
    make_customers(session_factory, 1)

    report = run_billing(session_factory, OCTOBER, now=datetime(2026, 10, 31, 23, 0, tzinfo=UTC))

    assert report.issued == 1


def test_a_month_that_is_over_for_one_seller_only_is_billed_for_none(session_factory: Sessions) -> None:
    """At 22:30 in UTC it is November in Helsinki and still October in Berlin."""
    make_customers(session_factory, 1, country="FI")
    make_customers(session_factory, 1)

    with pytest.raises(PeriodNotOver):
        run_billing(session_factory, OCTOBER, now=datetime(2026, 10, 31, 22, 30, tzinfo=UTC))

    assert count_rows(session_factory) == [0, 0, 0]


@pytest.mark.parametrize("failing_batch", [1, 2, 3])
def test_a_run_that_dies_is_finished_by_the_next(
    session_factory: Sessions, monkeypatch: pytest.MonkeyPatch, failing_batch: int
) -> None:
    monkeypatch.setattr(billing_run, "BATCH_SIZE", 2)
    make_customers(session_factory, 5)
    issue, batches = billing_run.issue_drafts, iter(range(1, 9))

    def dying_after_writing(session: Session, *rest: object) -> None:
        issue(session, *rest)
        if next(batches) == failing_batch:
            raise ConnectionError

    monkeypatch.setattr(billing_run, "issue_drafts", dying_after_writing)
    with pytest.raises(ConnectionError):
        run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER)
    assert len(sequences(session_factory)) == 2 * (failing_batch - 1)

    monkeypatch.setattr(billing_run, "issue_drafts", issue)
    run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER)

    assert sequences(session_factory) == [1, 2, 3, 4, 5]


def test_two_runs_at_the_same_time_issue_each_invoice_once(session_factory: Sessions) -> None:
    make_customers(session_factory, 2 * billing_run.BATCH_SIZE)
    reports: list[BillingRunReport] = []

    def run() -> None:
        reports.append(run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER))

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(report.issued for report in reports) == 2 * billing_run.BATCH_SIZE
    assert sequences(session_factory) == list(range(1, 2 * billing_run.BATCH_SIZE + 1))


def test_progress_counts_customers(session_factory: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(billing_run, "BATCH_SIZE", 2)
    make_customers(session_factory, 3)
    seen: list[tuple[int, int]] = []

    run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER, progress=lambda done, in_all: seen.append((done, in_all)))

    assert seen == [(2, 3), (3, 3)]


def test_an_account_without_a_price_is_parked_and_the_others_are_billed(session_factory: Sessions) -> None:
    make_customers(session_factory, 2)
    with session_factory.begin() as session:
        parked = make_customer(session)
        make_contract(session, parked, make_plan(session, valid_to=date(2026, 10, 20)))

    report = run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER)

    assert report.issued == 2
    assert [(account.customer_number, account.error) for account in report.parked] == [(parked.number, "PriceMissing")]
    assert sequences(session_factory) == [1, 2]


def test_a_bill_below_zero_is_parked(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        contract = make_contract(session, customer, make_plan(session, base_minor=1000))
        make_one_off(session, contract, charged_on=date(2026, 10, 9), amount_minor=-1001)

    report = run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER)

    assert [(account.customer_number, account.error) for account in report.parked] == [
        (customer.number, "TotalNegative")
    ]
    assert count_rows(session_factory) == [0, 0, 0]


def test_a_customer_whose_contract_has_ended_gets_no_invoice(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        make_contract(session, make_customer(session), make_plan(session), ended_on=OCTOBER.start)

    assert run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER).issued == 0


def test_a_price_uploaded_later_charges_no_single_charge_again(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        plan = make_plan(session, base_minor=1000, valid_to=OCTOBER.start)
        make_price(session, plan, base_minor=1100, valid_from=OCTOBER.start)
        make_one_off(session, make_contract(session, customer, plan), charged_on=date(2026, 9, 9))
    run_billing(session_factory, SEPTEMBER, now=AFTER_SEPTEMBER)
    with session_factory.begin() as session:
        make_plan(session, base_minor=900)

    run_billing(session_factory, SEPTEMBER, now=AFTER_OCTOBER)
    run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER)

    with session_factory() as session:
        assert [invoice_of(session, customer.id, p.start).total_minor for p in (SEPTEMBER, OCTOBER)] == [5990, 1100]


def test_the_series_knows_the_last_number(session_factory: Sessions) -> None:
    make_customers(session_factory, 2)

    run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER)

    with session_factory() as session:
        assert session.scalars(select(InvoiceSeries.last_sequence)).all() == [2]
