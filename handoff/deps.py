"""What endpoints are given: the parts of the running process, sessions that commit before the response, the agent."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from billing.clock import Clock
from handoff.agents.models import Agent, Role
from handoff.agents.sessions import COOKIE, find_signed_in
from handoff.authority import Authority
from handoff.bot_gateway import BotGateway
from handoff.console.uploads import Uploads
from handoff.conversations.turns import TurnRunner
from handoff.db import Sessions, reading
from handoff.errors import NotFound, NotSignedIn
from handoff.live import LiveEvents
from handoff.push.carrier import WebPush
from handoff.rate_limit import RateLimits, address_of
from handoff.routing.dispatcher import Dispatcher
from handoff.routing.queues import Queues
from handoff.settings import Settings
from handoff.supervision.kept_log import KeptLog


@dataclass(frozen=True)
class Parts:
    """Everything that lives as long as the process; made in create_app, handed to whoever needs it."""

    settings: Settings
    clock: Clock
    sessions: Sessions
    live: LiveEvents
    bot: BotGateway
    runner: TurnRunner
    dispatcher: Dispatcher
    queues: Queues
    authority: Authority
    limits: RateLimits = field(default_factory=RateLimits)
    uploads: Uploads = field(default_factory=Uploads)
    board_log: KeptLog = field(default_factory=KeptLog)
    push: WebPush | None = None


def get_parts(connection: HTTPConnection) -> Parts:
    parts = connection.app.state.parts
    assert isinstance(parts, Parts)
    return parts


PartsDep = Annotated[Parts, Depends(get_parts)]


async def get_session(parts: PartsDep) -> AsyncIterator[AsyncSession]:
    async with parts.sessions.begin() as session:
        yield session


async def get_read_session(parts: PartsDep) -> AsyncIterator[AsyncSession]:
    async with reading(parts.sessions) as session:
        yield session


def get_now(parts: PartsDep) -> datetime:
    return parts.clock.now()


def get_address(connection: HTTPConnection) -> str | None:
    return address_of(connection.client.host if connection.client else None)


def get_settings(parts: PartsDep) -> Settings:
    return parts.settings


# The scope "function" ends the dependency, and so commits, before the response is sent.
SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
ReadSessionDep = Annotated[AsyncSession, Depends(get_read_session, scope="function")]
AddressDep = Annotated[str | None, Depends(get_address)]
NowDep = Annotated[datetime, Depends(get_now)]
SettingsDep = Annotated[Settings, Depends(get_settings)]


async def get_signed_in_agent(connection: HTTPConnection, parts: PartsDep) -> Agent:
    async with reading(parts.sessions) as session:
        agent = await find_signed_in(session, connection.cookies.get(COOKIE), parts.clock.now())
    if agent is None:
        raise NotSignedIn
    return agent


def get_queues(parts: PartsDep) -> Queues:
    return parts.queues


QueuesDep = Annotated[Queues, Depends(get_queues)]
CurrentAgent = Annotated[Agent, Depends(get_signed_in_agent)]


def get_supervisor(agent: CurrentAgent) -> Agent:
    """An agent who is no supervisor learns no more than that the address does not exist."""
    if agent.role is not Role.SUPERVISOR:
        raise NotFound
    return agent


CurrentSupervisor = Annotated[Agent, Depends(get_supervisor)]
