"""`saldo outbox`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from billing.clock import SystemClock
from billing.failed_letters import retry_letters
from handoff.commands.sessions import open_sessions
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import done, fail

app = typer.Typer(help="Letters to customers.", no_args_is_help=True)


@app.callback()
def outbox() -> None:
    """Letters to customers."""


@app.command("retry")
def retry_command(
    letters: Annotated[
        list[int] | None, typer.Option("--id", help="Number of a letter that failed; can be repeated.")
    ] = None,
    failed_since: Annotated[
        datetime | None, typer.Option(help="All letters that failed on this day (UTC) or later.", formats=["%Y-%m-%d"])
    ] = None,
) -> None:
    """Send letters again that were given up, such as after the mail server was mended; their tasks are closed."""
    if not letters and failed_since is None:
        fail("Name letters with --id, or a day with --failed-since.")
    since = failed_since.replace(tzinfo=UTC) if failed_since else None
    with open_sessions(OperatorSettings().database) as sessions, sessions.begin() as session:
        count = retry_letters(session, ids=letters or (), failed_since=since, now=SystemClock().now())
    done(f"{count} letters will be sent again.")
