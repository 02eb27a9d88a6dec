"""Whose contract has ended still gets the bill for what paying late cost, once, as the letter said."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session, sessionmaker

from billing.dunning.dunning_run import run_dunning
from billing.models import Customer, Invoice, LineItem, Seller
from billing.periods import BillingPeriod
from billing.rating.line import LineKind
from billing.run.billing_run import run_billing
from billing.run.last_charges import customers_with_last_charges
from tests.factories.billing import make_contract, make_customer, make_invoice, make_payment, make_plan

SEPTEMBER = BillingPeriod.month("2026-09")
MARCH = BillingPeriod.month("2026-03")
OCTOBER, NOVEMBER = SEPTEMBER.next_month(), SEPTEMBER.next_month().next_month()
# Issued on 1 October, due on 15 October: the reminder goes on the 30th and costs 5.00 in Finland.
REMINDED = datetime(2026, 10, 30, 6, tzinfo=UTC)

Sessions = sessionmaker[Session]


def bill(session_factory: Sessions, period: BillingPeriod) -> int:
    return run_billing(session_factory, period, now=datetime.combine(period.end, REMINDED.time(), UTC)).issued


def make_leaving(session: Session, ended_on: date | None = date(2026, 10, 1)) -> Customer:
    customer = make_customer(session, country="FI")
    make_contract(session, customer, make_plan(session, country="FI", base_minor=3999), ended_on=ended_on)
    return customer


def lines_after(session: Session, day: date) -> Sequence[tuple[LineKind, int]]:
    """Return what stands on the invoices that were issued after the day."""
    items = (
        select(LineItem.kind, LineItem.amount_minor)
        .join(Invoice, Invoice.id == LineItem.invoice_id)
        .where(Invoice.issued_on > day)
        .order_by(LineItem.id)
    )
    return [(kind, minor) for kind, minor in session.execute(items)]


def test_the_fee_of_a_reminder_after_the_contracts_end_is_billed_once(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        make_leaving(session)
    assert bill(session_factory, SEPTEMBER) == 1
    run_dunning(session_factory, now=REMINDED)

    assert [bill(session_factory, OCTOBER), bill(session_factory, OCTOBER), bill(session_factory, NOVEMBER)] == [
        1,
        0,
        0,
    ]

    with session_factory() as session:
        assert lines_after(session, date(2026, 10, 30)) == [(LineKind.LATE_FEE, 500)]


def test_interest_on_a_last_bill_that_was_paid_late_is_billed_once(session_factory: Sessions) -> None:
    """Ten days late: 10,000 x 950 x 10 / 3,650,000 = 26.03 cents."""
    with session_factory.begin() as session:
        customer = make_leaving(session, ended_on=date(2026, 2, 16))
        session.get_one(Seller, customer.seller_id).charges_late_interest = True
        late = make_invoice(session, customer, amounts=(10_000,), due_on=date(2026, 3, 2))
        make_payment(session, late, received_on=date(2026, 3, 12))

    assert [bill(session_factory, MARCH), bill(session_factory, MARCH.next_month())] == [1, 0]

    with session_factory() as session:
        assert lines_after(session, date(2026, 3, 31)) == [(LineKind.INTEREST, 26)]


def test_a_new_contract_that_is_to_begin_carries_the_fee_on_its_own_first_bill(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer = make_leaving(session)
        plan = make_plan(session, country="FI", base_minor=1000)
        make_contract(session, customer, plan, started_on=date(2026, 11, 1))
    bill(session_factory, SEPTEMBER)
    run_dunning(session_factory, now=REMINDED)

    assert bill(session_factory, OCTOBER) == 0
    assert bill(session_factory, NOVEMBER) == 1

    with session_factory() as session:
        assert lines_after(session, date(2026, 10, 30)) == [(LineKind.RECURRING, 1000), (LineKind.LATE_FEE, 500)]


def test_looking_for_them_takes_no_query_per_customer(session_factory: Sessions, engine: Engine) -> None:
    def find() -> tuple[int, int]:
        with session_factory() as session:
            seller = session.scalars(select(Seller)).one()
            before = len(statements)
            found = customers_with_last_charges(session, seller, OCTOBER, OCTOBER.end)
            return len(found), len(statements) - before

    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", note := lambda *args: statements.append(args[2]))
    with session_factory.begin() as session:
        make_leaving(session)
    bill(session_factory, SEPTEMBER)
    run_dunning(session_factory, now=REMINDED)
    number, for_one = find()
    with session_factory.begin() as session:
        for _ in range(5):
            make_leaving(session)
    bill(session_factory, SEPTEMBER)
    run_dunning(session_factory, now=REMINDED.replace(hour=7))
    in_all, for_six = find()
    event.remove(engine, "before_cursor_execute", note)

    assert (number, in_all) == (1, 6)
    assert for_six == for_one
