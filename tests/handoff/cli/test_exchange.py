"""`saldo import` and `saldo export` as an operator types them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from handoff.cli import app
from tests.databases import of_kind

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "import-example"


@pytest.fixture(autouse=True)
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    databases = of_kind("sqlite")
    url = databases.create()
    monkeypatch.setenv("SALDO_DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "200")
    yield url
    databases.drop(url)


def saldo(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_example_is_checked_imported_and_exported(tmp_path: Path) -> None:
    checked = saldo("import", EXAMPLE, "--dry-run")
    imported = saldo("import", EXAMPLE)
    exported = saldo("export", tmp_path / "out")

    assert [result.exit_code for result in (checked, imported, exported)] == [0, 0, 0]
    assert "The files are sound; nothing was written." in checked.stdout
    assert "usage: 3 rows" in imported.stdout
    assert (tmp_path / "out" / "usage.csv").read_bytes().count(b"\n") == 4


def test_every_bad_row_is_told_and_the_command_fails(tmp_path: Path) -> None:
    files = tmp_path / "files"
    shutil.copytree(EXAMPLE, files)
    usage = files / "usage.csv"
    usage.write_text(usage.read_text(encoding="utf-8").replace(",8,GB", ",NaN,GB"), encoding="utf-8")

    result = saldo("import", files)

    assert result.exit_code == 1
    assert "usage.csv, line 2, quantity: NaN is not a whole number." in result.stderr
    assert "1 problem; nothing was imported." in result.stderr


def test_a_file_over_the_limit_is_named(tmp_path: Path) -> None:
    files = tmp_path / "files"
    shutil.copytree(EXAMPLE, files)
    with (files / "usage.csv").open("ab") as usage:
        usage.truncate(1_000_001)

    result = saldo("import", files, "--max-megabytes", "1")

    assert result.exit_code == 1
    assert "usage.csv: The file has 1000001 bytes; at most 1000000 are read." in result.stderr


def test_a_full_folder_is_not_exported_into(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()

    refused = saldo("export", tmp_path)
    told_to = saldo("export", tmp_path, "--overwrite")

    assert (refused.exit_code, told_to.exit_code) == (1, 0)
    assert "is not empty; name another folder, or add --overwrite." in refused.stderr


def test_a_database_without_tables_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SALDO_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")

    results = [saldo("import", EXAMPLE), saldo("export", tmp_path / "out")]

    assert [result.exit_code for result in results] == [1, 1]
    assert all("run `saldo db upgrade`, then try again." in result.stderr for result in results)
