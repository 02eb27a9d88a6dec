"""`saldo receipts`."""

from pathlib import Path
from typing import Annotated

import typer

from billing.clock import SystemClock
from billing.exchange.statements import StatementRefused, add_receipts
from handoff.commands.sessions import open_sessions
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import complain, done, fail

app = typer.Typer(help="Money that arrived.", no_args_is_help=True)
File = Annotated[
    Path,
    typer.Argument(
        exists=True, dir_okay=False, help="CSV with reference, customer, invoice (may be empty), amount, received_on."
    ),
]


@app.callback()
def receipts() -> None:
    """Money that arrived."""


@app.command("add")
def add_command(file: File) -> None:
    """Record a bank statement; lines that are recorded already change nothing.

    One bad line, and nothing is recorded.
    """
    with open_sessions(OperatorSettings().database) as sessions:
        try:
            with sessions.begin() as session:
                new, lines = add_receipts(session, file, now=SystemClock().now())
        except StatementRefused as refused:
            for problem in refused.problems:
                complain(str(problem))
            fail(
                "1 problem; nothing was recorded."
                if refused.count == 1
                else f"{refused.count} problems; nothing was recorded."
            )
    done(f"{new} receipts recorded; {lines - new} were known.")
