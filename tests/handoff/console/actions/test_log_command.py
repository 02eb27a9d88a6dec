"""`saldo agents log` as an auditor types it."""

import asyncio

from typer.testing import CliRunner

from handoff.cli import app as commands
from tests.handoff.console.actions.account import Approver, Desk, Lena
from tests.handoff.people import on_any_database


@on_any_database
async def test_the_log_is_printed_with_who_whom_what_and_why(
    desk: Desk, lena: Lena, approver: Approver, database_url: str, monkeypatch
):
    monkeypatch.setenv("SALDO_DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "300")
    asked = (await desk.do("goodwill", f"loyalty:{lena.paid}", amount_minor=4000, note="Ten years")).json()
    await approver.decide(asked["id"])

    # In a thread: a command has an event loop of its own.
    printed = await asyncio.to_thread(CliRunner().invoke, commands, ["agents", "log", "--days", "3660"])
    unknown = await asyncio.to_thread(CliRunner().invoke, commands, ["agents", "log", "--customer", "1"])

    assert printed.exit_code == 0, printed.output
    assert f"2026-11-21 09:00 UTC, Mia, for {lena.number}, Goodwill of €40.00: bill {lena.paid}" in printed.output
    assert "done by Kerstin, DE-C-2026-000001, “Ten years”" in printed.output
    assert "1 actions in 3660 days." in printed.output
    assert (unknown.exit_code, "There is no customer 1." in unknown.output) == (1, True)
