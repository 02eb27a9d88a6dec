"""A change waits for a plain yes to the list of its effects: none half-hearted, none late, none for two at once."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from actions.consent import is_plain_yes
from billing.models.credit_note import CreditNote
from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, OCTOBER, SEPTEMBER, issue_bills, make_subscriber
from tests.factories.billing import make_one_off
from tests.fakes.clock import FixedClock

PLAIN = (
    "yes",
    "Yes, please!",
    "YES",
    "ok",
    "OK.",
    "okay thanks",
    "1",
    "sure, go ahead",
    "yes do it",
    "ja",
    "Ja, bitte.",
    "ja bitte machen Sie das",
    "einverstanden",
    "genau so machen",
    "ja danke",
    "joo",
    "joo kiitos",
    "kyllä, kiitos",
    "selvä, tee niin",
    "käy hyvin",
    "käy hyvin".replace("ä", "a\u0308"),
    "that\u2019s right",
    "ok 👍",
    "yes 👍🏽!",
    "joo :)",
)
NOT_PLAIN = (
    "",
    "   ",
    "...",
    "yes but",
    "yes, but only the March one",
    "yes?",
    "yes if it is free",
    "ok whatever",
    "ok, whatever you say",
    "I guess so",
    "maybe yes",
    "yes no",
    "not ok",
    "no",
    "2",
    "11",
    "please",
    "thanks",
    "ja aber",
    "ja, aber nicht den ganzen Betrag",
    "ja nein",
    "von mir aus",
    "nicht einverstanden",
    "no joo kai",
    "joo mutta",
    "kyllä jos se on ilmainen",
    "en",
    "selvä",
    "ei käy",
    "en hyväksy",
    "👍",
    "ok 👎",
    "yes 🙄",
    "ja 😡",
    "joo 🤷",
    "ok :(",
    "ok :/",
    "yes /s",
    "ok?!",
    "yes\u0338",
    "yes " * 100,
)


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_yes_is_one(text: str) -> None:
    assert is_plain_yes(text)


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_anything_less_is_none(text: str) -> None:
    assert not is_plain_yes(text)


@pytest.fixture
def offered(sessions: sessionmaker[Session], conversation: Conversation) -> Conversation:
    """A visit of 49.90 stands twice on October's bill, and the correction was offered in the turn before."""
    with sessions.begin() as session:
        contract = make_subscriber(session)
        for _ in range(2):
            make_one_off(session, contract, charged_on=date(2026, 10, 8), amount_minor=4990)
    issue_bills(sessions, SEPTEMBER, OCTOBER)
    conversation.verify_as(NUMBER)
    conversation.was_said("dispute_charge", "utter_disputes_offer")
    return conversation


async def say(conversation: Conversation, text: str, intent: str = "affirm") -> Outcome:
    """Play the yes through to the action that it starts."""
    outcome = await conversation.run("action_handle_affirm", intent=intent, text=text)
    assert outcome.goes_on_with is not None
    return await conversation.run(outcome.goes_on_with, intent=intent, text=text)


def credit_notes(conversation: Conversation) -> int:
    with conversation.sessions() as session:
        return session.scalar(select(func.count()).select_from(CreditNote)) or 0


async def test_a_plain_yes_brings_the_change_about(offered: Conversation) -> None:
    assert (await say(offered, "yes please")).said == ["utter_disputes_corrected"]
    assert credit_notes(offered) == 1


@pytest.mark.parametrize("text", ["yes but", "ok whatever", "ja aber", "no joo kai"])
async def test_a_half_yes_changes_nothing_and_brings_the_effects_once_more(offered: Conversation, text: str) -> None:
    outcome = await say(offered, text)

    assert outcome.said == ["utter_smalltalk_no_plain_yes"]
    assert outcome.goes_on_with == "action_check_charges"
    assert credit_notes(offered) == 0


async def test_the_button_made_for_it_is_a_yes(offered: Conversation) -> None:
    outcome = await offered.run("action_correct_charges", intent="accept_correction")

    assert outcome.said == ["utter_disputes_corrected"]


async def test_an_old_button_brings_the_effects_once_more(offered: Conversation) -> None:
    offered.was_said("thank", "utter_smalltalk_welcome")

    outcome = await offered.run("action_correct_charges", intent="accept_correction")

    assert (outcome.said, outcome.goes_on_with) == ([], "action_check_charges")
    assert credit_notes(offered) == 0


async def test_one_yes_to_two_lists_is_none(offered: Conversation) -> None:
    offered.was_said("dispute_charge", "utter_disputes_offer", "utter_disputes_confirm")

    outcome = await say(offered, "yes")

    assert outcome.said == ["utter_smalltalk_no_plain_yes"]
    assert credit_notes(offered) == 0


async def test_a_yes_after_something_else_was_said_may_mean_that_and_changes_nothing(offered: Conversation) -> None:
    offered.was_said("dispute_charge", "utter_disputes_offer", "utter_contracts_minimum_term")

    outcome = await say(offered, "yes")

    assert (outcome.said, outcome.goes_on_with) == (["utter_smalltalk_no_plain_yes"], "action_check_charges")
    assert credit_notes(offered) == 0


@pytest.mark.parametrize("addition", ["utter_disputes_rest_by_person", "utter_smalltalk_yes_or_no_by_number"])
async def test_what_belongs_to_the_effects_may_be_said_after_them(offered: Conversation, addition: str) -> None:
    offered.was_said("dispute_charge", "utter_disputes_offer", addition)

    assert (await say(offered, "yes")).said == ["utter_disputes_corrected"]


async def test_what_asks_for_a_yes_is_answered_after_what_else_waited(offered: Conversation) -> None:
    offered.let_wait("dispute_charge", "check_balance_due")
    first = await offered.run("action_report_code_outcome", intent="code_checked", entities={"outcome": "verified"})
    second = await offered.run(str(first.goes_on_with), intent="code_checked")
    last = await offered.run(str(second.goes_on_with), intent="code_checked")

    assert (first.goes_on_with, second.goes_on_with) == ("action_tell_balance_due", "action_check_charges")
    assert (last.said[-1], last.goes_on_with) == ("utter_disputes_offer", "action_listen")


async def test_a_double_tap_changes_things_once(offered: Conversation) -> None:
    for _ in range(2):
        await offered.run("action_correct_charges", intent="accept_correction")
        offered.next_turn()

    assert credit_notes(offered) == 1


async def test_a_yes_after_the_verification_ran_out_brings_the_effects_again(
    offered: Conversation, clock: FixedClock
) -> None:
    await offered.run("action_check_charges", intent="dispute_charge", entities={"period": "2026-10"})
    clock.advance(minutes=30)
    asked = await say(offered, "yes")
    assert asked.goes_on_with == "identity_form"
    assert offered.waiting == ["dispute_charge"]

    offered.verify_as(NUMBER)
    offered.next_turn()
    offered.was_said("affirm", "utter_identity_code_sent")
    outcome = await offered.run("action_report_code_outcome", intent="code_checked", entities={"outcome": "verified"})

    assert outcome.goes_on_with == "action_check_charges"
    assert credit_notes(offered) == 0
