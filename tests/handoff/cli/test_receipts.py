"""`saldo receipts add` as an operator types it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select
from typer.testing import CliRunner

from billing.db import make_session_factory
from billing.models.payment import Payment
from handoff.cli import app
from tests.databases import engine_of, of_kind

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "import-example"
HEADER = "reference,customer,invoice,amount,received_on"
GOOD = "BANK-7,20000001,R-2026-0002,13.99,2026-11-10"


@pytest.fixture(autouse=True)
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    databases = of_kind("sqlite")
    url = databases.create()
    monkeypatch.setenv("SALDO_DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "200")
    saldo("import", EXAMPLE)
    yield url
    databases.drop(url)


def saldo(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def statement(folder: Path, *rows: str) -> Path:
    path = folder / "statement.csv"
    path.write_text("\n".join((HEADER, *rows, "")), encoding="utf-8")
    return path


def recorded(url: str) -> dict[str, int]:
    engine = engine_of(url)
    with make_session_factory(engine)() as session:
        payments = {row.reference: row.amount_minor for row in session.scalars(select(Payment))}
    engine.dispose()
    return payments


def test_a_statement_is_recorded_once_however_often_it_comes(tmp_path: Path, database: str) -> None:
    file = statement(tmp_path, GOOD, "BANK-8,20000002,,34.43,2026-11-12")

    first, again = saldo("receipts", "add", file), saldo("receipts", "add", file)

    assert "2 receipts recorded; 0 were known." in first.stdout
    assert "0 receipts recorded; 2 were known." in again.stdout
    assert recorded(database) == {"BANK-1": 999, "BANK-7": 1399, "BANK-8": 3443}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("BANK-8,29999999,,1.00,2026-11-12", "line 3, customer: 29999999 is not in the database."),
        ("BANK-8,20000001,R-9,1.00,2026-11-12", "line 3, invoice: R-9 is not in the database."),
        ("BANK-8,20000001,R-2026-0003,1.00,2026-11-12", "line 3, invoice: R-2026-0003 is an invoice of another"),
        ("BANK-8,20000001,,free,2026-11-12", "line 3, amount: free is not an amount"),
        ("BANK-1,20000001,,1.00,2026-11-12", "line 3, reference: BANK-1 was recorded already, with another"),
    ],
)
def test_one_bad_line_is_named_and_nothing_is_recorded(tmp_path: Path, database: str, row: str, told: str) -> None:
    result = saldo("receipts", "add", statement(tmp_path, GOOD, row))

    assert result.exit_code == 1
    assert f"statement.csv, {told}" in result.stderr
    assert recorded(database) == {"BANK-1": 999}
