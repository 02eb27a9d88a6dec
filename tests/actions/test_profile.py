"""Details and ways to pay are changed by a person: the bot says what is needed, reveals nothing and writes nothing."""

import pytest
from sqlalchemy import inspect, select, update
from sqlalchemy.orm import Session, sessionmaker

from billing.models.customer import Customer
from tests.actions.conversation import Conversation
from tests.actions.customers import NUMBER, make_subscriber

EXPLAIN = {
    "update_details": ("action_explain_details_change", "utter_profile_by_person"),
    "change_payment_method": ("action_explain_payment_method", "utter_payments_method_by_person"),
}
HAND_OVER = {
    "update_details": ("action_hand_over_details", "utter_profile_by_person", "update_details", "details"),
    "change_payment_method": (
        "action_hand_over_payment_method",
        "utter_payments_method_by_person",
        "payment_method",
        "payments",
    ),
}


@pytest.fixture(autouse=True)
def customer(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        make_subscriber(session)
        session.execute(update(Customer).values(email="lena@post.example"))


def everything(sessions: sessionmaker[Session]) -> dict[str, object]:
    with sessions() as session:
        row = session.scalars(select(Customer)).one()
        return {column.key: getattr(row, column.key) for column in inspect(Customer).columns}


@pytest.mark.parametrize("intent", EXPLAIN)
async def test_who_is_not_verified_is_told_what_is_needed_and_nothing_else(
    conversation: Conversation, intent: str
) -> None:
    action, response = EXPLAIN[intent]

    outcome = await conversation.run(action, intent=intent, entities={"email": "new@post.example"})

    assert outcome.said == [response]
    assert "post.example" not in str(outcome.messages)


@pytest.mark.parametrize("language", ["en", "de", "fi"])
async def test_a_verified_customer_sees_the_registered_address_masked(
    conversation: Conversation, language: str
) -> None:
    conversation.slots["language"] = language
    conversation.verify_as(NUMBER)

    outcome = await conversation.run("action_explain_details_change", intent="update_details")

    assert outcome.said == ["utter_profile_bills_go_to", "utter_profile_by_person"]
    assert outcome.facts("utter_profile_bills_go_to")["address"] == "l•••@post.example"


async def test_without_an_address_that_is_said(conversation: Conversation, sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        session.execute(update(Customer).values(email=None))
    conversation.verify_as(NUMBER)

    outcome = await conversation.run("action_explain_details_change", intent="update_details")

    assert outcome.said == ["utter_profile_bills_by_post", "utter_profile_by_person"]


@pytest.mark.parametrize("intent", HAND_OVER)
@pytest.mark.parametrize("text", ["yes", "ja", "joo"])
async def test_a_yes_hands_over_with_the_reason(conversation: Conversation, intent: str, text: str) -> None:
    action, offer, reason, topic = HAND_OVER[intent]
    await conversation.run(EXPLAIN[intent][0], intent=intent)
    conversation.was_said(intent, offer)
    conversation.next_turn()

    affirmed = await conversation.run("action_handle_affirm", intent="affirm", text=text)
    outcome = await conversation.run(action, intent="affirm", text=text)

    assert affirmed.goes_on_with == action
    (command,) = outcome.commands
    assert (command["type"], command["reason"], command["topic"]) == ("handoff", reason, topic)


@pytest.mark.parametrize("intent", HAND_OVER)
async def test_nothing_is_changed(conversation: Conversation, sessions: sessionmaker[Session], intent: str) -> None:
    conversation.verify_as(NUMBER)
    before = everything(sessions)
    entities = {"email": "new@post.example", "phone_number": "+491700000000"}

    await conversation.run(EXPLAIN[intent][0], intent=intent, entities=entities)
    await conversation.run(HAND_OVER[intent][0], intent="affirm", entities=entities)

    assert everything(sessions) == before
