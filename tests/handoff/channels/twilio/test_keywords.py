"""Words that phones and carriers reserve, in three languages, and our own texts, which must not ask for them."""

import re

import pytest

from billing.catalogue import LANGUAGES
from handoff.channels.twilio.opt_outs import KEYWORDS, Keyword, find_keyword
from handoff.channels.twilio.phone_numbers import find_e164, likely_language
from handoff.channels.twilio.texts import twilio_texts

TWILIO_STOPS = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT")


@pytest.mark.parametrize("word", [*TWILIO_STOPS, "Stopp", "ENDE", "lopeta", " stop. ", "stop!"])
def test_one_word_stops_the_messages(word: str) -> None:
    assert find_keyword(word) is Keyword.stop


@pytest.mark.parametrize("body", ["stop charging me", "please stop", "", "stopwatch", "Ende Oktober"])
def test_a_sentence_with_the_word_is_a_sentence(body: str) -> None:
    assert find_keyword(body) is None


@pytest.mark.parametrize(
    ("word", "keyword"),
    [("START", "start"), ("Aloita", "start"), ("HELP", "help"), ("Hilfe", "help"), ("apua", "help")],
)
def test_start_and_help_are_known_in_each_language(word: str, keyword: str) -> None:
    assert find_keyword(word) is Keyword(keyword)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_ours_asks_for_a_reserved_word_except_to_stop(language: str) -> None:
    reserved = {word for words in KEYWORDS.values() for word in words.split()} - {"stop", "stopp"}
    asked = {
        answer.casefold()
        for key, text in twilio_texts().texts[language].items()
        if key.startswith("sms.")
        for answer in re.findall(r": (\w+)\.", text)
    }

    assert asked & reserved == set()


@pytest.mark.parametrize("number", ["+4915735980001", "+358401234567", "+14155552345"])
def test_a_phone_number_can_be_answered(number: str) -> None:
    assert find_e164(number) == number


@pytest.mark.parametrize("number", ["", "Nordlicht", "12345", "anonymous", "+0123456789", "whatsapp:+4915735980001"])
def test_a_name_or_a_short_code_cannot(number: str) -> None:
    assert find_e164(number) is None


@pytest.mark.parametrize(
    ("number", "language"), [("+4915735980001", "de"), ("+358401234567", "fi"), ("+447700900123", "en")]
)
def test_the_first_sentence_is_in_the_likely_language(number: str, language: str) -> None:
    assert likely_language(number) == language
