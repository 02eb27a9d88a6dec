"""Which bill is meant: by number, month, day or place; a question back where none fits or several do."""

import json
from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from billing.models.customer import Customer
from billing.models.invoice import Invoice
from billing.models.outbox import OutboxMessage
from billing.periods import BillingPeriod
from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, bill_of, issue_bills, make_subscriber
from tests.databases import written_once
from tests.factories.billing import make_one_off

# Choosing only reads; reading and writing are tested on both databases by the skills.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

# Today is 21 November 2026.
MONTHS = [BillingPeriod.month(f"{year}-{month:02}") for year in (2025, 2026) for month in range(1, 13)][11:22]
DECEMBER, OCTOBER = MONTHS[0], MONTHS[-1]
ADDRESS = "lena@post.example"


@pytest.fixture(autouse=True)
@written_once
def bills(sessions: sessionmaker[Session]) -> None:
    """Eleven bills from December 2025 to October 2026, of 29.99; April's with a visit of 10.00."""
    with sessions.begin() as session:
        contract = make_subscriber(session, started_on=date(2025, 12, 1))
        make_one_off(session, contract, charged_on=date(2026, 4, 8), amount_minor=1000)
        session.execute(update(Customer).values(email=ADDRESS))
    issue_bills(sessions, *MONTHS)


async def ask(conversation: Conversation, action: str, intent: str, **entities: str) -> Outcome:
    conversation.verify_as(NUMBER)
    return await conversation.run(action, intent=intent, entities=entities)


async def copy_of(conversation: Conversation, **entities: str) -> Outcome:
    return await ask(conversation, "action_send_invoice_copy", "get_invoice_copy", **entities)


@pytest.mark.parametrize(
    ("entities", "month"),
    [
        ({}, "October"),
        ({"period": "latest"}, "October"),
        ({"period": "previous"}, "September"),
        ({"period": "month-1"}, "October"),
        ({"period": "month+0"}, "October"),
        ({"period": "--03"}, "March"),
        ({"period": "--12"}, "December 2025"),
        ({"period": "2025-12"}, "December 2025"),
        ({"period": "2025"}, "December 2025"),
        ({"period": "year-1"}, "December 2025"),
        ({"date": "2026-04-08"}, "April"),
        ({"date": "2026-05-01"}, "April"),
        ({"date": "--05-15"}, "April"),
    ],
)
async def test_one_bill_is_sent(conversation: Conversation, entities: dict[str, str], month: str) -> None:
    outcome = await copy_of(conversation, **entities)

    assert outcome.facts("utter_invoices_copy_sent")["month"] == month


@pytest.mark.parametrize("written", ["{}", "{} ", "de 2026 {:.6}"])
async def test_a_bill_is_found_by_its_number_however_it_is_written(
    conversation: Conversation, sessions: sessionmaker[Session], written: str
) -> None:
    with sessions() as session:
        number = bill_of(session, BillingPeriod.month("2026-06")).number
    said = written.format(number[-6:] if "de" in written else number)

    outcome = await copy_of(conversation, invoice_number=said)

    assert outcome.facts("utter_invoices_copy_sent")["month"] == "June"


