"""What the trained model makes of phrases that it never saw."""

import pytest

from tests.bot.domain_files import LANGUAGES, ROOT, held_out_phrases, read
from tests.bot.nlu.understanding import entities_of, intent_of

ACCURACY = {"en": 0.93, "de": 0.93, "fi": 0.90}
FALLBACK = "nlu_fallback"


@pytest.fixture(scope="module")
def meant_and_understood(agent):
    return {
        language: [(intent, intent_of(agent, phrase)) for intent, phrase in held_out_phrases(language)]
        for language in LANGUAGES
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_phrases_are_understood(meant_and_understood, language):
    pairs = meant_and_understood[language]

    right = sum(meant == understood for meant, understood in pairs)

    assert right / len(pairs) >= ACCURACY[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_answer_is_rarer_than_a_question_back_is_worth(meant_and_understood, language):
    pairs = meant_and_understood[language]

    wrong = sum(understood not in (meant, FALLBACK) for meant, understood in pairs)

    assert wrong / len(pairs) <= 0.05


def test_what_cannot_be_understood_is_mostly_asked_back(agent):
    phrases = read(ROOT / "tests/bot/nlu/held_out/gibberish.yml")

    asked_back = [phrase for phrase in phrases if intent_of(agent, phrase) in (FALLBACK, "out_of_scope")]

    assert len(asked_back) / len(phrases) >= 0.6


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("miks mun lasku on noussu", "why_bill_higher"),
        ("WARUM IST MEINE RECHNUNG SO HOCH", "why_bill_higher"),
        ("warum ist mein Bill diesen Monat so high", "why_bill_higher"),
        ("I got no code", "report_missing_code"),
        ("Ich habe keinen Code erhalten", "report_missing_code"),
        ("En saanut koodia", "report_missing_code"),
        ("Why is my bill higher than last month?", "why_bill_higher"),
        ("Warum ist meine Rechnung höher als im letzten Monat?", "why_bill_higher"),
        ("Miksi laskuni on suurempi kuin viime kuussa?", "why_bill_higher"),
        ("I want to talk to a person", "speak_to_human"),
        ("Ich möchte mit einem Menschen sprechen", "speak_to_human"),
        ("Haluan puhua ihmisen kanssa", "speak_to_human"),
    ],
)
def test_what_must_always_be_understood(agent, text, intent):
    assert intent_of(agent, text) == intent


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("53464097", ["53464097"]),
        ("my number is 5346 4097.", ["5346 4097"]),
        ("Kundennummer 53-46-40-97, warum so teuer?", ["53-46-40-97"]),
        ("asiakasnumero:53464097", ["53464097"]),
        ("not 11111111 but 22222222", ["11111111", "22222222"]),
        ("call me at +4917139200012", []),
        ("call me at 0171 3920 0012", []),
        ("invoice DE-2026-001576", []),
        ("it came on 20-11-2026", []),
        ("it came on 2026-11-20", []),
        ("it came on 20.11.2026", []),
        ("1234567", []),
        ("123456789", []),
        ("12345678901234567890", []),
        ("IBAN DE89 3704 0044 0532 0130 00", []),
        ("order AB12345678", []),
        ("€1234.5678", []),
    ],
)
def test_a_customer_number_is_eight_digits_and_nothing_else(agent, text, found):
    assert entities_of(agent, text, "customer_number") == found


@pytest.mark.parametrize(
    ("text", "language"),
    [("auf Deutsch bitte", "de"), ("puhutaanko suomea", "fi"), ("Can we switch to ENGLISH", "en"), ("saksaksi", "de")],
)
def test_a_language_is_named_by_its_code(agent, text, language):
    assert entities_of(agent, text, "language") == [language]


def test_a_very_long_text_is_understood_in_bounded_time(agent):
    assert intent_of(agent, "why is my bill so high " * 2000) == "why_bill_higher"
