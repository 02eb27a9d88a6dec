"""The whole application on a fresh database, with a fake bot and a clock that stands still."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from handoff.agents.models import Presence
from handoff.app import create_app
from handoff.settings import Settings
from tests.databases import KINDS
from tests.factories.handoff import make_agent, sign_in
from tests.fakes.bot import FakeBot
from tests.fakes.clock import FixedClock
from tests.handoff.people import ORIGIN, AgentAtWork, Customer
from tests.handoff.shared_databases import shared_database, shared_engine

OpenChat = Callable[..., Awaitable[Customer]]
HireAgent = Callable[..., Awaitable[AgentAtWork]]


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The one database of its kind, emptied: an engine that is kept has every statement compiled already."""
    database = shared_database(request.param)
    database.clear()
    monkeypatch.setattr("handoff.app.make_async_engine", shared_engine)
    return database.url


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
async def bot() -> FakeBot:
    return FakeBot()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url,
        bot_secret="bot secret",
        turn_secret="turn secret",
        code_pepper="pepper",
        web_dist=tmp_path / "dist",
        bot_urls=("http://127.0.0.1:1",),
        actions_url="http://127.0.0.1:1",
        widget_origins="https://shop.example",
    )


@asynccontextmanager
async def running(settings: Settings, clock: FixedClock, bot: FakeBot) -> AsyncIterator[FastAPI]:
    app = create_app(settings, clock=clock, bot=bot)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def app(settings: Settings, clock: FixedClock, bot: FakeBot) -> AsyncIterator[FastAPI]:
    async with running(settings, clock, bot) as app:
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


@pytest.fixture
async def open_chat(app: FastAPI, client: httpx.AsyncClient) -> AsyncIterator[OpenChat]:
    customers: list[Customer] = []

    async def open_one(language: str = "en") -> Customer:
        customers.append(await Customer.open(app, client, language))
        return customers[-1]

    yield open_one
    for customer in customers:
        await customer.disconnect()


@pytest.fixture
async def customer(open_chat: OpenChat) -> Customer:
    return await open_chat()


@pytest.fixture
async def hire(app: FastAPI, clock: FixedClock) -> AsyncIterator[HireAgent]:
    agents: list[AgentAtWork] = []

    async def hire_one(name: str = "Mia", language: str = "en", capacity: int = 3) -> AgentAtWork:
        async with app.state.sessions.begin() as session:
            agent = await make_agent(
                session, now=clock.now(), name=name, language=language, presence=Presence.AVAILABLE, capacity=capacity
            )
            token = await sign_in(session, agent, now=clock.now())
        agents.append(AgentAtWork(app, agent.id, token))
        return agents[-1]

    yield hire_one
    for agent in agents:
        await agent.http.aclose()


@pytest.fixture
async def agent(hire: HireAgent) -> AgentAtWork:
    return await hire()
