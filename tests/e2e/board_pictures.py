"""Makes docs/images/board-light.png and board-dark.png: python -m tests.e2e.board_pictures

The board alone with a believable day, without the bot: a lunch hour in which German speakers are short.
"""

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.service import add_agent
from handoff.app import create_app
from handoff.conversations.models import Conversation, ConversationStatus, Message, Sender
from handoff.demo.agents import DEMO_AGENTS, DEMO_PASSWORD
from handoff.routing.models import QueueEntry
from handoff.settings import Settings
from tests.databases import of_kind
from tests.e2e.light_system import NOW, ClockFromNoon
from tests.e2e.running_system import ROOT, free_ports
from tests.factories.contact_day import fill_day
from tests.fakes.bot import FakeBot
from tests.system import require_program

FOLDER: Final = ROOT / "docs/images"
MIDNIGHT: Final = datetime(2026, 11, 19, 23, 0, tzinfo=UTC)
SUPERVISOR: Final = next(agent for agent in DEMO_AGENTS if agent.role == "supervisor")


async def answer_most(session: AsyncSession) -> None:
    """Let the agents have said something, all but one of them."""
    active = (
        select(QueueEntry.conversation_id, QueueEntry.ended_at, Conversation.agent_id)
        .join(Conversation, Conversation.id == QueueEntry.conversation_id)
        .where(Conversation.status == ConversationStatus.ACTIVE, QueueEntry.ended_at.is_not(None))
        .order_by(QueueEntry.ended_at)
    )
    for conversation_id, taken_at, agent_id in (await session.execute(active)).all()[1:]:
        sent_at = taken_at + timedelta(seconds=8)
        said = Message(
            conversation_id=conversation_id,
            seq=1,
            sender=Sender.AGENT,
            text="Hello.",
            agent_id=agent_id,
            sent_at=sent_at,
        )
        session.add(said)


def make_app(url: str) -> FastAPI:
    settings = Settings(
        database_url=of_kind("sqlite").create(),
        bot_secret="bot secret",
        turn_secret="turn secret",
        code_pepper="pepper",
        public_url=url,
    )
    app = create_app(settings, clock=ClockFromNoon(), bot=FakeBot())

    async def fill() -> None:
        async with app.state.sessions.begin() as session:
            await add_agent(session, SUPERVISOR.new_agent, NOW)
            await fill_day(session, NOW, MIDNIGHT, seed=9, load=2.8, rush=12)
            await session.flush()
            await answer_most(session)

    asyncio.run(fill())
    return app


def open_board(browser: Browser, url: str, scheme: Literal["light", "dark"]) -> Page:
    page = browser.new_context(
        viewport={"width": 1366, "height": 768}, color_scheme=scheme, locale="en-GB", timezone_id="Europe/Berlin"
    ).new_page()
    page.goto(f"{url}/board")
    page.get_by_test_id("login-email").fill(SUPERVISOR.email)
    page.get_by_test_id("login-password").fill(DEMO_PASSWORD)
    page.get_by_test_id("login-submit").click()
    page.get_by_test_id("board").wait_for()
    page.locator("svg.chart").wait_for()
    return page


def main() -> None:
    [port] = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    server = uvicorn.Server(uvicorn.Config(make_app(url), port=port, log_level="error"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.1)
    chromium = require_program("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
        for scheme in schemes:
            page = open_board(browser, url, scheme)
            page.screenshot(path=FOLDER / f"board-{scheme}.png", full_page=True)
            page.context.close()
        browser.close()
    server.should_exit = True


if __name__ == "__main__":
    main()
