"""`saldo demo`."""

import typer

from billing.demo_data import DatabaseInUse
from handoff.commands.installation import prepare_installation
from handoff.commands.settings import OperatorSettings
from handoff.commands.stories import print_stories
from handoff.commands.terminal import fail

app = typer.Typer(help="The demo: a made-up company with 300 customers.", no_args_is_help=True)


@app.callback()
def demo() -> None:
    """The demo: a made-up company with 300 customers."""


@app.command("seed")
def seed_command() -> None:
    """Fill the database with the demo's customers, their bills and two agents, and show six customers to try.

    Running it again changes nothing. On a database named by SALDO_DATABASE_URL it needs SALDO_DEMO=true, because the
    agents' password is public.
    """
    settings = OperatorSettings()
    if not settings.is_demo:
        fail("This database is not a demo; set SALDO_DEMO=true if it may get demo customers and agents.")
    try:
        stories = prepare_installation(settings)
    except DatabaseInUse:
        fail("There are customers in this database who are not the demo's; use another database for the demo.")
    print_stories(stories)
