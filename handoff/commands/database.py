"""`saldo db`."""

import typer

from handoff.commands.installation import upgrade_database
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import done

app = typer.Typer(help="The database of this installation.", no_args_is_help=True)


@app.callback()
def database() -> None:
    """The database of this installation."""


@app.command("upgrade")
def upgrade_command() -> None:
    """Bring the tables to the newest version. Running it again changes nothing."""
    upgrade_database(OperatorSettings())
    done("The database is up to date.")
