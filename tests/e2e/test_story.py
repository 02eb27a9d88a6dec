"""The whole story in a real browser, in three languages: asked, verified, explained to the cent, handed to a person."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.bills import KIND_OF_STORY, cause_facts, number_of, plain, truth_of, written
from tests.e2e.customer_walk import open_chat, say, verify
from tests.e2e.running_system import RunningSystem

QUESTION = {
    "en": "Why is my bill higher than last month?",
    "de": "Warum ist meine Rechnung höher als im letzten Monat?",
    "fi": "Miksi laskuni on suurempi kuin viime kuussa?",
}
ASK_FOR_PERSON = {
    "en": "I want to talk to a person",
    "de": "Ich möchte mit einem Menschen sprechen",
    "fi": "Haluan puhua ihmisen kanssa",
}
AGENT_SAYS = {
    "en": "Hello, I have read everything. I will look after it.",
    "de": "Guten Tag, ich habe alles gelesen und kümmere mich darum.",
    "fi": "Hei, olen lukenut kaiken ja hoidan asian.",
}
CUSTOMER_SAYS = {"en": "Thank you, Mia", "de": "Danke, Mia", "fi": "Kiitos, Mia"}


def explanation(page: Page) -> str:
    page.get_by_test_id("difference-card").wait_for()
    return page.locator('[data-testid="message"][data-sender="bot"] [data-testid="message-text"]').last.inner_text()


@pytest.mark.parametrize("story", KIND_OF_STORY)
@pytest.mark.parametrize("language", ["en", "de", "fi"])
def test_the_reply_names_the_cause_and_the_cents_of_the_database(
    system: RunningSystem, customer: Page, language: str, story: str
) -> None:
    truth = truth_of(system, story)
    assert truth.cause_minor > 0, "the story's line must have grown"
    open_chat(customer, system, language)
    say(customer, QUESTION[language])
    verify(customer, system, truth.customer_number)

    told = [plain(line) for line in explanation(customer).splitlines()]

    total, difference = written(truth.total_minor, language), written(truth.difference_minor, language)
    assert [line for line in told if total in line and difference in line]
    (cause,) = [line for line in told if f"+{written(truth.cause_minor, language)}" in line]
    for fact in cause_facts(system, story, language):
        assert fact.lower() in cause.lower()
    (row,) = customer.get_by_test_id("difference-cause").all_inner_texts()
    assert written(truth.cause_minor, language) in plain(row)


@pytest.mark.parametrize("language", ["en", "de", "fi"])
def test_a_person_takes_over_with_everything_the_bot_learned(
    system: RunningSystem, customer: Page, agent: Page, language: str
) -> None:
    number = number_of(system, "duplicate_charge")
    open_chat(customer, system, language)
    say(customer, QUESTION[language])
    verify(customer, system, number)
    explanation(customer)

    say(customer, ASK_FOR_PERSON[language])
    agent.get_by_test_id("offer").wait_for()
    agent.get_by_test_id("accept").click()

    expect(agent.get_by_test_id("verified")).to_be_visible()
    expect(agent.get_by_test_id("summary").get_by_text(QUESTION[language]).first).to_be_visible()
    expect(agent.get_by_test_id("customer").get_by_text(number)).to_be_visible()
    agent.get_by_test_id("composer").fill(AGENT_SAYS[language])
    agent.get_by_test_id("send").click()
    expect(customer.get_by_test_id("message-text").get_by_text(AGENT_SAYS[language])).to_be_visible()
    expect(customer.get_by_test_id("who")).to_contain_text("Mia")

    say(customer, CUSTOMER_SAYS[language])
    expect(agent.get_by_text(CUSTOMER_SAYS[language]).last).to_be_visible()
    agent.get_by_test_id("close-conversation").click()
    agent.get_by_test_id("close-confirm").click()
    agent.get_by_test_id("wrap-up-skip").click()
    customer.get_by_test_id("start-anew").wait_for()


def test_html_is_shown_as_text(system: RunningSystem, customer: Page) -> None:
    dialogs: list[str] = []
    customer.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    markup = "<img src=x onerror=alert(1)><b>bold</b><script>alert(2)</script>"
    open_chat(customer, system, "en")

    say(customer, markup)

    mine = customer.locator('[data-testid="message"][data-sender="customer"]').last
    expect(mine.get_by_test_id("message-text")).to_have_text(markup)
    expect(customer.locator('[data-testid="message"][data-sender="bot"]')).to_have_count(2)
    assert customer.locator('[data-testid="message"] img, [data-testid="message"] script').count() == 0
    assert dialogs == []


def test_a_reload_keeps_the_conversation_and_doubles_nothing(system: RunningSystem, customer: Page) -> None:
    open_chat(customer, system, "de")
    say(customer, "Was schulde ich Ihnen?")
    expect(customer.locator('[data-testid="message"][data-sender="bot"]')).to_have_count(2)
    before = customer.get_by_test_id("message-text").all_inner_texts()

    customer.reload()
    if customer.get_by_test_id("launcher").is_visible():
        customer.get_by_test_id("launcher").click()

    expect(customer.get_by_test_id("message-text")).to_have_text(before)
