"""What an agent does for a customer from the panel beside the talk: a mistake put right, goodwill, and an approval."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.bills import number_of
from tests.e2e.customer_walk import open_chat, say, verify
from tests.e2e.desk import WIDE, accept, at_desk
from tests.e2e.running_system import ROOT, RunningSystem

MIA, KERSTIN = "mia@nordlicht.example", "kerstin@nordlicht.example"
IMAGES = ROOT / "docs/images"
CREDITED = """
    SELECT credit_note.total_minor, credit_note.reason FROM credit_note
    JOIN customer ON customer.id = credit_note.customer_id WHERE customer.number = ?
"""
CHARGED_TWICE = """
    SELECT MAX(line_item.amount_minor) AS minor FROM line_item
    JOIN invoice ON invoice.id = line_item.invoice_id JOIN customer ON customer.id = invoice.customer_id
    WHERE customer.number = ? AND line_item.kind = 'one_off'
"""


@contextmanager
def serving(
    browser: Browser, system: RunningSystem, customer: Page, story: str, *, scheme: str = "light"
) -> Iterator[Page]:
    """Mia holds the conversation of the story's customer, who has proved who they are."""
    open_chat(customer, system, "en")
    say(customer, "Why is my bill higher?")
    verify(customer, system, number_of(system, story))
    customer.get_by_test_id("difference-card").wait_for()
    with at_desk(browser, system, MIA, scheme=scheme) as mia:
        mia.set_viewport_size({"width": 1366, "height": 768})
        customer.get_by_test_id("talk-to-person").click()
        accept(mia)
        yield mia


def prepare(desk: Page, kind: str, note: str) -> None:
    desk.get_by_test_id("tab-actions").click()
    desk.get_by_test_id(f"action-{kind}").click()
    desk.get_by_test_id("action-note").fill(note)


def show_effect(desk: Page) -> None:
    desk.get_by_test_id("action-preview").click()
    desk.get_by_test_id("action-effect").wait_for()


def told(customer: Page, text: str) -> None:
    expect(customer.get_by_test_id("messages")).to_contain_text(text)


def test_a_mistake_is_corrected_to_the_cent_and_once(system: RunningSystem, browser: Browser, customer: Page) -> None:
    number = number_of(system, "duplicate_charge")
    (twice,) = system.sql(CHARGED_TWICE, number)
    with serving(browser, system, customer, "duplicate_charge") as mia:
        expect(mia.get_by_test_id("finding")).to_have_count(1)
        prepare(mia, "correction", "The visit stands twice on the bill")
        show_effect(mia)
        assert system.sql(CREDITED, number) == [], "a preview writes nothing"
        mia.get_by_test_id("action-confirm").dblclick()
        expect(mia.get_by_test_id("action-state")).to_have_text("Done")
        told(customer, "credited you €")

        assert [tuple(row) for row in system.sql(CREDITED, number)] == [(twice["minor"], "correction")]
        mia.get_by_test_id("tab-bill").click()
        expect(mia.get_by_test_id("finding")).to_have_count(0)
        mia.get_by_test_id("tab-history").click()
        expect(mia.get_by_test_id("done-action")).to_contain_text("The visit stands twice on the bill")


def test_goodwill_within_the_limit_needs_nobody_else(system: RunningSystem, browser: Browser, customer: Page) -> None:
    number = number_of(system, "extra_usage")
    with serving(browser, system, customer, "extra_usage") as mia:
        prepare(mia, "goodwill", "Waited three days for an answer")
        expect(mia.get_by_test_id("limit")).to_contain_text("€25.00")
        mia.get_by_test_id("action-select").select_option(index=1)
        mia.get_by_test_id("action-amount").fill("5,00")
        show_effect(mia)
        expect(mia.get_by_test_id("needs-approval")).to_have_count(0)
        mia.get_by_test_id("action-confirm").click()
        expect(mia.get_by_test_id("action-state")).to_have_text("Done")
        told(customer, "€5.00")
        assert [tuple(row) for row in system.sql(CREDITED, number)] == [(500, "goodwill")]


def test_goodwill_above_the_limit_waits_for_a_supervisor(
    system: RunningSystem, browser: Browser, customer: Page
) -> None:
    number = number_of(system, "discount_ended")
    with (
        serving(browser, system, customer, "discount_ended") as mia,
        at_desk(browser, system, KERSTIN) as kerstin,
    ):
        prepare(mia, "goodwill", "A technician did not come, twice")
        mia.get_by_test_id("action-select").select_option(index=1)
        mia.get_by_test_id("action-amount").fill("26")
        show_effect(mia)
        expect(mia.get_by_test_id("needs-approval")).to_be_visible()
        mia.get_by_test_id("action-confirm").click()
        expect(mia.get_by_test_id("action-state")).to_have_text("Waiting for approval")
        assert system.sql(CREDITED, number) == [], "nothing is given before it is approved"

        expect(kerstin.get_by_test_id("approvals")).to_contain_text("1")
        kerstin.get_by_test_id("approvals").click()
        expect(kerstin.get_by_test_id("approval")).to_contain_text("A technician did not come, twice")
        assert violations(kerstin) == []
        kerstin.get_by_test_id("approval-approve").click()
        kerstin.get_by_test_id("approvals-none").wait_for()
        kerstin.get_by_test_id("approvals-close").click()

        expect(mia.get_by_test_id("action-state")).to_have_text("Done")
        expect(mia.get_by_test_id("action-result")).to_contain_text("Kerstin")
        told(customer, "€26.00")
        assert [tuple(row) for row in system.sql(CREDITED, number)] == [(2600, "goodwill")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panel_has_no_violation_in_any_tab(
    system: RunningSystem, browser: Browser, customer: Page, scheme: str
) -> None:
    """With SALDO_SCREENSHOTS=1 the pictures of the documentation are taken on the way."""
    with serving(browser, system, customer, "cheaper_plan", scheme=scheme) as mia:
        for tab in ("contract", "history", "bill"):
            mia.get_by_test_id(f"tab-{tab}").click()
            expect(mia.get_by_test_id(f"tab-{tab}")).to_have_attribute("aria-selected", "true")
            assert violations(mia) == []
        prepare(mia, "goodwill", "Waited three days for an answer")
        mia.get_by_test_id("action-select").select_option(index=1)
        mia.get_by_test_id("action-amount").fill("10")
        show_effect(mia)
        assert violations(mia) == []
        if os.environ.get("SALDO_SCREENSHOTS") == "1":
            mia.set_viewport_size(WIDE)
            mia.screenshot(path=IMAGES / f"panel-{scheme}.png")
        mia.set_viewport_size({"width": 1024, "height": 768})
        mia.keyboard.press("3")
        mia.get_by_test_id("actions-back").click()
        assert violations(mia) == []
        mia.set_viewport_size(WIDE)
