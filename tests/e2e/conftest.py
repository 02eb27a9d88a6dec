"""One running system for all tests that only talk to it; those that kill its parts start their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.running_system import RunningSystem
from tests.system import require_program

PATIENCE_MS = 60_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    running = RunningSystem.start(tmp_path_factory.mktemp("system"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = require_program("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield launched
        launched.close()


@pytest.fixture
def customer(browser: Browser) -> Iterator[Page]:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    page.context.close()


@pytest.fixture
def agent(browser: Browser, system: RunningSystem) -> Iterator[Page]:
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{system.url}/console")
    page.get_by_test_id("login-email").fill("mia@nordlicht.example")
    page.get_by_test_id("login-password").fill("nordlicht-demo")
    page.get_by_test_id("login-submit").click()
    page.get_by_test_id("presence").select_option("available")
    yield page
    page.get_by_test_id("presence").select_option("away")
    page.context.close()
