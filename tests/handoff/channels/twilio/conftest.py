"""handoff with a real database behind a real port, and a Twilio that calls both ways."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from billing.clock import Clock
from handoff.app import create_app
from handoff.db import Sessions
from handoff.deps import Parts
from handoff.settings import Settings
from tests.fakes.bot import FakeBot
from tests.fakes.clock import FixedClock
from tests.fakes.fake_twilio import ACCOUNT_SID, AUTH_TOKEN, NUMBER, FakeTwilio, Webhooks
from tests.handoff.channels.twilio.serving import address_of, listen, serving


@dataclass(frozen=True)
class Line:
    """Both ends: Twilio, and our application as Twilio reaches it."""

    twilio: FakeTwilio
    webhooks: Webhooks
    app: FastAPI
    bot: FakeBot
    clock: FixedClock

    @property
    def parts(self) -> Parts:
        parts = self.app.state.parts
        assert isinstance(parts, Parts)
        return parts

    @property
    def sessions(self) -> Sessions:
        return self.parts.sessions


@pytest.fixture
def twilio(clock: Clock) -> FakeTwilio:
    return FakeTwilio(now=clock.now)


@pytest.fixture
async def line(database_url: str, clock: FixedClock, bot: FakeBot, twilio: FakeTwilio) -> AsyncIterator[Line]:
    listener = listen()
    public_url = address_of(listener)
    async with serving(twilio.app()) as api_url:
        settings = make_settings(database_url=database_url, public_url=public_url, twilio_api_url=api_url)
        app = create_app(settings, clock=clock, bot=bot)
        async with serving(app, listener), httpx.AsyncClient(base_url=public_url, trust_env=False) as client:
            yield Line(twilio, Webhooks(client, public_url), app, bot, clock)


def make_settings(**other: object) -> Settings:
    values: dict[str, object] = {
        "bot_secret": "bot-secret",
        "turn_secret": "turn-secret",
        "code_pepper": "pepper",
        "twilio_account_sid": ACCOUNT_SID,
        "twilio_auth_token": AUTH_TOKEN,
        "twilio_number": NUMBER,
    }
    return Settings.model_validate(values | other)


async def eventually(condition: Callable[[], Any], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)
