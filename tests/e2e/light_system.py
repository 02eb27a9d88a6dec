"""The pages and the server without the bot, for what goes on between customers and agents: it starts in a second."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import uvicorn

from handoff.agents.service import add_agent
from handoff.app import create_app
from handoff.demo.agents import DEMO_AGENTS
from handoff.settings import Settings
from tests.databases import of_kind
from tests.e2e.running_system import free_ports
from tests.fakes.bot import FakeBot

# A working hour in both countries.
NOW: Final = datetime(2026, 11, 20, 12, 47, tzinfo=UTC)


class ClockFromNoon:
    """Runs as the machine's does, but begins at NOW."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def now(self) -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - self._begun)

    def today(self, zone: ZoneInfo) -> date:
        return self.now().astimezone(zone).date()


@contextmanager
def light_system(var: Path) -> Iterator[str]:
    """Serve with the demo's agents; yields the address."""
    [port] = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    settings = Settings(
        var=var,
        database_url=of_kind("sqlite").create(),
        bot_secret="bot secret",
        turn_secret="turn secret",
        code_pepper="pepper",
        public_url=url,
        demo=True,
    )
    app = create_app(settings, clock=ClockFromNoon(), bot=FakeBot())

    async def staff() -> None:
        async with app.state.sessions.begin() as session:
            for agent in DEMO_AGENTS:
                await add_agent(session, agent.new_agent, NOW)

    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))

    def serve() -> None:
        asyncio.run(staff())
        server.run()

    # A browser's driver has a loop of its own in the test's thread.
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield url
    server.should_exit = True
    thread.join(timeout=10)
