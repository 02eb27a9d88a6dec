"""An agent whose phone can be reached, and the one look at what is due that each test takes itself."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from handoff.push.carrier import WebPush, new_key
from handoff.push.sending import send_due
from handoff.settings import Settings
from tests.fakes.clock import FixedClock
from tests.fakes.push_service import FakeBrowser
from tests.handoff.agents.conftest import mia
from tests.handoff.people import AgentAtWork

__all__ = ["mia"]

Look = Callable[[], Awaitable[datetime | None]]
KEY = new_key()


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    async def by_the_test(*_: object) -> None:
        return None

    monkeypatch.setattr("handoff.push.sending.send_due", by_the_test)
    return settings.model_copy(update={"push_key": SecretStr(KEY)})


@pytest.fixture
async def browser(app: FastAPI) -> FakeBrowser:
    return FakeBrowser(app.state.parts.push.public_key)


@pytest.fixture
def push(app: FastAPI, browser: FakeBrowser, clock: FixedClock) -> Look:
    carrier = WebPush(KEY, "https://saldo.example", httpx.MockTransport(browser.take))

    async def look() -> datetime | None:
        return await send_due(app.state.sessions, carrier, clock)

    return look


@pytest.fixture
async def on_phone(mia: AgentAtWork, browser: FakeBrowser, push: Look) -> AgentAtWork:
    """Mia's phone has answered its first push."""
    assert (await mia.http.post("/api/agents/me/push", json=browser.subscription())).status_code == 204
    await push()
    await answer(mia, browser)
    return mia


async def answer(agent: AgentAtWork, browser: FakeBrowser) -> None:
    answered = await agent.http.post(f"/api/agents/me/push/{browser.sent[-1]['id']}/heard")
    assert answered.status_code == 204
