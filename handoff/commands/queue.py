"""`saldo queue`."""

import typer

from handoff.commands.queue_fit import fit_command
from handoff.commands.queue_replay import replay_command
from handoff.commands.queue_staffing import staffing_command

app = typer.Typer(help="Waits: how well they are told, and how many people they need.", no_args_is_help=True)


@app.callback()
def queue() -> None:
    """Waits: how well they are told, and how many people they need."""


app.command("replay")(replay_command)
app.command("staffing")(staffing_command)
app.command("fit")(fit_command)
