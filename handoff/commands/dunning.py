"""`saldo dunning`."""

import typer

from billing.clock import SystemClock
from billing.documents.formatting import Print
from billing.dunning.dunning_run import list_overdue, run_dunning
from billing.dunning.fees import FeeRejected
from billing.dunning.plan import OverdueInvoice
from handoff.commands.sessions import open_reading, open_sessions
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import done, fail, progress_bar, say

app = typer.Typer(help="Reminders of unpaid invoices.", no_args_is_help=True)


@app.callback()
def dunning() -> None:
    """Reminders of unpaid invoices."""


@app.command("run")
def run_command() -> None:
    """Write to every customer whose invoice is overdue, as law and policy allow today.

    A letter that has gone out does not go out again.
    """
    with open_sessions(OperatorSettings().database) as sessions, progress_bar("Dunning") as progress:
        try:
            report = run_dunning(sessions, now=SystemClock().now(), progress=progress)
        except FeeRejected as error:
            fail(f"Nothing more was sent. The policy charges more than the law allows: {error}.")
    done(f"{sum(report.sent.values())} letters queued.")
    for kind, count in sorted(report.sent.items()):
        say(f"{kind}: {count}")
    for rule in sorted(report.missing):
        say(f"The law files say nothing of {rule}; letters that need it wait for a person.")


@app.command("list")
def list_command() -> None:
    """Show the invoices that are overdue: what is claimed, and which letters went out."""
    with open_reading(OperatorSettings().database) as session:
        accounts = list_overdue(session, now=SystemClock().now())
    for number, invoices in accounts.items():
        for invoice in invoices:
            say(f"Customer {number}: {_described(invoice)}")
    done(f"{sum(map(len, accounts.values()))} invoices are overdue.")


def _described(invoice: OverdueInvoice) -> str:
    letters = ", ".join(f"{step.kind} on {step.sent_on}" for step in invoice.steps) or "no letter yet"
    held = ", put off" if invoice.is_arranged else ""
    return f"{invoice.number} due on {invoice.due_on}, {Print('en').amount(invoice.claim)} claimed{held}; {letters}"
