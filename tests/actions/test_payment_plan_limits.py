"""Which bill is put off, and what cannot be put off: it is said why, or a person takes it."""

import json
from datetime import date

import pytest
from sqlalchemy.orm import Session, sessionmaker

from billing.disputes.disputes import open_dispute
from billing.dunning.arrangements import agree_extension
from tests.actions.conversation import Conversation
from tests.actions.customers import OCTOBER, SEPTEMBER, bill_of
from tests.actions.payment_plan import LATER, NOW, PARTS, ask, bills, october_is_open
from tests.factories.billing import make_payment

__all__ = ["bills", "october_is_open"]


async def test_with_several_bills_open_the_one_due_first_is_meant(conversation: Conversation) -> None:
    """60 days after 15 October is 14 December: September's bill cannot wait until the 21st."""
    assert (await ask(conversation, parts="1")).facts(LATER)["until"] == "14 December"


async def test_another_bill_can_be_named(conversation: Conversation) -> None:
    facts = (await ask(conversation, parts="1", period="--10")).facts(LATER)

    assert (facts["month"], facts["until"]) == ("October", "21 December")


@pytest.mark.parametrize(
    ("intent", "text", "entities", "said"),
    [
        ("payment_plan", "in 2 parts please", {}, PARTS),
        ("inform", "in 2 parts please", {}, PARTS),
        ("inform", "2", {}, PARTS),
        ("inform", "later", {}, LATER),
        ("payment_plan", "I can pay on 15 December", {"date": "--12-15"}, LATER),
        ("inform", "in December", {"period": "--12"}, LATER),
    ],
)
async def test_an_answer_to_the_list_is_about_the_bill_it_was_made_for(
    conversation: Conversation, intent: str, text: str, entities: dict[str, str], said: str
) -> None:
    """September's bill is open as well and due first."""
    listed = await ask(conversation, "can I pay the October bill later", period="--10")
    conversation.was_said("payment_plan", *listed.said)
    conversation.next_turn()

    answered = await conversation.run("action_offer_payment_plan", intent=intent, text=text, entities=entities)

    assert listed.facts("utter_payments_plan_options")["month"] == "October"
    assert (answered.said, answered.facts(said)["month"]) == ([said], "October")


async def test_a_button_is_about_its_own_bill_also_when_another_was_listed_since(conversation: Conversation) -> None:
    october = await ask(conversation, period="--10")
    september = await ask(conversation, period="--09")
    conversation.was_said("payment_plan", *september.said)
    conversation.next_turn()
    payload = october.facts("utter_payments_plan_options")["buttons"][1]["payload"]

    pressed = await ask(conversation, **json.loads(payload.removeprefix("/payment_plan")))

    assert pressed.facts(PARTS)["month"] == "October"


async def test_another_bill_can_be_named_after_the_list(conversation: Conversation) -> None:
    listed = await ask(conversation, period="--10")
    conversation.was_said("payment_plan", *listed.said)
    conversation.next_turn()

    answered = await ask(conversation, "no, September's in 2 parts", period="--09")

    assert answered.facts(PARTS)["month"] == "September"


@pytest.mark.usefixtures("october_is_open")
@pytest.mark.parametrize("text", ["Can I pay in two months?", "14 päivää maksuaikaa", "zwei Monate später zahlen"])
async def test_more_time_is_not_taken_for_parts(conversation: Conversation, text: str) -> None:
    assert (await ask(conversation, text)).said == ["utter_payments_plan_options"]


async def test_a_settled_bill_that_is_named_needs_no_plan(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        make_payment(session, bill_of(session, SEPTEMBER), received_on=date(2026, 10, 14))

    assert (await ask(conversation, period="--09")).said == ["utter_payments_plan_not_open"]


async def test_with_nothing_open_that_is_said(conversation: Conversation, sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        for period in (SEPTEMBER, OCTOBER):
            make_payment(session, bill_of(session, period), received_on=date(2026, 10, 14))

    assert (await ask(conversation)).said == ["utter_payments_nothing_due"]


@pytest.mark.usefixtures("october_is_open")
@pytest.mark.parametrize(
    ("story", "said"),
    [
        ("disputed", ["utter_payments_plan_refused_disputed"]),
        ("arranged", ["utter_payments_plan_next_part", "utter_payments_plan_refused_already_arranged"]),
        ("broken", ["utter_payments_plan_refused_broken_before"]),
    ],
)
async def test_a_refusal_says_why(
    conversation: Conversation, sessions: sessionmaker[Session], story: str, said: list[str]
) -> None:
    with sessions.begin() as session:
        bill = bill_of(session, OCTOBER)
        if story == "disputed":
            open_dispute(session, bill.customer_id, bill.id, None, "too much", now=NOW)
        else:
            agree_extension(session, bill.customer_id, bill.id, date(2026, 12, 1), now=NOW)
    if story == "broken":
        conversation.clock.advance(days=14)

    outcome = await ask(conversation)

    assert outcome.said == said


@pytest.mark.usefixtures("october_is_open")
async def test_a_debt_too_old_to_put_off_can_still_be_paid_in_parts(conversation: Conversation) -> None:
    conversation.clock.advance(days=60)

    facts = (await ask(conversation)).facts("utter_payments_plan_options")

    assert facts["lines"].startswith("in 2 parts: €55.00 by 3 February")
    assert json.loads(facts["buttons"][0]["payload"].removeprefix("/payment_plan"))["parts"] == "2"


async def test_a_small_old_debt_goes_to_a_person(conversation: Conversation, sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        make_payment(session, bill_of(session, SEPTEMBER), received_on=date(2026, 10, 14), amount_minor=1500)
        make_payment(session, bill_of(session, OCTOBER), received_on=date(2026, 11, 14))
    conversation.clock.advance(days=60)

    assert (await ask(conversation)).said == ["utter_payments_plan_refused_too_late"]


@pytest.mark.usefixtures("october_is_open")
async def test_a_list_that_is_answered_in_vain_twice_goes_to_a_person(conversation: Conversation) -> None:
    said = []
    for text in ("can I pay another day", "purple", "still purple"):
        outcome = await ask(conversation, text)
        conversation.was_said("inform", *outcome.said)
        conversation.next_turn()
        said.append(outcome.said)

    assert said == [["utter_payments_plan_options"]] * 2 + [["utter_handoff_not_understood"]]
    assert [command["reason"] for command in outcome.commands] == ["not_understood"]


@pytest.mark.usefixtures("october_is_open")
async def test_later_is_understood_as_an_answer_to_the_options_alone(conversation: Conversation) -> None:
    first = await ask(conversation, "can I pay later")
    conversation.was_said("payment_plan", "utter_payments_plan_options")
    conversation.next_turn()
    second = await ask(conversation, "all of it later")

    assert (first.said, second.said) == (["utter_payments_plan_options"], [LATER])
