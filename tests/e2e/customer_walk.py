"""What a customer does on the demo page, with the hands of a browser."""

import re

from playwright.sync_api import Page

from tests.e2e.running_system import RunningSystem, wait_until


def open_chat(page: Page, system: RunningSystem, language: str) -> None:
    page.goto(f"{system.url}/demo")
    page.get_by_test_id("launcher").click()
    page.get_by_test_id("panel").get_by_test_id("language-menu").select_option(language)


def say(page: Page, text: str) -> None:
    panel = page.get_by_test_id("panel")
    panel.get_by_test_id("composer").fill(text)
    panel.get_by_test_id("send").click()


def newest_code(page: Page) -> str:
    """Read the code as the customer does: from the phone on the page, never from the chat."""
    message = page.get_by_test_id("phone-message").filter(has_text=re.compile(r"\b\d{6}\b")).last
    message.wait_for()
    found = re.search(r"\b(\d{6})\b", message.inner_text())
    assert found
    return found[1]


def verify(page: Page, system: RunningSystem, customer_number: str) -> None:
    seen = len(system.get("/api/demo/phone")["messages"])
    say(page, customer_number)
    page.get_by_test_id("code-card").last.wait_for()
    wait_until(lambda: page.get_by_test_id("phone-message").count() > seen, seconds=30, what="a text message")
    page.get_by_test_id("code-card").last.get_by_test_id("code-box").first.press_sequentially(newest_code(page))
