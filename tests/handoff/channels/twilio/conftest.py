"""handoff with a real database behind a real port, a bot that follows a script, and a Twilio that calls both ways."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI

from billing.clock import Clock
from handoff.app import create_app
from handoff.db import Sessions
from handoff.deps import Parts
from handoff.settings import Settings
from tests.databases import database_url
from tests.fakes.clock import FixedClock
from tests.fakes.fake_twilio import ACCOUNT_SID, AUTH_TOKEN, NUMBER, FakeTwilio, Webhooks
from tests.handoff.channels.twilio.scripted_bot import ScriptedBot
from tests.handoff.channels.twilio.serving import address_of, listen, serving

__all__ = ["database_url"]


@dataclass(frozen=True)
class Line:
    """Both ends: Twilio, and our application as Twilio reaches it."""

    twilio: FakeTwilio
    webhooks: Webhooks
    app: FastAPI
    bot: ScriptedBot
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
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def bot() -> ScriptedBot:
    return ScriptedBot()


@pytest.fixture
def twilio(clock: Clock) -> FakeTwilio:
    return FakeTwilio(now=clock.now)


@pytest.fixture
async def line(database_url: str, clock: FixedClock, bot: ScriptedBot, twilio: FakeTwilio) -> AsyncIterator[Line]:
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
        "text_key": Fernet.generate_key().decode(),
        "code_pepper": "pepper",
        "twilio_account_sid": ACCOUNT_SID,
        "twilio_auth_token": AUTH_TOKEN,
        "twilio_number": NUMBER,
    }
    return Settings.model_validate(values | other)
