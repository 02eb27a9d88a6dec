"""Corrections, once more, one step back, from the start: the question found again, with what was meant."""

import json

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from actions.questions import Question, read_questions, write_questions
from billing.models.customer import Customer
from tests.actions.conversation import Conversation
from tests.actions.customers import NUMBER, OCTOBER, SEPTEMBER, issue_bills, make_subscriber
from tests.fakes.clock import FixedClock

# What is stored is tested on both databases by each skill's own tests.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def customer(sessions: sessionmaker[Session], conversation: Conversation) -> Conversation:
    with sessions.begin() as session:
        make_subscriber(session)
    issue_bills(sessions, SEPTEMBER, OCTOBER)
    conversation.verify_as(NUMBER)
    return conversation


def asked(conversation: Conversation) -> list[tuple[str, dict[str, str]]]:
    return [(each.intent, dict(each.details)) for each in read_questions(conversation.slots.get("questions"))]


def let_have_asked(conversation: Conversation, *questions: Question) -> None:
    conversation.slots["questions"] = write_questions(questions)


async def test_a_correction_asks_the_last_question_again_about_another_bill(customer: Conversation) -> None:
    await customer.run("action_explain_bill_change", intent="why_bill_higher", entities={"invoice_number": "DE-1"})
    customer.next_turn()

    outcome = await customer.run("action_use_information", intent="inform", entities={"period": "2026-09"})

    assert outcome.goes_on_with == "action_explain_bill_change"
    assert asked(customer) == [("why_bill_higher", {"period": "2026-09"})]


async def test_a_no_with_a_value_is_a_correction(customer: Conversation) -> None:
    let_have_asked(customer, Question("why_bill_higher", {"period": "2026-10"}))

    outcome = await customer.run(
        "action_handle_deny", intent="deny", entities={"period": "2026-09"}, text="no, September"
    )

    assert outcome.goes_on_with == "action_explain_bill_change"
    assert asked(customer) == [("why_bill_higher", {"period": "2026-09"})]


async def test_a_new_question_without_a_value_is_about_the_newest_bill(customer: Conversation) -> None:
    let_have_asked(customer, Question("why_bill_higher", {"period": "2026-09"}))

    await customer.run("action_explain_bill_change", intent="why_bill_higher")

    assert asked(customer) == [("why_bill_higher", {})]


async def test_what_was_meant_survives_the_form_and_the_code(conversation: Conversation) -> None:
    await conversation.run("action_tell_balance_due", intent="check_balance_due", entities={"period": "2026-09"})
    conversation.next_turn()
    await conversation.run("action_use_information", intent="inform", entities={"period": "2026-08"}, text="August")

    assert conversation.waiting == ["check_balance_due"]
    (waiting,) = read_questions(conversation.slots["identity_waiting_questions"])
    assert waiting.details == {"period": "2026-08"}


async def test_a_value_while_a_code_is_on_its_way_is_kept_and_the_code_asked_for(conversation: Conversation) -> None:
    conversation.slots["identity_customer_number"] = NUMBER
    conversation.let_wait("check_balance_due")
    await conversation.run("action_start_challenge", intent="request_code")
    conversation.next_turn()

    outcome = await conversation.run("action_use_information", intent="inform", entities={"period": "2026-09"})

    assert outcome.said == ["utter_identity_code_pending"]


async def test_a_value_where_no_code_was_sent_asks_for_the_number(conversation: Conversation) -> None:
    conversation.let_wait("cancel_service")

    outcome = await conversation.run("action_use_information", intent="inform", entities={"period": "2026-09"})

    assert (outcome.said, outcome.goes_on_with) == ([], "identity_form")
    (waiting,) = read_questions(conversation.slots["identity_waiting_questions"])
    assert (waiting.intent, waiting.details) == ("cancel_service", {"period": "2026-09"})


async def test_a_value_after_the_code_ran_out_sends_another(conversation: Conversation, clock: FixedClock) -> None:
    conversation.slots["identity_customer_number"] = NUMBER
    conversation.let_wait("check_balance_due")
    await conversation.run("action_start_challenge", intent="request_code")
    conversation.next_turn()
    clock.advance(minutes=10)

    outcome = await conversation.run("action_use_information", intent="inform", entities={"period": "2026-09"})

    assert (outcome.said, outcome.goes_on_with) == ([], "action_start_challenge")
    assert conversation.waiting == ["check_balance_due"]


async def test_personal_values_are_not_kept(conversation: Conversation) -> None:
    values = {"customer_number": NUMBER, "email": "a@b.example", "phone_number": "+491", "amount": "4.90"}

    await conversation.run("action_tell_balance_due", intent="check_balance_due", entities=values)

    (waiting,) = read_questions(conversation.slots["identity_waiting_questions"])
    assert waiting.details == {"amount": "4.90"}


async def test_a_bare_customer_number_starts_the_challenge(conversation: Conversation) -> None:
    outcome = await conversation.run(
        "action_use_information", intent="inform", entities={"customer_number": NUMBER}, text=NUMBER
    )

    assert outcome.goes_on_with == "action_start_challenge"


