"""`saldo agents disable`, `enable`, `password` and `role`: who may sign in, and as what."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from billing.clock import SystemClock
from handoff.agents import shutting_out
from handoff.agents.models import Agent, Role
from handoff.agents.passwords import hash_password
from handoff.agents.service import find_agent_by_email
from handoff.commands.sessions import open_async_sessions
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import done, fail

SHORTEST_PASSWORD = 12

Change = Callable[[AsyncSession, Agent, datetime], Awaitable[None]]
Email = Annotated[str, typer.Argument(help="The agent's address.")]
Password = Annotated[
    str,
    typer.Option(
        prompt=True,
        hide_input=True,
        confirmation_prompt=True,
        help=f"At least {SHORTEST_PASSWORD} characters. Left out, it is asked for and not shown.",
    ),
]


def disable_command(email: Email) -> None:
    """Shut an agent out: signed out everywhere, and what they hold goes back to the line."""
    change_agent(email, shutting_out.disable)
    done(f"{email} is signed out everywhere and cannot sign in.")


def enable_command(email: Email) -> None:
    """Let an agent sign in again, with the password they had."""
    change_agent(email, lambda session, agent, _: shutting_out.enable(session, agent))
    done(f"{email} can sign in.")


def password_command(email: Email, password: Password = "") -> None:
    """Give an agent a new password; whoever is signed in with the old one is signed out."""
    refuse_short(password)
    new_hash = asyncio.run(hash_password(password))
    change_agent(email, lambda session, agent, now: shutting_out.set_password(session, agent, new_hash, now))
    done(f"{email} has a new password and is signed out everywhere.")


def role_command(email: Email, role: Annotated[Role, typer.Argument(help="agent or supervisor.")]) -> None:
    """Make an agent a supervisor, or a supervisor an agent; they sign in anew."""
    change_agent(email, lambda session, agent, now: shutting_out.set_role(session, agent, role, now))
    done(f"{email} is {role.value} now and is signed out everywhere.")


def refuse_short(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        fail(f"The password is too short; it needs at least {SHORTEST_PASSWORD} characters.")


def change_agent(email: str, change: Change) -> None:
    """Do it in a transaction of its own, or say that there is no such agent."""
    if not asyncio.run(_change(OperatorSettings().database, email, change)):
        fail(f"There is no agent with the address {email}.")


async def _change(database: str, email: str, change: Change) -> bool:
    async with open_async_sessions(database) as sessions, sessions.begin() as session:
        agent = await find_agent_by_email(session, email)
        if agent is not None:
            await change(session, agent, SystemClock().now())
        return agent is not None
