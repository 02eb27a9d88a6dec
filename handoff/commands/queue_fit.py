"""`saldo queue fit`."""

import asyncio

from billing.clock import SystemClock
from handoff.commands.sessions import open_async_sessions
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import done, say
from handoff.routing.estimate_history import refit


def fit_command() -> None:
    """Let the wait estimate learn from the contacts of this installation; the servers use it at once."""
    contacts = asyncio.run(_fit(OperatorSettings().database))
    if contacts:
        done(f"The wait estimate has learnt from {contacts} contacts that waited.")
    else:
        say("Nobody has waited yet; the estimate goes by theory.")


async def _fit(database: str) -> int:
    async with open_async_sessions(database) as sessions, sessions.begin() as session:
        return (await refit(session, SystemClock().now())).contacts