async def test_a_value_with_nothing_before_it_is_asked_about_kindly(conversation: Conversation) -> None:
    outcome = await conversation.run("action_use_information", intent="inform", text="well, that one")

    assert outcome.said == ["utter_smalltalk_what_about"]


async def test_a_bill_with_no_question_before_it_can_be_asked_about_by_button(conversation: Conversation) -> None:
    outcome = await conversation.run("action_use_information", intent="inform", entities={"period": "2026-09"})

    assert outcome.said == ["utter_smalltalk_what_about_bill"]
    payloads = [button["payload"].partition("{") for button in outcome.messages[0]["buttons"]]
    assert [name for name, _, _ in payloads] == ["/explain_bill", "/get_invoice_copy", "/dispute_charge"]
    assert {json.loads(brace + rest)["period"] for _, brace, rest in payloads} == {"2026-09"}


async def test_a_button_about_several_months_serves_them_all(customer: Conversation) -> None:
    with customer.sessions.begin() as session:
        session.execute(update(Customer).values(email="lena@post.example"))
    months = [("period", "2026-09"), ("period", "2026-10")]
    asked_back = await customer.run("action_use_information", intent="inform", entities=months)
    (copies,) = (b for b in asked_back.messages[0]["buttons"] if b["payload"].startswith("/get_invoice_copy"))
    customer.next_turn()

    values = json.loads(copies["payload"].removeprefix("/get_invoice_copy"))
    outcome = await customer.run("action_send_invoice_copy", intent="get_invoice_copy", entities=values)

    assert outcome.said == ["utter_invoices_copies_sent"]
    assert "September" in outcome.facts("utter_invoices_copies_sent")["months"]
    assert "October" in outcome.facts("utter_invoices_copies_sent")["months"]


@pytest.mark.parametrize("intent", ["inform", "nlu_fallback"])
async def test_a_yes_that_was_taken_for_something_else_is_still_one(conversation: Conversation, intent: str) -> None:
    action = {"inform": "action_use_information", "nlu_fallback": "action_handle_fallback"}[intent]
    conversation.was_said("open_dispute", "utter_disputes_confirm")

    assert (await conversation.run(action, intent=intent, text="1")).goes_on_with == "action_open_dispute"


@pytest.mark.parametrize("text", ["2", "no", "ei"])
async def test_a_no_in_a_number_leaves_what_waits_for_a_yes(conversation: Conversation, text: str) -> None:
    conversation.was_said("open_dispute", "utter_disputes_confirm")

    outcome = await conversation.run("action_use_information", intent="inform", text=text)

    assert outcome.goes_on_with == "action_handle_deny"


@pytest.mark.parametrize(
    ("action", "intent"), [("action_use_information", "inform"), ("action_handle_fallback", "nlu_fallback")]
)
async def test_words_after_a_question_of_ours_are_its_answer(
    conversation: Conversation, action: str, intent: str
) -> None:
    conversation.was_said("payment_plan", "utter_payments_plan_options")

    outcome = await conversation.run(action, intent=intent, text="in three parts then")

    assert outcome.goes_on_with == "action_offer_payment_plan"


async def test_words_that_are_not_understood_twice_go_to_a_person_all_the_same(conversation: Conversation) -> None:
    conversation.was_said("nlu_fallback", "utter_payments_plan_options")

    outcome = await conversation.run("action_handle_fallback", intent="nlu_fallback", text="purple")

    assert [command["reason"] for command in outcome.commands] == ["not_understood"]


async def test_several_months_are_kept_over_the_code(conversation: Conversation) -> None:
    months = [("period", "2026-03"), ("period", "2026-04")]
    await conversation.run("action_send_invoice_copy", intent="get_invoice_copy", entities=months)

    (waiting,) = read_questions(conversation.slots["identity_waiting_questions"])
    assert waiting.details == {"period": "2026-03,2026-04"}


async def test_by_text_message_a_list_of_effects_says_how_to_answer(customer: Conversation) -> None:
    on_the_web = await customer.run("action_confirm_dispute", intent="open_dispute")
    customer.slots["channel"] = "sms"
    by_text_message = await customer.run("action_confirm_dispute", intent="open_dispute")

    assert by_text_message.said == [*on_the_web.said, "utter_smalltalk_yes_or_no_by_number"]


@pytest.mark.parametrize(
    ("action", "intent"),
    [
        ("action_explain_details_change", "update_details"),
        ("action_explain_payment_method", "change_payment_method"),
    ],
)
async def test_by_text_message_the_offer_of_a_person_says_how_to_answer_too(
    conversation: Conversation, action: str, intent: str
) -> None:
    on_the_web = await conversation.run(action, intent=intent)
    conversation.slots["channel"] = "sms"
    by_text_message = await conversation.run(action, intent=intent)

    assert by_text_message.said == [*on_the_web.said, "utter_smalltalk_yes_or_no_by_number"]


