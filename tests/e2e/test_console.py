"""An agent's day in a real browser: several customers at once, templates, hand-overs, wrap-ups, and what goes wrong."""

import os
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.bills import number_of
from tests.e2e.customer_walk import open_chat, say, verify
from tests.e2e.desk import accept, answer, at_desk, choose, conversations, end_conversation, waiting_customer
from tests.e2e.running_system import ROOT, RunningSystem

MIA, AINO, KERSTIN = "mia@nordlicht.example", "aino@nordlicht.example", "kerstin@nordlicht.example"
IMAGES = ROOT / "docs/images"
LOST_MS = 150_000  # 25 s without a sign of life and 60 s of grace, on a busy machine


def said(customer: Page, text: str) -> None:
    expect(customer.get_by_test_id("message-text").get_by_text(text)).to_be_visible()


def test_two_customers_are_answered_side_by_side(system: RunningSystem, browser: Browser) -> None:
    with at_desk(browser, system, MIA) as mia, waiting_customer(browser, system) as first:
        accept(mia)
        answer(mia, "Good day to the first")
        with waiting_customer(browser, system) as second:
            accept(mia)
            answer(mia, "Good day to the second")
            said(first, "Good day to the first")
            said(second, "Good day to the second")

            say(first, "Are you still there?")
            unread = conversations(mia).filter(has_text="Are you still there?")
            expect(unread).to_contain_text("1 new message")
            expect(mia.get_by_test_id("messages")).not_to_contain_text("Are you still there?")
            choose(mia, unread)
            answer(mia, "Yes, I am")
            said(first, "Yes, I am")
            expect(second.get_by_test_id("messages")).not_to_contain_text("Yes, I am")


def test_a_template_is_found_inserted_and_sent_without_a_gap(system: RunningSystem, browser: Browser) -> None:
    with at_desk(browser, system, MIA) as mia, waiting_customer(browser, system) as customer:
        accept(mia)
        mia.get_by_test_id("composer").press_sequentially("/")
        mia.get_by_test_id("template").first.wait_for()
        mia.keyboard.press("ArrowDown")
        mia.keyboard.press("Enter")
        expect(mia.get_by_test_id("templates")).to_have_count(0)
        inserted = mia.get_by_test_id("composer").input_value()
        assert inserted

        mia.get_by_test_id("composer").fill(f"{inserted} {{amount}}")
        expect(mia.get_by_test_id("unfilled")).to_contain_text("{amount}")
        mia.keyboard.press("Enter")
        expect(mia.get_by_test_id("composer")).to_have_value(f"{inserted} {{amount}}")

        answer(mia, "Our promise: €5.00")
        said(customer, "Our promise: €5.00")


def test_a_note_stays_among_colleagues_and_goes_along_with_a_transfer(system: RunningSystem, browser: Browser) -> None:
    with (
        at_desk(browser, system, MIA) as mia,
        waiting_customer(browser, system) as customer,
    ):
        accept(mia)
        answer(mia, "One moment please")
        with at_desk(browser, system, AINO) as aino:
            mia.keyboard.press("Escape")
            mia.keyboard.press("n")
            mia.get_by_test_id("composer").fill("Speaks for her mother")
            mia.keyboard.press("Enter")
            expect(mia.get_by_test_id("note")).to_contain_text("Speaks for her mother")

            mia.keyboard.press("Escape")
            mia.keyboard.press("t")
            mia.get_by_test_id("transfer-colleague").click()
            mia.get_by_test_id("colleague").filter(has_text="Aino").click()
            mia.get_by_test_id("transfer-note").fill("Please look at October")
            mia.get_by_test_id("transfer-go").click()

            expect(conversations(mia)).to_have_count(0)
            choose(aino, conversations(aino).first)
            expect(aino.get_by_test_id("note").first).to_contain_text("Speaks for her mother")
            expect(aino.get_by_test_id("summary")).to_contain_text("Please look at October")
            answer(aino, "Aino here, I have read everything")
            said(customer, "Aino here, I have read everything")
            expect(customer.get_by_test_id("messages")).not_to_contain_text("Speaks for her mother")


