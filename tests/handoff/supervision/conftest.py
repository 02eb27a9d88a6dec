"""A supervisor at the board."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI

from handoff.agents.models import Agent, Role
from tests.factories.handoff import make_agent, sign_in
from tests.fakes.clock import FixedClock
from tests.handoff.asgi_socket import AsgiSocket
from tests.handoff.people import ORIGIN, AgentAtWork

Frame = dict[str, Any]
Watch = Callable[[], Awaitable[AsgiSocket]]


@pytest.fixture
async def supervisor(app: FastAPI, clock: FixedClock) -> AsyncIterator[AgentAtWork]:
    async with app.state.sessions.begin() as session:
        kerstin = await make_agent(session, now=clock.now(), name="Kerstin", language="de")
        kerstin.role = Role.SUPERVISOR
        token = await sign_in(session, kerstin, now=clock.now())
    at_work = AgentAtWork(app, kerstin.id, token)
    yield at_work
    await at_work.http.aclose()


@pytest.fixture
async def watch(app: FastAPI, supervisor: AgentAtWork) -> AsyncIterator[Watch]:
    """Open the board's socket; it is ready and the first board has not been read yet."""
    open_sockets: list[AsgiSocket] = []

    async def watch_board() -> AsgiSocket:
        socket = await AsgiSocket(app, "/ws/board", origin=ORIGIN, cookie=supervisor.cookie).connect()
        open_sockets.append(socket)
        await socket.send({"type": "hello"})
        assert (await socket.receive())["type"] == "ready"
        return socket

    yield watch_board
    for socket in open_sockets:
        await socket.disconnect()


async def board_of(supervisor: AgentAtWork) -> Frame:
    response = await supervisor.http.get("/api/board")
    assert response.status_code == 200, response.text
    found: Frame = response.json()
    return found


async def number(supervisor: AgentAtWork, name: str) -> Frame:
    board = await board_of(supervisor)
    return next(each for each in [*board["numbers"], *board["day"]] if each["name"] == name)


async def stored_agent(app: FastAPI, agent: AgentAtWork) -> Agent:
    async with app.state.sessions() as session:
        found: Agent = await session.get_one(Agent, agent.agent_id)
        return found
