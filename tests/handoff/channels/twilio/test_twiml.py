"""The documents for Twilio, attribute by attribute: Twilio drops what it does not know without a word."""

from xml.etree import ElementTree

import pytest

from billing.catalogue import LANGUAGES
from handoff.channels.twilio import twiml
from handoff.channels.twilio.twiml import SPEECH, RelayCall


@pytest.fixture(params=LANGUAGES)
def relay(request: pytest.FixtureRequest) -> ElementTree.Element:
    call = RelayCall(
        relay_url="wss://bills.example/twilio/relay",
        ended_url="https://bills.example/twilio/voice/ended",
        language=request.param,
        token="one-time",
        greeting='Say "yes" & <wait>',
    )
    found = ElementTree.fromstring(twiml.connect_relay(call)).find("Connect/ConversationRelay")
    assert found is not None
    return found


def test_a_call_is_connected_to_our_socket_and_its_end_is_told() -> None:
    call = RelayCall("wss://bills.example/twilio/relay", "https://bills.example/twilio/voice/ended", "de", "t", None)
    connect = ElementTree.fromstring(twiml.connect_relay(call)).find("Connect")

    assert connect is not None
    assert connect.attrib == {"action": "https://bills.example/twilio/voice/ended", "method": "POST"}
    assert [child.tag for child in connect] == ["ConversationRelay"]


def test_the_socket_hears_keys_and_words_spoken_over_ours(relay: ElementTree.Element) -> None:
    assert relay.attrib["url"] == "wss://bills.example/twilio/relay"
    assert relay.attrib["reportInputDuringAgentSpeech"] == "any"
    assert relay.attrib["interruptible"] == "any"
    assert relay.attrib["dtmfDetection"] == "true"


def test_the_greeting_survives_signs_that_mean_something_in_xml(relay: ElementTree.Element) -> None:
    assert relay.attrib["welcomeGreeting"] == 'Say "yes" & <wait>'


def test_a_socket_that_is_opened_again_does_not_greet_again() -> None:
    call = RelayCall("wss://bills.example/twilio/relay", "https://bills.example/twilio/voice/ended", "fi", "t", None)

    assert "welcomeGreeting" not in twiml.connect_relay(call)


def test_every_language_has_a_voice_and_an_ear_of_its_own(relay: ElementTree.Element) -> None:
    languages = {language.attrib["code"]: language.attrib for language in relay.findall("Language")}

    assert set(languages) == {"en-GB", "de-DE", "fi-FI"}
    assert relay.attrib["language"] in languages
    assert all(language["voice"] and language["ttsProvider"] for language in languages.values())


def test_finnish_is_never_given_to_a_model_that_does_not_know_it(relay: ElementTree.Element) -> None:
    finnish = next(item.attrib for item in relay.findall("Language") if item.attrib["code"] == "fi-FI")

    assert finnish["transcriptionProvider"] == "Deepgram"
    assert finnish["speechModel"] in {"nova-2-general", "nova-3-general"}


def test_the_token_is_the_only_thing_we_send_along(relay: ElementTree.Element) -> None:
    assert [parameter.attrib for parameter in relay.findall("Parameter")] == [{"name": "token", "value": "one-time"}]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_goodbye_is_spoken_in_the_language_of_the_call(language: str) -> None:
    response = ElementTree.fromstring(twiml.say_and_hang_up("voice.goodbye", language))

    assert [verb.tag for verb in response] == ["Say", "Hangup"]
    assert response[0].attrib["language"] == SPEECH[language].code
    assert response[0].attrib["voice"].startswith("Polly.")


def test_a_text_message_is_acknowledged_with_an_empty_document() -> None:
    response = ElementTree.fromstring(twiml.no_reply())

    assert response.tag == "Response"
    assert len(response) == 0
