"""A cancellation is taken at once with its time, and only what is one."""

import json
from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from billing.human_tasks import list_open_tasks
from billing.models.contract import Contract, ContractPhase
from billing.models.customer import Customer
from billing.models.human_task import TaskKind
from billing.models.outbox import OutboxMessage
from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, make_subscriber
from tests.actions.said_facts import facts_fit
from tests.factories.billing import make_customer, make_plan
from tests.fakes.clock import FixedClock

__all__ = ["facts_fit"]

RECORDED, WHICH = "utter_contracts_end_recorded", "utter_contracts_end_which"


@pytest.fixture
def contract(sessions: sessionmaker[Session]) -> Contract:
    """29.99 a month in Germany."""
    with sessions.begin() as session:
        contract = make_subscriber(session)
        contract.number = "53464097-1"
        session.execute(update(Customer).values(email="lena@post.example"))
        return contract


def add_contract(sessions: sessionmaker[Session], contract: Contract) -> str:
    """Give the customer a second contract, for Home at 39.99."""
    with sessions.begin() as session:
        plan = make_plan(session, name="Home")
        other = Contract(
            id=make_customer(session).id,
            customer_id=contract.customer_id,
            number="53464097-2",
            started_on=date(2026, 2, 1),
        )
        session.add(other)
        session.flush()
        session.add(ContractPhase(contract_id=other.id, plan_id=plan.id, valid_from=date(2026, 2, 1)))
        return str(other.id)


async def cancel(conversation: Conversation, text: str = "I cancel", **entities: str) -> Outcome:
    return await conversation.run("action_take_cancellation", intent="cancel_service", text=text, entities=entities)


@pytest.mark.parametrize(
    ("language", "text", "day", "time"),
    [
        ("en", "I cancel my contract", "21 November", "10:00"),
        ("de", "hiermit kündige ich", "21. November", "10:00"),
        ("fi", "irtisanon liittymäni", "21. marraskuuta", "10.00"),
    ],
)
@pytest.mark.usefixtures("contract")
async def test_a_cancellation_is_recorded_before_anybody_is_asked_who_it_is(
    conversation: Conversation,
    sessions: sessionmaker[Session],
    clock: FixedClock,
    language: str,
    text: str,
    day: str,
    time: str,
) -> None:
    """9:00 in UTC is 10:00 in Berlin, where the only company is."""
    conversation.slots["language"] = language
    outcome = await cancel(conversation, text)

    assert outcome.said == [RECORDED, "utter_contracts_end_who"]
    facts = outcome.facts(RECORDED)
    assert (facts["day"], facts["time"]) == (day, time)
    with sessions() as session:
        (task,) = list_open_tasks(session)
        assert (task.kind, task.customer_number) == (TaskKind.CANCELLATION_STATED, None)
        assert (task.created_at, task.facts["reference"]) == (clock.now(), facts["reference"])


@pytest.mark.usefixtures("contract")
async def test_verified_later_it_keeps_its_first_time_and_gets_a_contract(
    conversation: Conversation, sessions: sessionmaker[Session], clock: FixedClock
) -> None:
    """A month's notice from 21 November ends on 21 December."""
    first = await cancel(conversation)
    clock.advance(minutes=4)
    conversation.next_turn()
    conversation.verify_as(NUMBER)
    coded = await conversation.run(
        "action_report_code_outcome", intent="code_checked", entities={"outcome": "verified"}
    )
    outcome = await conversation.run("action_take_cancellation", intent="code_checked")

    assert coded.goes_on_with == "action_take_cancellation"
    assert outcome.said == [
        RECORDED,
        "utter_contracts_end_letter",
        "utter_contracts_end_until",
        "utter_contracts_end_by_person",
    ]
    assert outcome.facts(RECORDED)["time"] == first.facts(RECORDED)["time"] == "10:00"
    assert outcome.facts("utter_contracts_end_until")["until"] == "21 December"
    assert outcome.facts("utter_contracts_end_letter")["address"] == "l•••@post.example"
    with sessions() as session:
        (task,) = list_open_tasks(session)
        assert (task.customer_number, task.facts["contracts"]) == (NUMBER, ["53464097-1"])


@pytest.mark.usefixtures("contract")
async def test_saying_it_twice_gives_the_same_receipt_and_one_letter(
    conversation: Conversation, sessions: sessionmaker[Session], clock: FixedClock
) -> None:
    conversation.verify_as(NUMBER)
    first = await cancel(conversation)
    clock.advance(minutes=3)
    conversation.next_turn()
    second = await cancel(conversation, "as I said I cancel")

    assert first.facts(RECORDED)["time"] == second.facts(RECORDED)["time"]
    assert first.facts(RECORDED)["reference"] == second.facts(RECORDED)["reference"]
    with sessions() as session:
        assert len(list_open_tasks(session)) == 1
        assert len([row for row in session.scalars(select(OutboxMessage)) if row.kind == "email"]) == 1


