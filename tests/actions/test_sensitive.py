"""No fact of any customer without a verification in the database, whatever the dialogue claims."""

from datetime import timedelta

import pytest
from rasa_sdk.executor import ActionExecutor
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from actions.questions import ACTION_OF_QUESTION
from actions.sensitive import ACTION_OF_CONFIRMATION
from billing.models.identity import Challenge
from billing.models.turn_effect import TurnEffect
from billing.turn_token import TurnTokenInvalid
from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, OCTOBER, issue_bills, make_subscriber
from tests.databases import written_once
from tests.fakes.clock import FixedClock

ANSWERS = ("utter_invoices", "utter_payments", "utter_disputes", "utter_contracts")
CONFIRMS = {action: response for response, action in ACTION_OF_CONFIRMATION.items()}
QUESTIONS = pytest.mark.parametrize(("intent", "action"), ACTION_OF_QUESTION.items())
# A cancellation is recorded whoever states it; its receipt holds the day and a reference, nothing of a customer.
RECORDED_FOR_ANYBODY = "cancel_service"
RECEIPT = {"utter_contracts_end_recorded", "utter_contracts_end_who"}
ASKED_OF_THE_CUSTOMER = pytest.mark.parametrize(
    ("intent", "action"), [each for each in ACTION_OF_QUESTION.items() if each[0] != RECORDED_FOR_ANYBODY]
)


@pytest.fixture(autouse=True)
@written_once
def bills(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        make_subscriber(session)
    issue_bills(sessions, OCTOBER)


@pytest.fixture(autouse=True)
def effects_said(request: pytest.FixtureRequest, conversation: Conversation) -> None:
    """A change may be asked for: its effects were said in the turn before."""
    action = request.getfixturevalue("action") if "action" in request.fixturenames else ""
    if action in CONFIRMS:
        conversation.was_said("", CONFIRMS[action])


def tells_nothing(outcome: Outcome) -> bool:
    return outcome.cards == [] and not any(name.startswith(ANSWERS) for name in outcome.said if name not in RECEIPT)


@ASKED_OF_THE_CUSTOMER
async def test_unverified_the_question_is_kept_and_the_number_asked_for(
    conversation: Conversation, intent: str, action: str
) -> None:
    outcome = await conversation.run(action, intent=intent)

    assert tells_nothing(outcome)
    assert outcome.goes_on_with == "identity_form"
    assert conversation.waiting == [intent]


@ASKED_OF_THE_CUSTOMER
async def test_slots_that_claim_a_verified_customer_open_nothing(
    conversation: Conversation, intent: str, action: str
) -> None:
    conversation.slots |= {
        "identity_customer_number": NUMBER,
        "identity_verified": True,
        "verified": True,
        "customer_id": "1",
    }

    outcome = await conversation.run(action, intent=intent)

    assert tells_nothing(outcome)
    assert outcome.goes_on_with == "action_start_challenge"


@QUESTIONS
async def test_a_verification_of_another_conversation_opens_nothing(
    conversation: Conversation, executor: ActionExecutor, intent: str, action: str
) -> None:
    conversation.verify_as(NUMBER)
    stranger = Conversation(executor, conversation.sessions, conversation.clock)

    assert tells_nothing(await stranger.run(action, intent=intent))


@QUESTIONS
async def test_a_verification_that_ran_out_opens_nothing(
    conversation: Conversation, clock: FixedClock, intent: str, action: str
) -> None:
    conversation.verify_as(NUMBER)
    clock.advance(minutes=30)

    assert tells_nothing(await conversation.run(action, intent=intent))


@pytest.mark.every_case_on_both
@pytest.mark.parametrize(
    ("intent", "action"), [(intent, action) for intent, action in ACTION_OF_QUESTION.items() if action not in CONFIRMS]
)
async def test_verified_the_question_is_answered_and_no_longer_waits(
    conversation: Conversation, intent: str, action: str
) -> None:
    conversation.verify_as(NUMBER)
    conversation.let_wait(intent)
    conversation.active_loop = "identity_form"

    outcome = await conversation.run(action, intent=intent)

    assert not tells_nothing(outcome)
    assert outcome.ended_form
    assert conversation.waiting == []
    assert outcome.goes_on_with == "action_listen"


@QUESTIONS
async def test_a_token_that_is_not_ours_or_too_old_is_refused_and_nothing_is_written(
    conversation: Conversation, clock: FixedClock, intent: str, action: str
) -> None:
    conversation.verify_as(NUMBER)
    forged = conversation.token(secret="guessed")
    expired = conversation.token(expires_at=clock.now() - timedelta(seconds=1))

    for token in ("", "x", forged, expired):
        with pytest.raises(TurnTokenInvalid):
            await conversation.run(action, intent=intent, token=token)


async def test_with_a_forged_token_no_code_is_sent(conversation: Conversation, sessions: sessionmaker[Session]) -> None:
    conversation.slots["identity_customer_number"] = NUMBER

    with pytest.raises(TurnTokenInvalid):
        await conversation.run("action_start_challenge", token=conversation.token(secret="guessed"))

    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Challenge)) == 0
        assert session.scalar(select(func.count()).select_from(TurnEffect)) == 0
    assert conversation.text_messages() == []


async def test_a_number_in_the_question_is_taken_at_once(conversation: Conversation) -> None:
    conversation.slots["identity_customer_number"] = "1234 5678"

    outcome = await conversation.run(
        "action_tell_balance_due", intent="check_balance_due", entities={"customer_number": "1234 5678"}
    )

    assert outcome.goes_on_with == "action_start_challenge"


async def test_while_a_code_is_on_its_way_the_bot_waits_for_it(conversation: Conversation) -> None:
    conversation.slots["identity_customer_number"] = NUMBER
    await conversation.run("action_start_challenge", intent="request_code")
    conversation.next_turn()

    outcome = await conversation.run("action_tell_balance_due", intent="check_balance_due")

    assert outcome.said == ["utter_identity_code_pending"]
    assert conversation.waiting == ["check_balance_due"]
    assert len(conversation.text_messages()) == 1


async def test_a_code_that_ran_out_is_not_waited_for(conversation: Conversation, clock: FixedClock) -> None:
    conversation.slots["identity_customer_number"] = NUMBER
    await conversation.run("action_start_challenge", intent="request_code")
    conversation.next_turn()
    clock.advance(minutes=10)

    outcome = await conversation.run("action_tell_balance_due", intent="check_balance_due")

    assert outcome.said == []
    assert outcome.goes_on_with == "action_start_challenge"
    assert conversation.waiting == ["check_balance_due"]
