"""A tracker that lives for one turn: state in, compacted state out, the same size at any depth."""

import json

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered

from bot.turn_store import TURNS_KEPT, compact, restore_tracker
from tests.bot.domain_files import ROOT

WORDS = "my name is Lena and I live in Kiel"


@pytest.fixture(scope="module")
def domain():
    return Domain.load(ROOT / "bot/domain")


def restored(domain, state, **slots):
    return restore_tracker("c-1", domain, state, {"language": "de", "channel": "webchat", **slots})


def play_turn(tracker, intent, *responses):
    tracker.update(UserUttered(WORDS, {"name": intent, "confidence": 0.9}))
    for response in responses:
        tracker.update(ActionExecuted(response))
        tracker.update(BotUttered(WORDS, metadata={"utter_action": response}))
    tracker.update(ActionExecuted("action_listen"))


def test_a_first_turn_listens_in_the_language_of_the_request(domain):
    tracker = restored(domain, None)

    assert tracker.get_slot("language") == "de"
    assert tracker.latest_action_name == "action_listen"


def test_slots_and_the_active_loop_come_back(domain):
    tracker = restored(domain, None)
    tracker.update(SlotSet("identity_waiting_questions", "check_balance_due"))
    tracker.update(ActiveLoop("identity_form"))
    tracker.update(SlotSet("requested_slot", "identity_customer_number"))

    again = restored(domain, compact(tracker))

    assert again.get_slot("identity_waiting_questions") == "check_balance_due"
    assert again.get_slot("requested_slot") == "identity_customer_number"
    assert again.active_loop_name == "identity_form"
    assert not again.is_active_loop_rejected


def test_the_language_of_the_turn_outranks_that_of_the_state(domain):
    state = compact(restored(domain, None, language="fi"))

    assert restored(domain, state, language="en").get_slot("language") == "en"


def test_what_was_said_in_the_last_turn_comes_back_by_name(domain):
    tracker = restored(domain, None)
    play_turn(tracker, "nlu_fallback", "utter_handoff_rephrase")

    events = restored(domain, compact(tracker)).events

    said = [event.metadata["utter_action"] for event in events if isinstance(event, BotUttered)]
    meant = [event.intent_name for event in events if isinstance(event, UserUttered)]
    assert (meant, said) == (["nlu_fallback"], ["utter_handoff_rephrase"])


def test_no_word_of_anybody_is_kept(domain):
    tracker = restored(domain, None)
    play_turn(tracker, "greet", "utter_smalltalk_greet")

    assert WORDS not in json.dumps(compact(tracker))


def test_the_state_does_not_grow_with_the_conversation(domain):
    sizes = []
    state = None
    for _ in range(200):
        tracker = restored(domain, state)
        play_turn(tracker, "ask_capabilities", "utter_smalltalk_capabilities")
        state = compact(tracker)
        sizes.append(len(json.dumps(state)))

    assert len(state["turns"]) == TURNS_KEPT
    assert sizes[-1] == sizes[TURNS_KEPT] < 1000


def test_slots_and_forms_that_the_model_no_longer_has_are_dropped(domain):
    state = {"version": 1, "slots": {"gone": "x", "handoff_topic": "bills"}, "active_loop": "gone_form", "turns": []}

    tracker = restored(domain, state)

    assert tracker.get_slot("handoff_topic") == "bills"
    assert "gone" not in tracker.slots
    assert tracker.active_loop_name is None


@pytest.mark.parametrize("state", [{}, {"version": 0, "slots": {"handoff_topic": "bills"}}])
def test_a_state_of_another_version_starts_anew(domain, state):
    assert restored(domain, state).get_slot("handoff_topic") is None
