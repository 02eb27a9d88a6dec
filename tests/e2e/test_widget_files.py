"""Files between a customer in the widget and an agent at the desk, both ways, and the sign that somebody has come."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import PATIENCE_MS
from tests.e2e.light_system import light_system

PICTURE = FilePayload(name="meter.png", mimeType="image/png", buffer=b"\x89PNG\r\n\x1a\n" + b"\0" * 5000)
LETTER = FilePayload(name="letter.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7\n" + b"x" * 3000)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with light_system(tmp_path) as address:
        yield address


@pytest.fixture
def mia(browser: Browser, url: str) -> Iterator[Page]:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-IE").new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{url}/console")
    page.get_by_test_id("login-email").fill("mia@nordlicht.example")
    page.get_by_test_id("login-password").fill("nordlicht-demo")
    page.get_by_test_id("login-submit").click()
    page.get_by_test_id("presence").select_option("available")
    yield page
    page.context.close()


def test_files_go_both_ways_and_are_refused_in_words(mia: Page, customer: Page, url: str) -> None:
    customer.goto(f"{url}/demo")
    customer.get_by_test_id("launcher").click()
    customer.get_by_test_id("panel").get_by_test_id("language-menu").select_option("en")
    panel = customer.get_by_test_id("panel")
    expect(panel.get_by_test_id("composer")).to_be_visible()
    expect(panel.get_by_test_id("attach")).to_have_count(0)
    panel.get_by_test_id("talk-to-person").click()
    mia.get_by_test_id("accept").click()
    mia.get_by_test_id("composer").wait_for()

    panel.get_by_test_id("file-picker").set_input_files([PICTURE])
    expect(mia.get_by_test_id("file")).to_contain_text("meter.png")
    expect(panel.get_by_test_id("file")).to_contain_text("meter.png")
    expect(panel.get_by_test_id("upload")).to_have_count(0)
    mia.get_by_test_id("file-picker").set_input_files([LETTER])
    with customer.expect_download() as download:
        panel.get_by_test_id("file").filter(has_text="letter.pdf").click()
    assert Path(download.value.path()).read_bytes() == LETTER["buffer"]

    table = FilePayload(name="table.csv", mimeType="text/csv", buffer=b"a;b")
    panel.get_by_test_id("file-picker").set_input_files([table])
    expect(panel.get_by_test_id("file-refusal")).to_have_text("table.csv: We take pictures (PNG, JPEG) and PDF files.")
    # What only calls itself a picture is refused by the server, in the customer's words, and can be taken away.
    lie = FilePayload(name="lie.png", mimeType="image/png", buffer=b"MZ")
    panel.get_by_test_id("file-picker").set_input_files([lie])
    expect(panel.get_by_role("alert").filter(has_text="Not sent")).to_contain_text("We take pictures")
    assert violations(customer) == []
    panel.get_by_test_id("discard").click()
    expect(panel.get_by_test_id("upload")).to_have_count(0)
