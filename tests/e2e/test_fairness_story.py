"""A bill is checked, put right, contested, paid and sent again: what customers are told is what the database holds."""

import re
from datetime import date

from playwright.sync_api import Locator, Page, expect

from tests.e2e.axe import violations
from tests.e2e.bills import number_of, plain, written
from tests.e2e.charges import (
    CREDIT_NOTES,
    NEWEST_INVOICE,
    RECEIVABLE,
    UNBALANCED,
    double_charge,
    finnish_reference,
    open_minor,
    saving_per_month,
)
from tests.e2e.chat_client import ChatClient
from tests.e2e.customer_walk import open_chat, say, texts, verify
from tests.e2e.running_system import RunningSystem, wait_until

PATIENCE_MS = 60_000
DISPUTES = "SELECT invoice_id, status, answer_by FROM dispute WHERE customer_id = ?"
LETTERS = (
    "SELECT subject, status FROM outbox_message WHERE kind = 'email' AND recipient = ? AND dedupe_key LIKE 'copy:%'"
)


def told(page: Page, part: str) -> str:
    """Wait for the bot's newest message to hold `part` and return all of it."""
    newest = page.locator('[data-testid="message"][data-sender="bot"] [data-testid="message-text"]').last
    expect(newest).to_contain_text(part, timeout=PATIENCE_MS)
    return plain(newest.inner_text())


def button(page: Page, title: str) -> Locator:
    return page.get_by_test_id("panel").get_by_test_id("button").filter(has_text=title)


def test_a_double_charge_is_told_and_put_right_once(system: RunningSystem, customer: Page) -> None:
    number = number_of(system, "duplicate_charge")
    charge = double_charge(system, number)
    owed_before = open_minor(system, number)
    assert charge.minor == 4990
    open_chat(customer, system, "de")
    say(customer, "Warum ist meine Rechnung so hoch?")
    verify(customer, system, number)

    answer = told(customer, "49,90 € zu viel")
    assert charge.name in answer
    assert "doppelt" in answer or "zweimal" in answer
    button(customer, "Ja, bitte korrigieren").click()

    answer = told(customer, "gutgeschrieben")
    (invoice,) = system.sql(NEWEST_INVOICE, number)
    (note,) = system.sql(CREDIT_NOTES, invoice["customer_id"])
    assert (note["invoice_id"], note["total_minor"]) == (charge.invoice_id, 4990)
    assert "49,90 €" in answer
    assert note["number"] in answer
    assert system.sql(UNBALANCED) == []

    owed = open_minor(system, number)
    assert owed == owed_before - 4990 == system.sql(RECEIVABLE, number)[0]["minor"]
    say(customer, "Was ist noch offen?")
    assert written(owed, "de") in told(customer, "fällig")

    say(customer, "Die Rechnung ist falsch")
    told(customer, "Alles ist so berechnet, wie es in Ihrem Vertrag steht.")
    expect(button(customer, "Ja, bitte korrigieren")).to_have_count(0)
    assert len(system.sql(CREDIT_NOTES, invoice["customer_id"])) == 1


def test_the_plan_that_would_have_cost_less_is_named_with_the_saving(system: RunningSystem, customer: Page) -> None:
    number = number_of(system, "cheaper_plan")
    customer.set_viewport_size({"width": 390, "height": 844})
    open_chat(customer, system, "fi")
    say(customer, "Onko minulle halvempaa liittymää?")
    verify(customer, system, number)

    answer = told(customer, "Mobiili L")

    saving = saving_per_month(system, number)
    assert saving > 0
    assert f"12 kuukautena keskimäärin {written(saving, 'fi')} vähemmän kuussa" in answer
    expect(button(customer, "Mobiili L")).to_be_visible()


def test_an_objection_is_confirmed_answered_with_a_day_and_waits_for_a_person(
    system: RunningSystem, customer: Page, agent: Page
) -> None:
    number = number_of(system, "plan_change")
    open_chat(customer, system, "en")
    say(customer, "My bill is wrong")
    verify(customer, system, number)
    told(customer, "I checked it: the charges follow your contract.")

    button(customer, "I disagree").click()
    (invoice,) = system.sql(NEWEST_INVOICE, number)
    assert written(invoice["total_minor"], "en") in told(customer, "Shall I pass on")
    assert system.sql(DISPUTES, invoice["customer_id"]) == []
    button(customer, "Yes, pass it on").click()

    answer = told(customer, "You will hear from us by")
    (dispute,) = system.sql(DISPUTES, invoice["customer_id"])
    answer_by = date.fromisoformat(dispute["answer_by"])
    assert (dispute["invoice_id"], dispute["status"]) == (invoice["id"], "open")
    assert f"{answer_by.day} {answer_by:%B}" in answer

    agent.keyboard.press("l")
    task = agent.get_by_test_id("task").filter(has_text=number)
    task.wait_for()
    expect(task).to_have_count(1)
    expect(task).to_contain_text(invoice["number"])
    assert violations(agent) == []
    agent.get_by_test_id("tasks-close").click()


def verified(chat: ChatClient, system: RunningSystem, question: str, number: str) -> str:
    """Ask, give the number and the code from the phone, and return the answer."""
    seen = max((message["id"] for message in texts(system)), default=0)
    chat.ask(question)
    chat.ask(number)
    (sent,) = wait_until(lambda: [each for each in texts(system) if each["id"] > seen], seconds=60, what="a text")
    code = re.search(r"\b\d{6}\b", sent["body"])
    assert code
    return plain(chat.ask(code[0])["text"])


def test_the_way_to_pay_has_a_reference_that_banks_accept(system: RunningSystem) -> None:
    number = number_of(system, "late_payment")
    (invoice,) = system.sql(NEWEST_INVOICE, number)
    (seller,) = system.sql("SELECT iban FROM seller WHERE id = ?", invoice["seller_id"])
    _, year, sequence = invoice["number"].split("-")
    with ChatClient(system, language="fi") as chat:
        answer = verified(chat, system, "Miten maksan laskun?", number)

    digits_only = answer.replace(" ", "")
    assert seller["iban"] in digits_only
    assert finnish_reference(year + sequence) in digits_only
    assert written(open_minor(system, number), "fi") in answer


def test_a_copy_goes_to_the_registered_address_which_is_not_told_in_full(system: RunningSystem) -> None:
    number = number_of(system, "discount_ended")
    (invoice,) = system.sql(NEWEST_INVOICE, number)
    (row,) = system.sql("SELECT email FROM customer WHERE number = ?", number)
    with ChatClient(system, language="de") as chat:
        answer = verified(chat, system, "Schicken Sie mir meine Rechnung", number)

    assert "•••@" in answer
    assert row["email"] not in answer
    wait_until(
        lambda: [each["status"] for each in system.sql(LETTERS, row["email"])] == ["sent"], seconds=60, what="it"
    )
    assert invoice["number"] in system.sql(LETTERS, row["email"])[0]["subject"]