async def test_once_more_answers_the_last_question_from_the_database(customer: Conversation) -> None:
    await customer.run("action_tell_balance_due", intent="check_balance_due")
    customer.next_turn()

    assert (await customer.run("action_repeat", intent="repeat")).goes_on_with == "action_tell_balance_due"


async def test_once_more_in_the_form_leaves_it_to_the_form(conversation: Conversation) -> None:
    conversation.active_loop = "identity_form"
    conversation.let_wait("check_balance_due")

    outcome = await conversation.run("action_repeat", intent="repeat")

    assert (outcome.said, outcome.goes_on_with) == ([], None)


async def test_once_more_while_a_code_is_on_its_way_asks_for_the_code(conversation: Conversation) -> None:
    conversation.slots["identity_customer_number"] = NUMBER
    conversation.let_wait("check_balance_due")
    await conversation.run("action_start_challenge", intent="request_code")
    conversation.next_turn()

    assert (await conversation.run("action_repeat", intent="repeat")).said == ["utter_identity_code_pending"]


async def test_once_more_with_nothing_before_it_says_what_can_be_asked(conversation: Conversation) -> None:
    assert (await conversation.run("action_repeat", intent="repeat")).said == ["utter_smalltalk_capabilities"]


async def test_back_answers_the_question_before(conversation: Conversation) -> None:
    let_have_asked(conversation, Question("check_balance_due"), Question("why_bill_higher", {"period": "2026-09"}))

    outcome = await conversation.run("action_go_back", intent="go_back")

    assert outcome.goes_on_with == "action_tell_balance_due"
    assert asked(conversation) == [("check_balance_due", {})]


async def test_back_leaves_the_form(conversation: Conversation) -> None:
    conversation.active_loop = "identity_form"
    conversation.let_wait("check_balance_due")
    let_have_asked(conversation, Question("why_bill_higher"), Question("check_balance_due"))

    outcome = await conversation.run("action_go_back", intent="go_back")

    assert outcome.ended_form
    assert (outcome.said, conversation.waiting) == (["utter_smalltalk_leave_it"], [])


async def test_back_leaves_what_waits_for_a_yes(conversation: Conversation) -> None:
    conversation.was_said("open_dispute", "utter_disputes_confirm")
    let_have_asked(conversation, Question("check_balance_due"), Question("open_dispute"))

    outcome = await conversation.run("action_go_back", intent="go_back")

    assert (outcome.said, outcome.goes_on_with) == (["utter_smalltalk_leave_it"], "action_listen")


async def test_from_the_start_forgets_all_but_the_verification(customer: Conversation) -> None:
    customer.active_loop = "identity_form"
    customer.slots |= {"handoff_topic": "bills", "some_offer": "x", "channel": "sms", "language": "fi"}
    let_have_asked(customer, Question("check_balance_due"))
    customer.let_wait("check_balance_due")

    outcome = await customer.run("action_start_over", intent="start_over")

    assert outcome.said == ["utter_smalltalk_start_over"]
    assert outcome.ended_form
    assert {name: value for name, value in customer.slots.items() if value} == {"channel": "sms", "language": "fi"}
    customer.next_turn()
    answered = await customer.run("action_tell_balance_due", intent="check_balance_due")
    assert answered.said[0].startswith("utter_payments_")


async def test_two_questions_wait_and_both_are_answered_after_the_code(customer: Conversation) -> None:
    customer.let_wait("check_balance_due", "list_invoices")

    start = await customer.run("action_report_code_outcome", intent="code_checked", entities={"outcome": "verified"})
    first = await customer.run(str(start.goes_on_with), intent="code_checked", entities={"outcome": "verified"})
    second = await customer.run(str(first.goes_on_with), intent="code_checked", entities={"outcome": "verified"})

    assert start.goes_on_with == "action_tell_balance_due"
    assert first.said[0].startswith("utter_payments_")
    assert first.goes_on_with == "action_list_invoices"
    assert second.said == ["utter_invoices_list"]
    assert second.goes_on_with == "action_listen"
    assert customer.waiting == []


async def test_the_second_wish_of_a_message_waits_without_asking_for_the_number_twice(
    conversation: Conversation,
) -> None:
    await conversation.run("action_tell_balance_due", intent="check_balance_due")
    conversation.active_loop = "identity_form"
    conversation.was_said("check_balance_due", "utter_identity_ask_number")

    outcome = await conversation.run("action_list_invoices", intent="list_invoices", sub_turn=1)

    assert (outcome.said, outcome.goes_on_with) == ([], "action_listen")
    assert conversation.waiting == ["check_balance_due", "list_invoices"]


async def test_the_second_wish_asks_who_is_there_when_the_first_one_needed_nobody(conversation: Conversation) -> None:
    conversation.was_said("cancel_service", "utter_contracts_end_noted")

    outcome = await conversation.run("action_list_invoices", intent="list_invoices", sub_turn=1)

    assert outcome.goes_on_with == "identity_form"
