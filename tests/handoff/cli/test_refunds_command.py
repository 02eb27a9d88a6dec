"""`saldo refunds` as the people who decide type it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from click.testing import Result
from typer.testing import CliRunner

from billing.db import make_session_factory
from billing.ledger.refunds import request_refund
from billing.money import Money
from billing.payments import record_payment
from handoff.cli import app
from tests.databases import engine_of, of_kind
from tests.factories.billing import make_customer

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A customer with 50.00 in credit has asked for 12.50 of it, task 1, and for 7.50, task 2."""
    databases = of_kind("sqlite")
    url = databases.create()
    monkeypatch.setenv("SALDO_DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "200")
    engine = engine_of(url)
    with make_session_factory(engine).begin() as session:
        customer_id = make_customer(session, number="20000001").id
        credit = Money(5_000, "EUR")
        day = date(2026, 11, 9)
        record_payment(session, customer_id=customer_id, reference="b", amount=credit, received_on=day, now=NOW)
        request_refund(session, customer_id, Money(1_250, "EUR"), "moved abroad", now=NOW)
        request_refund(session, customer_id, Money(750, "EUR"), "moved abroad", now=NOW)
    engine.dispose()
    yield url
    databases.drop(url)


def saldo(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.mark.usefixtures("database")
def test_refunds_are_listed_sent_and_refused() -> None:
    listed = saldo("refunds", "list").output
    sent, refused = saldo("refunds", "send", "1"), saldo("refunds", "refuse", "2")

    assert "1  customer 20000001: €12.50, moved abroad" in listed
    assert "2  customer 20000001: €7.50, moved abroad" in listed
    assert "The refund of task 1 is sent." in sent.output
    assert "The refund of task 2 is refused." in refused.output
    assert "0 refunds wait." in saldo("refunds", "list").output
    assert "0 tasks are open." in saldo("tasks", "list").output


@pytest.mark.usefixtures("database")
def test_a_refund_is_sent_once() -> None:
    saldo("refunds", "send", "1")

    again = saldo("refunds", "send", "1")

    assert again.exit_code == 1
    assert "Under task 1 no refund waits." in again.output
    assert "1 refunds wait." in saldo("refunds", "list").output
