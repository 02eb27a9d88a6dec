"""Issued invoices, their lines and taxes stay as they are, whoever tries: the database itself refuses."""

from datetime import UTC, date, datetime
from uuid import uuid5

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from billing.models import Invoice
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing
from tests.factories.billing import invoice_of, make_contract, make_customer, make_plan

OCTOBER = BillingPeriod.month("2026-10")
ISSUED_TABLES = ("invoice", "line_item", "invoice_tax")


@pytest.fixture
def invoice(session_factory: sessionmaker[Session]) -> Invoice:
    with session_factory.begin() as session:
        customer = make_customer(session)
        make_contract(session, customer, make_plan(session, base_minor=3999))
    run_billing(session_factory, OCTOBER, now=datetime(2026, 11, 1, 6, tzinfo=UTC))
    with session_factory() as session:
        return invoice_of(session, customer.id, date(2026, 10, 1))


def contents(session: Session) -> list[object]:
    return [session.execute(text(f"SELECT * FROM {table}")).all() for table in ISSUED_TABLES]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invoice SET total_minor = 1",
        "UPDATE invoice SET number = number",
        "DELETE FROM invoice",
        "UPDATE line_item SET amount_minor = amount_minor - 1",
        "DELETE FROM line_item",
        "UPDATE invoice_tax SET tax_minor = 0, net_minor = gross_minor",
        "DELETE FROM invoice_tax",
    ],
)
def test_a_direct_change_is_refused(invoice: Invoice, session: Session, statement: str) -> None:
    before = contents(session)

    with pytest.raises(DBAPIError, match="issued rows are never changed"):
        session.execute(text(statement))

    session.rollback()
    assert contents(session) == before


def test_a_line_added_later_is_refused(invoice: Invoice, session: Session) -> None:
    before = contents(session)
    columns = "kind, reason_code, cause, period_start, period_end, quantity, unit, amount_minor, currency, tax_rate"

    with pytest.raises(DBAPIError, match="issued rows are never changed"):
        session.execute(
            text(
                f"INSERT INTO line_item (invoice_id, position, {columns}) "
                f"SELECT invoice_id, position + 1, {columns} FROM line_item"
            )
        )

    session.rollback()
    assert contents(session) == before


def test_replacing_or_emptying_is_refused(invoice: Invoice, session: Session) -> None:
    before = contents(session)
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    statement = "TRUNCATE invoice CASCADE" if on_postgresql else "INSERT OR REPLACE INTO invoice SELECT * FROM invoice"

    with pytest.raises(DBAPIError, match="issued rows are never changed"):
        session.execute(text(statement))

    session.rollback()
    assert contents(session) == before


def test_the_billing_run_cannot_make_a_second_invoice_for_a_period(invoice: Invoice, session: Session) -> None:
    columns = (
        "seller_id, customer_id, year, period_start, period_end, issued_on, due_on, total_minor, currency, created_at"
    )

    with pytest.raises(DBAPIError):
        session.execute(
            text(
                f"INSERT INTO invoice (id, number, sequence, {columns}) "
                f"SELECT id, 'DE-2026-999999', 999999, {columns} FROM invoice"
            )
        )

    session.rollback()
    assert invoice.id == uuid5(invoice.customer_id, f"invoice:{invoice.period_start.isoformat()}")
    assert session.execute(text("SELECT count(*) FROM invoice")).scalar_one() == 1
