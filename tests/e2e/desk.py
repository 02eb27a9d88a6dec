"""What an agent does in the console, with the hands of a browser."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.e2e.customer_walk import open_chat
from tests.e2e.running_system import RunningSystem

PATIENCE_MS = 60_000
WIDE: ViewportSize = {"width": 1440, "height": 900}


@contextmanager
def at_desk(browser: Browser, system: RunningSystem, email: str, *, scheme: str = "light") -> Iterator[Page]:
    """Sign in and be available; at the end every conversation is closed and the agent away."""
    context = browser.new_context(viewport=WIDE, color_scheme="dark" if scheme == "dark" else "light", locale="en-IE")
    known = {"language": "en", "asked": "yes"}
    for name, value in known.items():
        context.add_init_script(f"localStorage.setItem('saldo:desk:{name}', '{value}')")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{system.url}/console")
    page.get_by_test_id("login-email").fill(email)
    page.get_by_test_id("login-password").fill("nordlicht-demo")
    page.get_by_test_id("login-submit").click()
    page.get_by_test_id("presence").select_option("available")
    yield page
    if not page.is_closed():
        leave_desk(page)
    context.close()


def leave_desk(page: Page) -> None:
    page.get_by_test_id("presence").select_option("away")
    while conversations(page).count():
        choose(page, conversations(page).first)
        end_conversation(page)
        page.get_by_test_id("wrap-up-skip").click()
        page.get_by_test_id("wrap-up").wait_for(state="detached")


def conversations(page: Page) -> Locator:
    return page.get_by_test_id("conversation")


def choose(page: Page, row: Locator) -> None:
    """Press on a row of the list, which takes no press while its rows change places."""
    row.wait_for()
    page.locator("saldo-conversation-list:not([shaken])").wait_for()
    row.click()


@contextmanager
def waiting_customer(browser: Browser, system: RunningSystem, language: str = "en") -> Iterator[Page]:
    """A customer who has just asked for a person."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(PATIENCE_MS)
    open_chat(page, system, language)
    page.get_by_test_id("talk-to-person").click()
    yield page
    leave_line(page)
    page.context.close()


def leave_line(page: Page) -> None:
    """Whoever still waits goes back to the assistant: the next test's agent shall not be offered them."""
    if page.get_by_test_id("keep-assistant").is_visible():
        page.get_by_test_id("keep-assistant").click()
        page.get_by_test_id("waiting-card").wait_for(state="detached")


def accept(page: Page) -> None:
    """Take the offer by its key, as an agent does all day."""
    page.get_by_test_id("offer").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.get_by_test_id("offer").wait_for(state="detached")
    page.get_by_test_id("composer").wait_for()


def answer(page: Page, text: str) -> None:
    page.get_by_test_id("composer").fill(text)
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("message-text").get_by_text(text)).to_be_visible()


def end_conversation(page: Page) -> None:
    page.get_by_test_id("close-conversation").click()
    page.get_by_test_id("close-confirm").click()
    page.get_by_test_id("wrap-up").wait_for()