@pytest.mark.usefixtures("contract")
async def test_an_offer_stands_behind_the_receipt_and_only_once(conversation: Conversation) -> None:
    conversation.verify_as(NUMBER)
    first = await cancel(conversation)
    conversation.next_turn()
    second = await cancel(conversation)

    assert first.said[-1] == "utter_contracts_end_next"
    assert second.said[-1] == "utter_contracts_end_by_person"


async def test_the_minimum_term_says_when_it_ends(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract
) -> None:
    with sessions.begin() as session:
        session.execute(update(Contract).values(minimum_term_until=date(2027, 3, 1)))
    conversation.verify_as(NUMBER)

    assert (await cancel(conversation)).facts("utter_contracts_end_until")["until"] == "1 March 2027"


async def test_with_two_contracts_it_is_recorded_and_then_asked_which(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract
) -> None:
    other = add_contract(sessions, contract)
    conversation.verify_as(NUMBER)
    asked = await cancel(conversation)
    buttons = asked.facts(WHICH)["buttons"]
    conversation.next_turn()
    chosen = await cancel(conversation, "", **json.loads(buttons[1]["payload"].removeprefix("/cancel_service")))

    assert [button["title"] for button in buttons] == ["Mobile S (53464097-1)", "Home (53464097-2)"]
    assert other in buttons[1]["payload"]
    assert chosen.facts("utter_contracts_end_until")["name"] == "Home"
    with sessions() as session:
        (task,) = list_open_tasks(session)
        assert task.facts["contracts"] == ["53464097-2"]


async def test_a_contract_named_by_its_plan_is_the_one(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract
) -> None:
    add_contract(sessions, contract)
    conversation.verify_as(NUMBER)
    outcome = await cancel(conversation, "please cancel home")

    assert outcome.facts("utter_contracts_end_until")["name"] == "Home"


@pytest.mark.parametrize("text", ["I cancel Home, I keep Mobile S", "I cancel Mobile S and Home"])
async def test_where_two_contracts_are_named_it_is_recorded_and_asked_which(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract, text: str
) -> None:
    add_contract(sessions, contract)
    conversation.verify_as(NUMBER)
    outcome = await cancel(conversation, text)

    assert (outcome.said[0], outcome.said[-1]) == (RECORDED, WHICH)
    with sessions() as session:
        (task,) = list_open_tasks(session)
        assert task.facts["contracts"] == []


