"""What a customer does on the demo page, with the hands of a browser."""

import re
from typing import Any

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


def verify(page: Page, system: RunningSystem, customer_number: str) -> None:
    """Give the number, read the code on the phone beside the chat as the customer does, and type it."""
    seen = max((message["id"] for message in texts(system)), default=0)
    say(page, customer_number)
    page.get_by_test_id("code-card").last.wait_for()
    (sent,) = wait_until(lambda: [each for each in texts(system) if each["id"] > seen], seconds=30, what="a text")
    code = re.search(r"\b\d{6}\b", sent["body"])
    assert code
    page.get_by_test_id("phone-message").filter(has_text=code[0]).wait_for()
    page.get_by_test_id("code-card").last.get_by_test_id("code-box").first.press_sequentially(code[0])


def texts(system: RunningSystem) -> list[dict[str, Any]]:
    return list(system.get("/api/demo/phone")["messages"])
