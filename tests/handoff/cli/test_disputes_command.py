"""`saldo disputes` as the people who decide type it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from click.testing import Result
from typer.testing import CliRunner

from billing.db import make_session_factory
from billing.disputes.disputes import open_dispute
from handoff.cli import app
from tests.databases import engine_of, of_kind
from tests.factories.billing import line_ids, make_customer, make_invoice


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    databases = of_kind("sqlite")
    url = databases.create()
    monkeypatch.setenv("SALDO_DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "200")
    yield url
    databases.drop(url)


def saldo(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["disputes", *arguments])


@pytest.fixture
def contested(database: str) -> str:
    """An invoice of 40.00 and 60.00, of which the second line is contested; its number."""
    engine = engine_of(database)
    with make_session_factory(engine).begin() as session:
        customer = make_customer(session, number="20000001")
        invoice = make_invoice(session, customer, amounts=(4_000, 6_000), due_on=date(2026, 3, 17))
        lines = line_ids(session, invoice)[1:]
        opened_at = datetime(2026, 3, 10, 9, tzinfo=UTC)
        open_dispute(session, customer.id, invoice.id, lines, "never ordered", now=opened_at)
        number = invoice.number
    engine.dispose()
    return number


def test_a_dispute_is_listed_reviewed_and_partly_upheld(contested: str) -> None:
    listed, reviewed = saldo("list"), saldo("review", contested)
    closed = saldo("close", contested, "--outcome", "partly_upheld", "--credit", "2=12.50")

    assert f"{contested} of customer 20000001: €60.00 contested, open, answer by 2026-05-05" in listed.output
    assert reviewed.exit_code == 0
    assert "is partly_upheld." in closed.output
    assert "€12.50" in closed.output
    assert "0 disputes are open." in saldo("list").output


@pytest.mark.parametrize(
    "arguments",
    [
        ["review", "DE-2026-999999"],
        ["close", "{number}", "--outcome", "upheld"],  # nobody has looked yet
        ["close", "{number}", "--outcome", "partly_upheld", "--credit", "2=twelve"],
        ["close", "{number}", "--outcome", "partly_upheld", "--credit", "9=1.00"],
    ],
)
def test_what_is_not_allowed_changes_nothing(contested: str, arguments: list[str]) -> None:
    refused = saldo(*[one.format(number=contested) for one in arguments])

    assert refused.exit_code == 1
    assert "1 disputes are open." in saldo("list").output


def test_no_more_is_given_back_than_was_contested(contested: str) -> None:
    saldo("review", contested)

    refused = saldo("close", contested, "--outcome", "partly_upheld", "--credit", "2=60.01")

    assert refused.exit_code == 1
    assert "Nothing was changed" in refused.output