async def test_copies_of_a_whole_quarter_go_to_the_registered_address(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    outcome = await copy_of(conversation, period="quarter-1")

    facts = outcome.facts("utter_invoices_copies_sent")
    assert (facts["count"], facts["months"]) == ("3", "September, August, July")
    assert facts["address"] == "l•••@post.example"
    with sessions() as session:
        copies = session.scalars(select(OutboxMessage).where(OutboxMessage.dedupe_key.like("copy:%"))).all()
    assert [copy.recipient for copy in copies] == [ADDRESS] * 3


async def test_the_last_three_bills_are_sent(conversation: Conversation) -> None:
    outcome = await copy_of(conversation, period="latest:3")

    assert outcome.facts("utter_invoices_copies_sent")["months"] == "October, September, August"


async def test_the_same_turn_again_sends_nothing_twice(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    for _ in range(2):
        await copy_of(conversation, period="quarter-1")

    with sessions() as session:
        assert len(session.scalars(select(OutboxMessage).where(OutboxMessage.dedupe_key.like("copy:%"))).all()) == 3


@pytest.mark.parametrize(("intent", "copies"), [("repeat", 1), ("go_back", 1), ("get_invoice_copy", 2)])
async def test_telling_it_again_sends_no_other_copy(
    conversation: Conversation, sessions: sessionmaker[Session], intent: str, copies: int
) -> None:
    first = await copy_of(conversation)
    conversation.next_turn()
    again = await ask(conversation, "action_send_invoice_copy", intent)

    assert first.said == again.said == ["utter_invoices_copy_sent"]
    with sessions() as session:
        sent = session.scalars(select(OutboxMessage).where(OutboxMessage.dedupe_key.like("copy:%"))).all()
    assert len(sent) == copies


@pytest.mark.parametrize("action", ["send_invoice_copy", "explain_bill", "explain_bill_change"])
@pytest.mark.parametrize(
    "entities",
    [
        {"period": "2024-05"},
        {"period": "--11"},
        {"period": "month+1"},
        {"period": "nonsense"},
        {"invoice_number": "DE-2026-999999"},
        {"date": "2031-01-01"},
        {"date": "2026-02-30"},
    ],
)
async def test_a_bill_that_is_not_there_is_asked_for_with_those_that_are(
    conversation: Conversation, sessions: sessionmaker[Session], action: str, entities: dict[str, str]
) -> None:
    intents = {
        "send_invoice_copy": "get_invoice_copy",
        "explain_bill": "explain_bill",
        "explain_bill_change": "why_bill_higher",
    }

    outcome = await ask(conversation, f"action_{action}", intents[action], **entities)

    assert outcome.said == ["utter_invoices_unknown"]
    facts = outcome.facts("utter_invoices_unknown")
    assert facts["lines"].split("\n")[0] == "October: €29.99, overdue since 15 November"
    with sessions() as session:
        newest = bill_of(session, OCTOBER).number
        assert session.scalars(select(OutboxMessage).where(OutboxMessage.dedupe_key.like("copy:%"))).all() == []
    name, values = facts["buttons"][0]["payload"][1:].split("{", 1)
    assert (name, json.loads("{" + values)) == (intents[action], {"invoice_number": newest})


async def test_a_bill_of_somebody_else_is_not_there(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    with sessions() as session:
        number = bill_of(session, OCTOBER).number
    with sessions.begin() as session:
        session.execute(update(Customer).values(number="11112222"))
        session.flush()
        other = make_subscriber(session)
        assert other.customer_id not in session.scalars(select(Invoice.customer_id)).all()

    outcome = await copy_of(conversation, invoice_number=number)

    assert outcome.said == ["utter_invoices_none"]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "September: €29.99, overdue since 15 October"),
        ("de", "September: 29,99\xa0€, überfällig seit dem 15. Oktober"),
        ("fi", "Syyskuu: 29,99\xa0€, erääntynyt 15. lokakuuta"),
    ],
)
async def test_several_bills_that_fit_are_shown_to_choose_from(
    conversation: Conversation, language: str, line: str
) -> None:
    conversation.slots["language"] = language

    outcome = await ask(conversation, "action_explain_bill", "explain_bill", period="quarter-1")

    facts = outcome.facts("utter_invoices_which")
    assert facts["lines"].split("\n")[0] == line
    assert len(facts["lines"].split("\n")) == len(facts["buttons"]) == 3


async def test_the_change_of_a_chosen_bill_is_explained_against_the_one_before(conversation: Conversation) -> None:
    outcome = await ask(conversation, "action_explain_bill_change", "why_bill_higher", period="--04")

    head = outcome.facts("utter_invoices_change_more")
    assert (head["month"], head["previous_month"]) == ("April", "March")
    assert (head["total"], head["difference"]) == ("€39.99", "€10.00")
    assert outcome.facts("utter_invoices_cause_one_off")["amount"] == "+€10.00"
    # What comes next has come already.
    assert "utter_invoices_next" not in outcome.said


async def test_two_months_named_at_once_are_compared(conversation: Conversation) -> None:
    conversation.verify_as(NUMBER)

    outcome = await conversation.run(
        "action_explain_bill_change",
        intent="why_bill_higher",
        entities=[("period", "2026-01"), ("period", "--04")],
    )

    head = outcome.facts("utter_invoices_change_more")
    assert (head["month"], head["previous_month"], head["difference"]) == ("April", "January", "€10.00")


async def test_a_button_of_the_list_leads_to_what_the_bill_consists_of(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    listed = await ask(conversation, "action_list_invoices", "list_invoices")

    buttons = listed.facts("utter_invoices_list")["buttons"]
    with sessions() as session:
        number = bill_of(session, OCTOBER).number
    assert buttons[0] == {"title": "October: €29.99", "payload": f'/explain_bill{{"invoice_number": "{number}"}}'}
