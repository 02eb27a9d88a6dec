"""Running systems: for pages and stories, for who changes bills, and for who leaves people waiting or kills parts."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.running_system import RunningSystem
from tests.system import require_program

PATIENCE_MS = 60_000
# In this order and last: people are left waiting, then processes are killed, then nothing runs any more.
ROUGH = ("test_conversations_", "test_crashes")
# It changes the bills that other tests tell of.
CHANGING = ("test_panel.py",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(600))
            if roughness(item.path):
                item.add_marker(pytest.mark.rough)
    items.sort(key=lambda item: roughness(item.path))


def roughness(file: Path) -> int:
    return next((place for place, name in enumerate(ROUGH, 1) if file.name.startswith(name)), 0)


@pytest.fixture(scope="module")
def system(request: pytest.FixtureRequest) -> RunningSystem:
    name = "rough_system" if roughness(request.path) else "smooth_system"
    if request.path.name in CHANGING:
        name = "own_system"
    running: RunningSystem = request.getfixturevalue(name)
    return running


@pytest.fixture(scope="session")
def smooth_system(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Iterator[RunningSystem]:
    yield from run(tmp_path_factory.mktemp("system"), seeded)


@pytest.fixture(scope="session")
def rough_system(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Iterator[RunningSystem]:
    yield from run(tmp_path_factory.mktemp("rough"), seeded)


@pytest.fixture(scope="module")
def own_system(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Iterator[RunningSystem]:
    yield from run(tmp_path_factory.mktemp("own"), seeded)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the database of the system that started first is kept as it was at its start: seeding takes a while."""
    return tmp_path_factory.mktemp("seeded") / "saldo.db"


def run(folder: Path, seeded: Path) -> Iterator[RunningSystem]:
    if seeded.exists():
        copy_database(seeded, folder / "saldo.db")
    running = RunningSystem.start(folder)
    if not seeded.exists():
        copy_database(folder / "saldo.db", seeded)
    yield running
    running.stop()


def copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


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
