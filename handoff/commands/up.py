"""`saldo up`."""

import asyncio

from handoff.commands.settings import OperatorSettings, inherited_environment
from handoff.commands.terminal import fail
from handoff.processes.keeper import Keeper
from handoff.processes.preflight import CannotStart


def up() -> None:
    """Start the whole system on this machine and keep it running until Ctrl-C.

    Makes the secrets on the first run, brings the database up to date, fills the demo, starts the bot, the actions
    and the public server, and prints where they are. A service that dies is started again. Logs go to var/logs.

    Without SALDO_DATABASE_URL the embedded database is used and holds the demo; SALDO_DEMO=false leaves the demo out.
    """
    keeper = Keeper(OperatorSettings(), inherited_environment())
    try:
        asyncio.run(keeper.run())
    except CannotStart as problem:
        fail(str(problem))
