"""The first words on every channel say that a machine speaks; by text message the bot itself says it."""

import re

import pytest

from handoff.channels.twilio.texts import twilio_texts
from handoff.texts import server_texts
from tests.bot.domain_files import read_domain

AUTOMATED = re.compile(r"automa(t|a)", re.IGNORECASE)
LANGUAGES = pytest.mark.parametrize("language", ["en", "de", "fi"])


@LANGUAGES
def test_in_the_chat(language: str) -> None:
    assert AUTOMATED.search(server_texts().text("greeting", language, company="Nordlicht Netz"))


@LANGUAGES
def test_on_the_telephone(language: str) -> None:
    assert AUTOMATED.search(twilio_texts().text("voice.greeting", language, company="Nordlicht Netz"))


@pytest.mark.parametrize("response", ["utter_smalltalk_automated", "utter_smalltalk_greet"])
def test_by_text_message(response: str) -> None:
    assert all(AUTOMATED.search(variation["text"]) for variation in read_domain()["responses"][response])
