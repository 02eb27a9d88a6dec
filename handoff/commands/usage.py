"""`saldo usage`."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from billing.clock import SystemClock
from billing.exchange.usage_reports import UsageFileRefused, read_usage_reports
from billing.usage.intake import IntakeReport, take_in
from handoff.commands.sessions import open_sessions
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import complain, done, fail

app = typer.Typer(help="What customers used.", no_args_is_help=True)
File = Annotated[
    Path,
    typer.Argument(
        exists=True, dir_okay=False, help="CSV with event_id, contract, used_at, quantity, unit, zone (may be empty)."
    ),
]


@app.callback()
def usage() -> None:
    """What customers used."""


@app.command("add")
def add_command(file: File) -> None:
    """Take in reports of usage; each event counts once, however often it comes.

    What cannot be right is set aside for a person (`saldo tasks list`) and never billed.
    """
    try:
        reports = read_usage_reports(file)
    except UsageFileRefused as refused:
        for problem in refused.problems:
            complain(str(problem))
        fail(f"{refused.count} problem{'' if refused.count == 1 else 's'}; nothing was taken in.")
    with open_sessions(OperatorSettings().database) as sessions, sessions.begin() as session:
        intake = take_in(session, reports, now=SystemClock().now())
    _tell(intake)


def _tell(intake: IntakeReport) -> None:
    reasons = Counter(rejection.reason for rejection in intake.rejected)
    for reason, count in sorted(reasons.items()):
        complain(f"{count} set aside for a person: {reason.replace('_', ' ')}.")
    done(f"{intake.taken} reports taken in; {intake.duplicates} were known; {len(intake.rejected)} set aside.")
