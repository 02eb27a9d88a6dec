"""What the domain, the training data and the actions must agree on; read as data, without Rasa."""

import re
from collections import Counter
from string import Formatter

import pytest

from actions.questions import ACTION_OF_QUESTION
from actions.server import ACTIONS
from actions.smalltalk import OFFERS_A_CODE, OFFERS_A_PERSON
from tests.bot.domain_files import (
    LANGUAGES,
    ROOT,
    held_out_phrases,
    language_of,
    read_domain,
    rules,
    training_phrases,
)

DOMAIN = read_domain()
RESPONSES = DOMAIN["responses"]
# Said by handoff or by a button, never by words: each changes something.
TRUSTED_ONLY = {
    *("code_checked", "nlu_fallback", "list_invoices"),
    *("accept_correction", "open_dispute", "confirm_dispute", "confirm_plan_change"),
    *("agree_extension", "agree_instalments", "confirm_refund"),
    *("confirm_payment_method", "confirm_update_details"),
}
MAIN_INTENTS = ("why_bill_higher", "get_invoice_copy", "check_balance_due", "payment_status", "speak_to_human")
SKILLS = ("identity", "invoices", "payments", "contracts", "disputes", "profile", "handoff", "smalltalk")
# Words that Rasa's own responses, code points and the actions say by name.
SAID_IN_ACTIONS = re.compile(r'"(utter_[a-z]+_\w+)"')


@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_has_each_language_once_and_english_for_everybody_else(name: str) -> None:
    assert Counter(language_of(variation) for variation in RESPONSES[name]) == Counter(LANGUAGES)


@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_has_the_same_placeholders_in_each_language(name: str) -> None:
    found = {language_of(variation): placeholders(variation["text"]) for variation in RESPONSES[name]}

    assert found["de"] == found["en"]
    assert found["fi"] == found["en"]


@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_offers_the_same_buttons_in_each_language(name: str) -> None:
    payloads = [[button["payload"] for button in variation.get("buttons", [])] for variation in RESPONSES[name]]

    assert payloads[0] == payloads[1] == payloads[2]


@pytest.mark.parametrize("name", RESPONSES)
def test_a_button_means_an_intent_that_the_bot_knows(name: str) -> None:
    for variation in RESPONSES[name]:
        for button in variation.get("buttons", []):
            intent, _, values = button["payload"].removeprefix("/").partition("{{")
            assert intent in DOMAIN["intents"]
            assert button["payload"].startswith("/")
            # A brace of the payload is doubled, as the response is filled in.
            assert values in {"", '"offer": "{offer}"}}'}


@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_keeps_the_house_voice(name: str) -> None:
    for variation in RESPONSES[name]:
        assert "!" not in variation["text"]
        assert not re.search(r"[\U0001F300-\U0001FAFF]", variation["text"])


def test_no_response_is_tied_to_a_channel() -> None:
    """One such variation would outrank every language."""
    assert not [name for name, variations in RESPONSES.items() if any("channel" in each for each in variations)]


def test_each_skill_has_its_files_under_one_name() -> None:
    for skill in SKILLS:
        assert (ROOT / f"bot/domain/{skill}.yml").is_file()
        assert (ROOT / f"bot/domain/responses/{skill}.yml").is_file()
        assert (ROOT / f"data/rules/{skill}.yml").is_file()
        assert (ROOT / f"actions/{skill}.py").is_file()
        assert all((ROOT / f"data/nlu/{language}/{skill}.yml").is_file() for language in LANGUAGES)


def test_a_response_is_named_after_the_skill_that_says_it() -> None:
    for name in RESPONSES:
        assert name.split("_")[1] in SKILLS


def test_the_domain_and_the_action_server_have_the_same_actions() -> None:
    served = {action.name(None) for action in ACTIONS}

    assert set(DOMAIN["actions"]) == served


def test_what_the_actions_say_stands_in_the_domain() -> None:
    said = {name for path in (ROOT / "actions").glob("*.py") for name in SAID_IN_ACTIONS.findall(path.read_text())}

    assert said <= RESPONSES.keys()
    assert RESPONSES.keys() >= OFFERS_A_PERSON | OFFERS_A_CODE


def test_each_response_is_said_by_somebody() -> None:
    sayers = [*(ROOT / "actions").glob("*.py"), ROOT / "bot/channel.py"]
    code = "".join(path.read_text() for path in sayers)
    in_rules = {step.get("action") for rule in rules() for step in rule["steps"]}
    composed = (
        "utter_invoices_bill_",
        "utter_invoices_cause_",
        "utter_invoices_change_",
        "utter_disputes_found_",
        "utter_payments_bill_",
        "utter_payments_due",
        "utter_payments_how",
        "utter_payments_overdue",
        "utter_payments_plan_refused_",
    )

    for name in RESPONSES:
        assert name in in_rules or f'"{name}"' in code or name.startswith(composed), name


def test_every_intent_has_a_rule() -> None:
    with_rule = {step["intent"] for rule in rules() for step in rule["steps"] if "intent" in step}

    assert with_rule == set(DOMAIN["intents"])


def test_each_waiting_question_is_an_intent_with_its_action() -> None:
    assert ACTION_OF_QUESTION.keys() <= set(DOMAIN["intents"])
    assert set(ACTION_OF_QUESTION.values()) <= set(DOMAIN["actions"])


def test_every_intent_but_the_trusted_ones_is_trained_in_each_language() -> None:
    for language in LANGUAGES:
        trained = {intent for intent, _ in training_phrases(language)}
        assert trained == set(DOMAIN["intents"]) - TRUSTED_ONLY


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("intent", MAIN_INTENTS)
def test_a_main_intent_has_thirty_phrases(language: str, intent: str) -> None:
    assert Counter(name for name, _ in training_phrases(language))[intent] >= 30


def test_no_phrase_is_trained_for_two_intents_or_twice() -> None:
    intents: dict[str, list[str]] = {}
    for intent, phrase in training_phrases():
        intents.setdefault(phrase.casefold(), []).append(intent)

    assert {phrase: names for phrase, names in intents.items() if len(set(names)) > 1} == {}
    for language in LANGUAGES:
        counted = Counter(phrase.casefold() for _, phrase in training_phrases(language))
        assert [phrase for phrase, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_held_out_phrases_are_held_out(language: str) -> None:
    trained = {phrase.casefold() for _, phrase in training_phrases()}

    assert [phrase for _, phrase in held_out_phrases(language) if phrase.casefold() in trained] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_held_out_phrases_ask_about_every_trained_intent(language: str) -> None:
    assert {intent for intent, _ in held_out_phrases(language)} == set(DOMAIN["intents"]) - TRUSTED_ONLY


def placeholders(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in Formatter().parse(text) if name)