def test_a_supervisor_reads_along_whispers_and_goes_again(system: RunningSystem, browser: Browser) -> None:
    with at_desk(browser, system, MIA) as mia, waiting_customer(browser, system) as customer:
        accept(mia)
        answer(mia, "Good day")
        (held,) = system.sql("SELECT conversation_id FROM queue_entry ORDER BY entered_at DESC LIMIT 1")
        with at_desk(browser, system, KERSTIN) as kerstin:
            kerstin.get_by_test_id("presence").select_option("away")
            kerstin.evaluate("id => { location.hash = `#conversation=${id}` }", str(UUID(str(held["conversation_id"]))))
            expect(kerstin.get_by_test_id("read-only")).to_contain_text("You are reading along")
            expect(mia.get_by_test_id("viewers")).to_contain_text("Kerstin")

            say(customer, "Nobody tells a supervisor's console of this")
            said(kerstin, "Nobody tells a supervisor's console of this")
            kerstin.get_by_test_id("composer").fill("Offer her the smaller plan")
            kerstin.keyboard.press("Enter")
            expect(mia.get_by_test_id("note")).to_contain_text("Offer her the smaller plan")
            expect(customer.get_by_test_id("messages")).not_to_contain_text("Offer her the smaller plan")

            kerstin.keyboard.press("Escape")
            kerstin.keyboard.press("Escape")
            expect(kerstin.get_by_test_id("read-only")).to_have_count(0)
            expect(mia.get_by_test_id("viewers")).to_have_count(0)


def test_the_outcome_is_noted_with_the_keyboard_alone(system: RunningSystem, browser: Browser) -> None:
    with at_desk(browser, system, MIA) as mia, waiting_customer(browser, system) as customer:
        accept(mia)
        answer(mia, "That is all settled")
        end_conversation(mia)
        mia.get_by_test_id("disposition").first.get_by_role("radio").focus()
        mia.keyboard.press("Space")
        mia.keyboard.press("d")

        mia.get_by_test_id("wrap-up").wait_for(state="detached")
        customer.get_by_test_id("start-anew").wait_for()
        (done,) = system.sql("SELECT disposition FROM wrap_up ORDER BY begun_at DESC LIMIT 1")
        assert done["disposition"] == "resolved"


def test_two_missed_offers_set_the_agent_away_with_a_reason(system: RunningSystem, browser: Browser) -> None:
    with (
        at_desk(browser, system, MIA) as mia,
        waiting_customer(browser, system),
        waiting_customer(browser, system),
    ):
        mia.get_by_test_id("missed").wait_for(timeout=LOST_MS)
        expect(mia.get_by_test_id("presence")).to_have_value("away")
        mia.get_by_test_id("back-available").click()
        expect(mia.get_by_test_id("presence")).not_to_have_value("away")
        expect(mia.get_by_test_id("missed")).to_have_count(0)


def test_a_killed_tab_hands_the_customer_on_at_the_original_age(system: RunningSystem, browser: Browser) -> None:
    with at_desk(browser, system, MIA) as mia, waiting_customer(browser, system) as customer:
        accept(mia)
        answer(mia, "I am just looking")
        (before,) = system.sql("SELECT conversation_id, requested_at FROM queue_entry ORDER BY entered_at DESC LIMIT 1")
        mia.context.close()

        with at_desk(browser, system, AINO) as aino:
            aino.get_by_test_id("offer").wait_for(timeout=LOST_MS)
            accept(aino)
            answer(aino, "Aino here, I take over")
            said(customer, "Aino here, I take over")
            entries = system.sql(
                "SELECT requested_at FROM queue_entry WHERE conversation_id = ?", before["conversation_id"]
            )
            assert len(entries) == 2
            assert {entry["requested_at"] for entry in entries} == {before["requested_at"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_desk_has_no_violation(system: RunningSystem, browser: Browser, customer: Page, scheme: str) -> None:
    """With SALDO_SCREENSHOTS=1 the pictures of the documentation are taken on the way."""
    open_chat(customer, system, "en")
    say(customer, "Why is my bill higher?")
    verify(customer, system, number_of(system, "extra_usage"))
    customer.get_by_test_id("difference-card").wait_for()
    with at_desk(browser, system, MIA, scheme=scheme) as mia:
        customer.get_by_test_id("talk-to-person").click()
        mia.get_by_test_id("offer").wait_for()
        assert violations(mia) == []
        accept(mia)
        mia.get_by_test_id("summary").wait_for()
        assert violations(mia) == []
        with waiting_customer(browser, system):
            mia.get_by_test_id("mode-note").click()
            mia.get_by_test_id("composer").fill("Wants to know where the extra data comes from.")
            mia.get_by_test_id("send").click()
            expect(mia.get_by_test_id("note")).to_be_visible()
            mia.get_by_test_id("mode-reply").click()
            mia.get_by_test_id("offer").wait_for()
            if os.environ.get("SALDO_SCREENSHOTS") == "1":
                mia.screenshot(path=IMAGES / f"console-{scheme}.png")
            mia.get_by_test_id("queue").click()
            assert violations(mia) == []
            mia.get_by_test_id("transfer").last.click()
            assert violations(mia) == []
            mia.keyboard.press("Escape")
            end_conversation(mia)
            assert violations(mia) == []
            mia.get_by_test_id("wrap-up-skip").click()
