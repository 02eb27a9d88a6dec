"""`saldo doctor`."""

import typer
from rich.markup import escape

from handoff.commands.checkup import examine
from handoff.commands.findings import Finding, Verdict
from handoff.commands.settings import OperatorSettings, inherited_environment
from handoff.commands.terminal import console

MARKS = {
    Verdict.fine: "[green]✓[/]",
    Verdict.note: "[yellow]·[/]",
    Verdict.broken: "[red]✗[/]",
}


def doctor() -> None:
    """Check every part of this installation and say what is wrong and what to do.

    Looks at both environments, the trained bot, the database, the secrets, the files of rules, the web front end, the
    ports, the running services, Twilio, the payment page and the mail server. Ends with exit code 1 if something that
    is required is broken.
    """
    findings = examine(OperatorSettings(), inherited_environment())
    for finding in findings:
        _print(finding)
    raise typer.Exit(1 if any(finding.verdict is Verdict.broken for finding in findings) else 0)


def _print(finding: Finding) -> None:
    console.print(f"{MARKS[finding.verdict]} [bold]{finding.part}[/]  {escape(finding.sentence)}", soft_wrap=True)
