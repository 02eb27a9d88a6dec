"""Append-only tables: the ORM refuses a change before it reaches the database, and the database has a trigger too."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session, sessionmaker

from billing.db import Base
from billing.issued import AppendOnly, IssuedRowChanged
from billing.models import Customer, Invoice, InvoiceTax, LineItem
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing
from handoff.console.actions import models as _agents_actions  # noqa: F401 (registers handoff's append-only tables)
from tests.factories.billing import make_contract, make_customer, make_plan

APPEND_ONLY = {
    mapper.class_.__tablename__: mapper.class_
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, AppendOnly)
}


@pytest.fixture
def issued(session_factory: sessionmaker[Session]) -> None:
    with session_factory.begin() as session:
        make_contract(session, make_customer(session), make_plan(session))
    run_billing(session_factory, BillingPeriod.month("2026-10"), now=datetime(2026, 11, 1, 6, tzinfo=UTC))


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize(
    ("model", "column"), [(Invoice, "total_minor"), (LineItem, "amount_minor"), (InvoiceTax, "tax_minor")]
)
def test_a_changed_object_is_refused(session: Session, model: type[Base], column: str) -> None:
    row = session.query(model).one()
    setattr(row, column, 1)

    with pytest.raises(IssuedRowChanged) as refused:
        session.flush()

    assert refused.value.table == model.__tablename__


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize("model", [Invoice, LineItem, InvoiceTax])
def test_a_deleted_object_is_refused(session: Session, model: type[Base]) -> None:
    session.delete(session.query(model).one())

    with pytest.raises(IssuedRowChanged):
        session.flush()


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_statements_for_many_rows_are_refused(session: Session, table: str) -> None:
    model = APPEND_ONLY[table]
    first = next(iter(model.__table__.columns)).name

    for statement in (update(model).values({first: None}), delete(model)):
        with pytest.raises(IssuedRowChanged):
            session.execute(statement)


@pytest.mark.usefixtures("issued")
def test_an_object_that_was_only_touched_and_everything_else_may_be_written(session: Session) -> None:
    invoice = session.query(Invoice).one()
    total_minor, invoice.total_minor = invoice.total_minor, 0
    invoice.total_minor = total_minor
    customer = session.query(Customer).one()
    customer.name = "Lena Vogel"

    session.commit()

    session.expire_all()
    assert session.query(Customer).one().name == "Lena Vogel"


def test_the_same_tables_have_triggers(session: Session) -> None:
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    refusing = (
        "SELECT event_object_table FROM information_schema.triggers WHERE event_manipulation IN ('UPDATE', 'DELETE')"
        if on_postgresql
        else "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%!_refuses!_%' ESCAPE '!'"
    )

    assert set(session.scalars(text(refusing))) == set(APPEND_ONLY)
