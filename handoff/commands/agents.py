"""`saldo agents`."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

import typer

from billing.catalogue import LANGUAGES
from billing.clock import SystemClock
from handoff.agents.service import add_agent
from handoff.commands.sessions import open_async_sessions
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import done, fail
from handoff.errors import AgentExists

app = typer.Typer(help="The people who answer customers.", no_args_is_help=True)
SHORTEST_PASSWORD = 12


@dataclass(frozen=True)
class NewAgent:
    """What must be known of an agent to let them sign in."""

    email: str
    name: str
    language: str
    password: str


@app.callback()
def agents() -> None:
    """The people who answer customers."""


@app.command("add")
def add_command(
    email: Annotated[str, typer.Option(prompt=True, help="The address to sign in with.")],
    name: Annotated[str, typer.Option(prompt=True, help="The name that customers see.")],
    language: Annotated[str, typer.Option(help="The language of the console: en, de or fi.")] = "en",
    password: Annotated[
        str,
        typer.Option(
            prompt=True,
            hide_input=True,
            confirmation_prompt=True,
            envvar=None,
            help=f"At least {SHORTEST_PASSWORD} characters. Left out, it is asked for and not shown.",
        ),
    ] = "",
) -> None:
    """Add an agent who can sign in to the console."""
    if "@" not in email:
        fail(f"{email} is not an e-mail address.")
    if language not in LANGUAGES:
        fail(f"{language} is not a language of the console; choose one of {', '.join(LANGUAGES)}.")
    if len(password) < SHORTEST_PASSWORD:
        fail(f"The password is too short; it needs at least {SHORTEST_PASSWORD} characters.")
    try:
        asyncio.run(_add(OperatorSettings().database, NewAgent(email, name, language, password)))
    except AgentExists:
        fail(f"An agent with the address {email} exists already.")
    done(f"{name} can sign in as {email}.")


async def _add(database: str, agent: NewAgent) -> None:
    async with open_async_sessions(database) as sessions, sessions.begin() as session:
        await add_agent(
            session,
            email=agent.email,
            name=agent.name,
            language=agent.language,
            password=agent.password,
            now=SystemClock().now(),
        )
