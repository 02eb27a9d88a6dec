"""Who is there: asked for, sent a code once, and never told who is a customer."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from billing.models.identity import Challenge
from billing.models.turn_effect import TurnEffect
from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, PHONE, make_subscriber
from tests.fakes.clock import FixedClock

UNKNOWN = "99999999"


@pytest.fixture(autouse=True)
def customer(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        make_subscriber(session)


async def give_number(conversation: Conversation, number: str, *, intent: str = "verify_identity") -> Outcome:
    conversation.slots["identity_customer_number"] = number
    return await conversation.run("action_start_challenge", intent=intent, entities={"customer_number": number})


def count(sessions: sessionmaker[Session], model: type) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


async def test_a_number_brings_a_code_to_the_registered_phone(conversation: Conversation) -> None:
    outcome = await give_number(conversation, NUMBER)

    assert outcome.said == ["utter_identity_code_sent"]
    assert outcome.facts("utter_identity_code_sent")["minutes"] == "10"
    assert outcome.goes_on_with == "action_listen"
    (message,) = conversation.text_messages()
    assert message.recipient == PHONE


async def test_the_code_card_says_until_when_and_how_long(conversation: Conversation, clock: FixedClock) -> None:
    outcome = await give_number(conversation, NUMBER)
    clock.advance(minutes=10)

    assert outcome.cards == [{"type": "code", "expires_at": clock.now().isoformat(), "length": 6}]


async def test_an_unknown_number_gets_the_very_same_answer(conversation: Conversation) -> None:
    known = await give_number(conversation, NUMBER)
    conversation.next_turn()

    unknown = await give_number(conversation, UNKNOWN)

    assert unknown == known
    assert len(conversation.text_messages()) == 1


@pytest.mark.parametrize("written", ["5346 4097", "53-46-40-97", "5 3 4 6 4 0 9 7"])
async def test_spaces_and_dashes_in_a_number_do_not_matter(conversation: Conversation, written: str) -> None:
    await give_number(conversation, written)

    assert len(conversation.text_messages()) == 1


async def test_the_same_turn_run_twice_sends_one_code(
    conversation: Conversation, sessions: sessionmaker[Session], clock: FixedClock
) -> None:
    first = await give_number(conversation, NUMBER)
    clock.advance(seconds=20)

    second = await give_number(conversation, NUMBER)

    assert len(conversation.text_messages()) == 1
    assert (count(sessions, Challenge), count(sessions, TurnEffect)) == (1, 1)
    assert second.cards == first.cards


async def test_a_new_turn_may_send_a_new_code(conversation: Conversation) -> None:
    await give_number(conversation, NUMBER)
    conversation.next_turn()

    await conversation.run("action_start_challenge", intent="request_code")

    assert len(conversation.text_messages()) == 2


async def test_without_a_number_the_form_asks_for_one(conversation: Conversation) -> None:
    outcome = await conversation.run("action_start_challenge", intent="request_code")

    assert (outcome.said, outcome.goes_on_with) == ([], "identity_form")


async def test_speaking_of_another_number_without_giving_it_asks_for_it(conversation: Conversation) -> None:
    await give_number(conversation, UNKNOWN)
    conversation.next_turn()

    outcome = await conversation.run("action_start_challenge", intent="verify_identity")

    assert (outcome.said, outcome.goes_on_with) == ([], "identity_form")
    assert conversation.slots["identity_customer_number"] is None
    assert conversation.text_messages() == []


async def test_a_verified_customer_who_gives_the_number_again_needs_no_code(conversation: Conversation) -> None:
    conversation.verify_as(NUMBER)
    codes = len(conversation.text_messages())

    outcome = await give_number(conversation, NUMBER)

    assert outcome.said == ["utter_identity_already_verified"]
    assert len(conversation.text_messages()) == codes


async def test_a_question_in_the_same_sentence_waits_for_the_code(conversation: Conversation) -> None:
    await give_number(conversation, NUMBER, intent="check_balance_due")

    assert conversation.waiting == ["check_balance_due"]


@pytest.mark.parametrize(
    ("intent", "response"),
    [
        ("why_bill_higher", "utter_identity_ask_number"),
        ("verify_identity", "utter_identity_number_invalid"),
        ("greet", "utter_identity_ask_number_again"),
    ],
)
async def test_the_number_is_asked_for_as_the_moment_needs(
    conversation: Conversation, intent: str, response: str
) -> None:
    assert (await conversation.run("action_ask_identity_customer_number", intent=intent)).said == [response]


async def test_after_the_right_code_the_waiting_question_is_answered(conversation: Conversation) -> None:
    conversation.let_wait("list_invoices")
    conversation.verify_as(NUMBER)

    outcome = await checked(conversation, "verified")

    assert outcome.said == ["utter_identity_verified"]
    assert outcome.goes_on_with == "action_list_invoices"


async def test_after_the_right_code_without_a_question_the_bot_asks_for_one(conversation: Conversation) -> None:
    conversation.verify_as(NUMBER)

    outcome = await checked(conversation, "verified")

    assert (outcome.said, outcome.goes_on_with) == (["utter_identity_verified_ask"], "action_listen")


async def test_what_handoff_calls_verified_counts_only_if_the_database_says_so(conversation: Conversation) -> None:
    conversation.let_wait("list_invoices")

    outcome = await checked(conversation, "verified")

    assert outcome.said == ["utter_identity_code_expired"]
    assert outcome.goes_on_with == "action_listen"


async def test_a_wrong_code_brings_the_boxes_back_with_the_same_end(conversation: Conversation) -> None:
    sent = await give_number(conversation, NUMBER)

    outcome = await checked(conversation, "wrong")

    assert outcome.said == ["utter_identity_code_wrong"]
    assert outcome.cards == sent.cards


async def test_a_wrong_code_for_an_unknown_number_reads_the_same(conversation: Conversation) -> None:
    await give_number(conversation, NUMBER)
    known = await checked(conversation, "wrong")
    conversation.next_turn()
    await give_number(conversation, UNKNOWN)

    unknown = await checked(conversation, "wrong")

    assert unknown == known


async def test_a_wrong_code_does_not_count_as_the_earlier_right_one(conversation: Conversation) -> None:
    conversation.verify_as(NUMBER)
    conversation.let_wait("list_invoices")

    outcome = await checked(conversation, "wrong")

    assert outcome.said == ["utter_identity_code_wrong"]


async def test_locked_says_for_how_long(conversation: Conversation) -> None:
    outcome = await checked(conversation, "locked")

    assert outcome.said == ["utter_identity_code_locked"]
    assert outcome.facts("utter_identity_code_locked")["minutes"] == "15"


async def checked(conversation: Conversation, outcome: str) -> Outcome:
    conversation.next_turn()
    return await conversation.run("action_report_code_outcome", intent="code_checked", entities={"outcome": outcome})
