"""`saldo usage add` as an operator types it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select
from typer.testing import CliRunner

from billing.db import make_session_factory
from billing.models.usage import UsageRecord
from handoff.cli import app
from tests.databases import engine_of, of_kind

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "import-example"
HEADER = "event_id,contract,used_at,quantity,unit,zone"


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


def reports(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "meters.csv"
    path.write_text("\n".join((header, *rows, "")), encoding="utf-8")
    return path


def recorded(url: str) -> dict[str, int]:
    engine = engine_of(url)
    with make_session_factory(engine)() as session:
        quantities = {row.event_id: row.quantity for row in session.scalars(select(UsageRecord))}
    engine.dispose()
    return quantities


def test_reports_are_taken_in_once_however_often_they_come(tmp_path: Path, database: str) -> None:
    before = recorded(database)
    file = reports(tmp_path, "m-1,C-1001,2026-11-02T08:00:00+02:00,3,GB,", "m-2,C-1001,2026-11-03,2,GB,home")

    first, again = saldo("usage", "add", file), saldo("usage", "add", file)

    assert "2 reports taken in; 0 were known; 0 set aside." in first.stdout
    assert "0 reports taken in; 2 were known; 0 set aside." in again.stdout
    assert recorded(database) == {**before, "m-1": 3, "m-2": 2}


def test_what_cannot_be_right_waits_for_a_person_and_the_rest_counts(tmp_path: Path, database: str) -> None:
    rows = ["m-1,C-1001,2026-11-02,NaN,GB,", "m-2,C-9999,2026-11-02,1,GB,", "m-3,C-1001,2026-11-02,1,GB,"]

    result = saldo("usage", "add", reports(tmp_path, *rows))

    assert "1 reports taken in; 0 were known; 2 set aside." in result.stdout
    assert "quantity not a number" in result.output
    assert "contract unknown" in result.output
    assert "m-1" not in recorded(database)
    assert "usage" in saldo("tasks", "list").output.lower()


@pytest.mark.parametrize(
    ("header", "row", "named"),
    [
        ("event_id,contract,used_at,unit", "m-1,C-1001,2026-11-02,GB", "quantity"),
        (HEADER, "m-1,,2026-11-02,1,GB,", "contract"),
    ],
)
def test_a_file_without_a_column_or_a_cell_is_refused_by_name(
    tmp_path: Path, database: str, header: str, row: str, named: str
) -> None:
    before = recorded(database)

    result = saldo("usage", "add", reports(tmp_path, row, header=header))

    assert result.exit_code == 1
    assert "meters.csv" in result.output
    assert named in result.output
    assert "1 problem; nothing was taken in." in result.output
    assert recorded(database) == before
