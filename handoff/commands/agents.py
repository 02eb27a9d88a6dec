"""`saldo agents`."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from billing.catalogue import LANGUAGES
from billing.clock import SystemClock
from handoff.agents.errors import UnknownSkill
from handoff.agents.models import DEFAULT_CAPACITY, GREATEST_CAPACITY, Agent, Role
from handoff.agents.passwords import is_locked
from handoff.agents.reading import list_agents, list_skills
from handoff.agents.service import NewAgent, add_agent, set_skills
from handoff.commands.agents_access import (
    SHORTEST_PASSWORD,
    Email,
    change_agent,
    disable_command,
    enable_command,
    password_command,
    refuse_short,
    role_command,
)
from handoff.commands.agents_log import log_command
from handoff.commands.sessions import open_async_sessions
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import done, fail, say
from handoff.db import reading
from handoff.errors import AgentExists

app = typer.Typer(help="The people who answer customers.", no_args_is_help=True)
skills_app = typer.Typer(help="What an agent can do.", no_args_is_help=True)
app.add_typer(skills_app, name="skills")
app.command("log")(log_command)
app.command("disable")(disable_command)
app.command("enable")(enable_command)
app.command("password")(password_command)
app.command("role")(role_command)
NO_SKILL = "{skill} is not a skill; write language:de, topic:payments or a word that your queues ask for."

Skills = Annotated[
    list[str] | None,
    typer.Option(
        "--skill",
        help="A skill, such as language:de or topic:payments. May be repeated; "
        "left out, it is the language of the console.",
    ),
]


@app.callback()
def agents() -> None:
    """The people who answer customers."""


@skills_app.callback()
def skills() -> None:
    """What an agent can do."""


@app.command("add")
def add_command(
    email: Annotated[str, typer.Option(prompt=True, help="The address to sign in with.")],
    name: Annotated[str, typer.Option(prompt=True, help="The name that customers see.")],
    language: Annotated[str, typer.Option(help="The language of the console: en, de or fi.")] = "en",
    role: Annotated[Role, typer.Option(help="A supervisor also sees the board.")] = Role.AGENT,
    skill: Skills = None,
    capacity: Annotated[
        int, typer.Option(min=1, max=GREATEST_CAPACITY, help="How many chats at once.")
    ] = DEFAULT_CAPACITY,
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
    refuse_short(password)
    new = NewAgent(email, name, language, password, role=role, skills=tuple(skill or ()), capacity=capacity)
    try:
        asyncio.run(_add(OperatorSettings().database, new))
    except AgentExists:
        fail(f"An agent with the address {email} exists already.")
    except UnknownSkill as error:
        fail(NO_SKILL.format(skill=error.skill))
    done(f"{name} can sign in as {email}.")


@app.command("list")
def list_command() -> None:
    """Show all agents, with their skills and how many chats they may hold at once, and who is shut out."""
    lines, count = asyncio.run(_list(OperatorSettings().database))
    for line in lines:
        say(line)
    done(f"{count} agents can sign in.")


@skills_app.command("set")
def set_skills_command(
    email: Email,
    skill: Annotated[
        list[str] | None,
        typer.Option("--skill", help="A skill; repeat it for each. The others are forgotten; left out, all are."),
    ] = None,
) -> None:
    """Replace the skills of an agent; routing keeps to them at once."""
    wanted = tuple(skill or ())
    try:
        change_agent(email, lambda session, agent, _: set_skills(session, agent, wanted))
    except UnknownSkill as error:
        fail(NO_SKILL.format(skill=error.skill))
    done(f"{email} has the skills {', '.join(sorted(set(wanted)))}." if wanted else f"{email} has no skills.")


async def _add(database: str, new: NewAgent) -> None:
    async with open_async_sessions(database) as sessions, sessions.begin() as session:
        await add_agent(session, new, SystemClock().now())


async def _list(database: str) -> tuple[list[str], int]:
    """Return a line for each, and how many can sign in."""
    async with open_async_sessions(database) as sessions, reading(sessions) as session:
        agents = await list_agents(session)
        count = sum(not is_locked(agent.password_hash) for agent in agents)
        return [_line(agent, await list_skills(session, agent.id)) for agent in agents], count


def _line(agent: Agent, known: Sequence[str]) -> str:
    state = "disabled" if is_locked(agent.password_hash) else agent.presence.value
    return ", ".join((agent.email, agent.name, agent.role.value, f"{agent.capacity} chats", state, *known))
