"""`saldo dunning` as an operator types it."""

from collections.abc import Iterator
from datetime import date

import pytest
from click.testing import Result
from typer.testing import CliRunner

from billing.db import make_session_factory
from handoff.cli import app
from tests.databases import engine_of, of_kind
from tests.factories.billing import make_customer, make_invoice


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    databases = of_kind("sqlite")
    url = databases.create()
    monkeypatch.setenv("SALDO_DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "200")
    yield url
    databases.drop(url)


def saldo(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def make_overdue(url: str) -> str:
    """Make an invoice that is long overdue whatever today is, and return its number."""
    engine = engine_of(url)
    with make_session_factory(engine).begin() as session:
        customer = make_customer(session, number="20000001")
        invoice = make_invoice(session, customer, due_on=date(2026, 1, 15))
        number = invoice.number
    engine.dispose()
    return number


def test_letters_are_queued_once_and_the_list_shows_them(database: str) -> None:
    number = make_overdue(database)

    first, second, listed = saldo("dunning", "run"), saldo("dunning", "run"), saldo("dunning", "list")

    assert "1 letters queued." in first.output
    assert "reminder: 1" in first.output
    assert "0 letters queued." in second.output
    assert f"Customer 20000001: {number} due on 2026-01-15, €120.00 claimed; reminder on" in listed.output
    assert "1 invoices are overdue." in listed.output


def test_with_nothing_overdue_nothing_is_sent(database: str) -> None:
    assert "0 letters queued." in saldo("dunning", "run").output
    assert "0 invoices are overdue." in saldo("dunning", "list").output
