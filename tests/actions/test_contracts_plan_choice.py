"""Which plans are shown to choose from, also on the next page of a list."""

import json

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from billing.models.plan import Plan
from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, make_subscriber
from tests.actions.said_facts import facts_fit
from tests.factories.billing import make_plan

__all__ = ["facts_fit"]


@pytest.fixture
def contract(sessions: sessionmaker[Session]) -> None:
    """On 14.99 with 10 GB; a larger plan costs 24.99 with 40 GB."""
    with sessions.begin() as session:
        make_subscriber(session, base_minor=1499, unit="GB", included=10, unit_price_micro=2_000_000)
    add_plan(sessions, "Mobile L", 2499, 40)


def add_plan(sessions: sessionmaker[Session], name: str, base_minor: int, included: int) -> None:
    with sessions.begin() as session:
        make_plan(session, name=name, base_minor=base_minor, unit="GB", included=included, unit_price_micro=1_000_000)
        session.execute(update(Plan).values(product="mobile"))


async def ask(conversation: Conversation, text: str = "", **entities: str) -> Outcome:
    action = "action_preview_plan_change"
    return await conversation.run(action, intent="change_plan", text=text, entities=entities)


@pytest.mark.usefixtures("contract")
async def test_more_plans_are_more_of_those_that_were_wished(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    for place in range(3):
        add_plan(sessions, f"Mobile X{place}", 2999 + place, 60 + place)
        add_plan(sessions, f"Mobile A{place}", 499 + place, 1 + place)

    conversation.verify_as(NUMBER)
    listed = (await ask(conversation, "something bigger")).facts("utter_contracts_choose_plan")
    conversation.next_turn()
    more = await ask(conversation, **json.loads(listed["buttons"][-1]["payload"].removeprefix("/change_plan")))

    titles = [button["title"] for button in more.facts("utter_contracts_choose_plan")["buttons"]]
    assert titles == ["Mobile X2, €30.01"]


@pytest.mark.usefixtures("contract")
async def test_of_two_plans_that_are_named_both_are_offered(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    add_plan(sessions, "Mobile M", 1999, 20)
    conversation.verify_as(NUMBER)
    outcome = await ask(conversation, "Mobile M or Mobile L?")

    titles = [button["title"] for button in outcome.facts("utter_contracts_choose_plan")["buttons"]]
    assert titles == ["Mobile M, €19.99", "Mobile L, €24.99"]
