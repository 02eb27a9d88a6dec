"""To a person, a yes, a no, another language."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.models.human_task import HumanTask, TaskKind
from tests.actions.conversation import Conversation

# What is stored here is one row, by code that is tested on both databases.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_person_is_asked_for_without_a_word_and_with_the_topic(conversation: Conversation) -> None:
    conversation.slots["handoff_topic"] = "bills"

    outcome = await conversation.run("action_request_handoff", intent="speak_to_human")

    assert outcome.said == []
    assert outcome.commands == [{"type": "handoff", "reason": "asked_for_person", "topic": "bills"}]


async def test_a_person_ends_the_form(conversation: Conversation) -> None:
    conversation.active_loop = "identity_form"

    assert (await conversation.run("action_request_handoff", intent="speak_to_human")).ended_form


@pytest.mark.parametrize(
    ("action", "intent", "topic"),
    [
        ("action_request_handoff", "speak_to_human", "payments"),
        ("action_request_callback", "request_callback", "payments"),
        ("action_handle_third_party", "third_party", "payments"),
        ("action_hand_over_details", "confirm_update_details", "details"),
    ],
)
async def test_only_a_wish_for_a_person_takes_its_topic_from_the_other_wish(
    conversation: Conversation, action: str, intent: str, topic: str
) -> None:
    conversation.slots["handoff_topic"] = "details"

    outcome = await conversation.run(action, intent=intent, also="check_balance_due")

    assert [command["topic"] for command in outcome.commands] == [topic]


async def test_without_a_topic_the_topic_is_other(conversation: Conversation) -> None:
    outcome = await conversation.run("action_request_handoff", intent="speak_to_human")

    assert outcome.commands[0]["topic"] == "other"


async def test_what_is_not_understood_is_first_asked_for_in_other_words(conversation: Conversation) -> None:
    outcome = await conversation.run("action_handle_fallback", intent="nlu_fallback")

    assert (outcome.said, outcome.commands) == (["utter_handoff_rephrase"], [])


async def test_what_is_no_matter_of_ours_is_first_told_so(conversation: Conversation) -> None:
    outcome = await conversation.run("action_handle_out_of_scope", intent="out_of_scope", text="how is the weather")

    assert (outcome.said, outcome.commands) == (["utter_smalltalk_out_of_scope"], [])


@pytest.mark.parametrize("before", ["nlu_fallback", "out_of_scope"])
@pytest.mark.parametrize(
    ("action", "intent"),
    [("action_handle_fallback", "nlu_fallback"), ("action_handle_out_of_scope", "out_of_scope")],
)
async def test_the_second_time_in_a_row_a_person_takes_over(
    conversation: Conversation, before: str, action: str, intent: str
) -> None:
    conversation.was_said(before, "utter_handoff_rephrase")

    outcome = await conversation.run(action, intent=intent)

    assert outcome.said == ["utter_handoff_not_understood"]
    assert outcome.commands == [{"type": "handoff", "reason": "not_understood", "topic": "other"}]


@pytest.mark.parametrize(("text", "follows"), [("1", "action_agree_instalments"), ("2", "action_handle_deny")])
@pytest.mark.parametrize(
    ("action", "intent"),
    [("action_handle_fallback", "nlu_fallback"), ("action_handle_out_of_scope", "out_of_scope")],
)
async def test_a_plain_answer_to_a_list_of_effects_is_one_also_after_words_that_were_not_understood(
    conversation: Conversation, action: str, intent: str, text: str, follows: str
) -> None:
    conversation.was_said("nlu_fallback", "utter_payments_plan_confirm_parts")

    outcome = await conversation.run(action, intent=intent, text=text)

    assert (outcome.goes_on_with, outcome.said, outcome.commands) == (follows, [], [])


async def test_understanding_something_in_between_starts_the_count_anew(conversation: Conversation) -> None:
    conversation.was_said("nlu_fallback", "utter_handoff_rephrase")
    conversation.was_said("thank", "utter_smalltalk_welcome")

    outcome = await conversation.run("action_handle_fallback", intent="nlu_fallback")

    assert outcome.said == ["utter_handoff_rephrase"]


async def test_an_intent_that_no_rule_knows_ends_the_turn(conversation: Conversation) -> None:
    outcome = await conversation.run("action_handle_fallback", intent="something_new")

    assert outcome.goes_on_with == "action_listen"


async def test_a_yes_to_a_person_who_could_help_fetches_one(conversation: Conversation) -> None:
    conversation.was_said("dispute_charge", "utter_disputes_unclear")

    outcome = await conversation.run("action_handle_affirm", intent="affirm")

    assert [command["reason"] for command in outcome.commands] == ["asked_for_person"]


async def test_a_yes_to_a_new_code_sends_one(conversation: Conversation) -> None:
    conversation.was_said("report_missing_code", "utter_identity_missing_code")

    outcome = await conversation.run("action_handle_affirm", intent="affirm")

    assert outcome.goes_on_with == "action_start_challenge"


async def test_a_yes_to_nothing_asks_what_for(conversation: Conversation) -> None:
    conversation.was_said("dispute_charge", "utter_disputes_unclear")
    conversation.was_said("thank", "utter_smalltalk_welcome")

    outcome = await conversation.run("action_handle_affirm", intent="affirm")

    assert (outcome.said, outcome.commands) == (["utter_smalltalk_go_on"], [])


async def test_a_no_ends_the_form_and_forgets_the_question(conversation: Conversation) -> None:
    conversation.active_loop = "identity_form"
    conversation.let_wait("check_balance_due")

    outcome = await conversation.run("action_handle_deny", intent="deny")

    assert outcome.ended_form
    assert conversation.waiting == []


@pytest.mark.parametrize("language", ["en", "de", "fi"])
async def test_another_language_holds_for_the_answer_and_is_told_to_the_contact_centre(
    conversation: Conversation, language: str
) -> None:
    outcome = await conversation.run(
        "action_switch_language", intent="change_language", entities={"language": language}
    )
    confirmed = await conversation.run(
        "action_confirm_language", intent="change_language", entities={"language": language}
    )

    assert outcome.commands == [{"type": "language", "language": language}]
    assert conversation.slots["language"] == language
    assert confirmed.said == ["utter_smalltalk_language_changed"]


@pytest.mark.parametrize("entities", [{}, {"language": "sv"}])
async def test_a_language_that_is_not_named_or_not_ours_is_asked_for(
    conversation: Conversation, entities: dict[str, str]
) -> None:
    outcome = await conversation.run("action_switch_language", intent="change_language", entities=entities)
    choice = await conversation.run("action_confirm_language", intent="change_language", entities=entities)

    assert outcome.commands == []
    assert choice.said == ["utter_smalltalk_language_choice"]
    assert [button["title"] for button in choice.messages[0]["buttons"]] == ["English", "Deutsch", "Suomi"]
    assert choice.messages[0]["buttons"][1]["payload"] == '/change_language{"language": "de"}'


@pytest.mark.parametrize(
    ("action", "intent", "said", "reason"),
    [
        ("action_request_callback", "request_callback", "utter_handoff_callback", "callback_asked"),
        ("action_handle_third_party", "third_party", "utter_handoff_third_party", "third_party"),
    ],
)
async def test_what_only_people_do_goes_to_a_person_with_its_reason_and_leaves_the_form(
    conversation: Conversation, action: str, intent: str, said: str, reason: str
) -> None:
    conversation.active_loop = "identity_form"
    conversation.let_wait("check_balance_due")

    outcome = await conversation.run(action, intent=intent)

    assert (outcome.said, [command["reason"] for command in outcome.commands]) == ([said], [reason])
    assert outcome.ended_form
    assert conversation.waiting == []


async def test_a_complaint_is_recorded_once_for_a_person_and_the_second_one_gets_one(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    first = await conversation.run("action_handle_complaint", intent="complain")
    conversation.next_turn()
    second = await conversation.run("action_handle_complaint", intent="complain")

    assert (first.said, first.commands) == (["utter_handoff_complaint"], [])
    assert second.said == ["utter_handoff_complaint_again"]
    assert [command["reason"] for command in second.commands] == ["complaint"]
    with sessions() as session:
        (task,) = session.scalars(select(HumanTask))
        assert (task.kind, task.facts) == (
            TaskKind.COMPLAINT_MADE,
            {"conversation_id": str(conversation.conversation_id)},
        )