@pytest.mark.usefixtures("contract")
async def test_a_plan_that_is_not_the_customers_does_not_end_the_only_contract(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        make_plan(session, name="Home")
    conversation.verify_as(NUMBER)

    assert (await cancel(conversation, "I cancel Home")).said[-1] == WHICH


async def test_without_buttons_the_contracts_stand_in_the_text_and_the_name_is_an_answer(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract
) -> None:
    add_contract(sessions, contract)
    conversation.slots["channel"] = "sms"
    conversation.verify_as(NUMBER)
    asked = await cancel(conversation)
    conversation.was_said("cancel_service", *asked.said)
    conversation.next_turn()
    understood = await conversation.run("action_use_information", intent="inform", text="Home")
    chosen = await conversation.run("action_take_cancellation", intent="inform", text="Home")

    assert asked.facts(WHICH)["contracts"] == "- Mobile S (53464097-1)\n- Home (53464097-2)"
    assert "utter_contracts_end_letter" in asked.said
    assert understood.goes_on_with == "action_take_cancellation"
    assert chosen.facts("utter_contracts_end_until")["name"] == "Home"
    with sessions() as session:
        (task,) = list_open_tasks(session)
        assert task.facts["contracts"] == ["53464097-2"]


@pytest.mark.parametrize(("text", "meant"), [("not Home", []), ("both", ["53464097-1", "53464097-2"])])
async def test_the_answer_may_leave_one_out_or_mean_both(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract, text: str, meant: list[str]
) -> None:
    add_contract(sessions, contract)
    conversation.verify_as(NUMBER)
    conversation.was_said("cancel_service", *(await cancel(conversation)).said)
    conversation.next_turn()
    outcome = await conversation.run("action_take_cancellation", intent="inform", text=text)

    assert (WHICH in outcome.said) is (meant == [])
    with sessions() as session:
        (task,) = list_open_tasks(session)
        assert task.facts["contracts"] == meant


@pytest.mark.usefixtures("contract")
async def test_a_turn_that_runs_again_after_the_code_arrived_tells_the_receipt(conversation: Conversation) -> None:
    await cancel(conversation)
    conversation.verify_as(NUMBER)

    assert (await cancel(conversation)).said[:2] == [RECORDED, "utter_contracts_end_letter"]


@pytest.mark.usefixtures("contract")
async def test_the_contract_of_somebody_else_in_a_button_is_not_taken(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract
) -> None:
    add_contract(sessions, contract)
    conversation.verify_as(NUMBER)
    outcome = await cancel(conversation, "", contract="00000000-0000-0000-0000-000000000000")

    assert outcome.said[-1] == WHICH


@pytest.mark.usefixtures("contract")
@pytest.mark.parametrize("text", ["how do I cancel?", "Wie kündige ich?", "miten irtisanon sopimuksen"])
async def test_who_asks_how_is_told_how_and_has_not_cancelled(
    conversation: Conversation, sessions: sessionmaker[Session], text: str
) -> None:
    outcome = await cancel(conversation, text)

    assert outcome.said == ["utter_contracts_how_to_end"]
    with sessions() as session:
        assert list_open_tasks(session) == []


@pytest.mark.usefixtures("contract")
@pytest.mark.parametrize(
    "text",
    ["If you do not correct this bill, I will cancel my contract", "Ich will nicht kündigen", "kann ich kündigen?"],
)
async def test_a_threat_a_denial_and_a_question_record_nothing_and_show_the_button(
    conversation: Conversation, sessions: sessionmaker[Session], text: str
) -> None:
    conversation.verify_as(NUMBER)
    outcome = await cancel(conversation, text)

    assert outcome.said == ["utter_contracts_how_to_end"]
    with sessions() as session:
        assert list_open_tasks(session) == []


@pytest.mark.usefixtures("contract")
@pytest.mark.parametrize(
    "text", ["Wie telefonisch besprochen kündige ich", "I have moved abroad, get my contract cancelled"]
)
async def test_a_cancellation_that_sounds_like_something_else_is_recorded(
    conversation: Conversation, text: str
) -> None:
    assert (await cancel(conversation, text)).said[0] == RECORDED


@pytest.mark.usefixtures("contract")
async def test_who_takes_one_back_gets_a_person(conversation: Conversation) -> None:
    outcome = await cancel(conversation, "undo my cancellation please")

    assert outcome.said == ["utter_contracts_end_stands"]
    assert [command["reason"] for command in outcome.commands] == ["cancellation_withdrawn"]


@pytest.mark.usefixtures("contract")
@pytest.mark.parametrize(("action", "intent"), [("action_handle_deny", "deny"), ("action_go_back", "go_back")])
@pytest.mark.parametrize("is_known", [True, False])
async def test_a_no_to_the_receipt_brings_a_person_and_says_that_it_stands(
    conversation: Conversation, sessions: sessionmaker[Session], action: str, intent: str, is_known: bool
) -> None:
    if is_known:
        conversation.verify_as(NUMBER)
    conversation.was_said("cancel_service", *(await cancel(conversation)).said)
    conversation.next_turn()
    outcome = await conversation.run(action, intent=intent, text="no, I did not mean that")

    assert outcome.said == ["utter_contracts_end_stands"]
    assert [(command["reason"], command["topic"]) for command in outcome.commands] == [
        ("cancellation_withdrawn", "contracts")
    ]
    with sessions() as session:
        assert len(list_open_tasks(session)) == 1


@pytest.mark.usefixtures("contract")
async def test_a_no_to_something_later_is_not_about_the_receipt(conversation: Conversation) -> None:
    conversation.was_said("cancel_service", RECORDED)
    conversation.was_said("change_plan", "utter_contracts_choose_plan")

    assert (await conversation.run("action_handle_deny", intent="deny")).said == ["utter_smalltalk_leave_it"]


@pytest.mark.usefixtures("contract")
async def test_who_cancelled_long_ago_and_is_still_charged_does_not_cancel_again(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    outcome = await cancel(conversation, "Ich habe längst gekündigt und Sie buchen immer noch ab")
    with sessions() as session:
        assert list_open_tasks(session) == []
    conversation.next_turn()
    pressed = await cancel(conversation, "")

    assert outcome.said == ["utter_contracts_ended_before"]
    assert pressed.said[0] == RECORDED


async def test_a_cancellation_without_any_contract_is_recorded_too(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract
) -> None:
    with sessions.begin() as session:
        session.execute(update(Contract).values(ended_on=date(2026, 10, 1)))
    conversation.verify_as(NUMBER)
    outcome = await cancel(conversation)

    assert outcome.said == [RECORDED, "utter_contracts_end_letter", "utter_contracts_end_none_running"]
