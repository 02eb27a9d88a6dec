"""A command on a database without tables, or while another one writes, says one sentence and no more."""

import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from billing.migrations import upgrade
from handoff.cli import app

COMMANDS = (
    ["audit", "--account", "53464097"],
    ["audit", "--all", "--json"],
    ["explain", "--account", "53464097"],
    ["tasks", "list"],
    ["tasks", "done", "1"],
    ["refunds", "list"],
    ["refunds", "send", "1"],
    ["disputes", "list"],
    ["dunning", "list"],
    ["dunning", "run"],
    ["billing", "run", "--period", "2026-01"],
    ["billing", "release", "--customer", "53464097", "--period", "2026-01"],
)
READERS = [command for command in COMMANDS if "list" in command or command[0] in {"audit", "explain"}]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "saldo.db"
    monkeypatch.setenv("SALDO_DATABASE_URL", f"sqlite:///{path}")
    return path


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_without_tables_the_command_says_what_to_run(database: Path, command: list[str]) -> None:
    result = CliRunner().invoke(app, command)

    assert result.exit_code == 1
    assert "run `saldo db upgrade`" in result.stderr
    assert "Traceback" not in result.output
    assert "53464097" not in result.output


@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_reading_waits_for_no_writer(database: Path, command: list[str]) -> None:
    upgrade(f"sqlite:///{database}")
    writer = sqlite3.connect(database, isolation_level=None)
    try:
        writer.execute("BEGIN IMMEDIATE")
        result = CliRunner().invoke(app, command)
    finally:
        writer.close()

    assert "busy" not in result.output
    assert "locked" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
