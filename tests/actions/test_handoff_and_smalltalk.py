"""To a person, a yes, a no, another language."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from actions.smalltalk import OFFERS_A_CODE, OFFERS_A_PERSON
from billing.models.human_task import HumanTask, TaskKind
from tests.actions.conversation import Conversation
from tests.bot.domain_files import Response, language_of, read_domain

# What is stored here is one row, by code that is tested on both databases.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

RESPONSES: dict[str, list[Response]] = read_domain()["responses"]
TO_A_PERSON = "/speak_to_human"
A_PERSON = re.compile(r"\b(person|people|someone|colleague|customer service)\b", re.IGNORECASE)
# They name a person, but a yes to them asks for none: it is one to something else, or a person is at it already.
NO_OFFER = {
    *("utter_contracts_end_who", "utter_contracts_end_next", "utter_contracts_end_by_person"),
    *("utter_contracts_end_none_running", "utter_contracts_end_day_by_person", "utter_contracts_end_stands"),
    *("utter_contracts_ended", "utter_contracts_not_suspended", "utter_contracts_discount_by_person"),
    *("utter_contracts_offer_not_found", "utter_contracts_change_within_term", "utter_contracts_change_ends"),
    *("utter_contracts_change_unclear", "utter_disputes_opened", "utter_disputes_opened_late"),
    *("utter_disputes_open_already", "utter_disputes_stated_wrongly", "utter_disputes_rest_by_person"),
    *("utter_handoff_not_understood", "utter_handoff_callback", "utter_handoff_third_party"),
    *("utter_handoff_complaint_again", "utter_payments_refund_requested", "utter_payments_refund_waiting"),
    *("utter_payments_refund_sent", "utter_payments_refund_refused"),
    *("utter_identity_ask_number_again", "utter_identity_number_invalid", "utter_identity_why_verify"),
    "utter_smalltalk_bot",
}


def in_english(response: str) -> Response:
    (variation,) = [each for each in RESPONSES[response] if language_of(each) == "en"]
    return variation


def names_a_person(response: str) -> bool:
    """Say whether a statement ends with a person, in its words or as the first of its buttons."""
    english = in_english(response)
    first_button = next(iter(english.get("buttons", ())), {"payload": ""})
    return "?" not in english["text"] and bool(
        A_PERSON.search(english["text"]) or first_button["payload"] == TO_A_PERSON
    )


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


@pytest.mark.parametrize("response", [name for name in RESPONSES if names_a_person(name)])
async def test_a_yes_to_words_about_a_person_fetches_one_unless_it_is_known_to_mean_something_else(
    conversation: Conversation, response: str
) -> None:
    conversation.was_said("thank", response)

    outcome = await conversation.run("action_handle_affirm", intent="affirm")

    is_fetched = [command["reason"] for command in outcome.commands] == ["asked_for_person"]
    assert is_fetched != (response in NO_OFFER | OFFERS_A_CODE)


@pytest.mark.parametrize("offer", sorted(OFFERS_A_PERSON))
async def test_a_yes_to_a_person_who_could_help_fetches_one(conversation: Conversation, offer: str) -> None:
    conversation.was_said("dispute_charge", offer)

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
