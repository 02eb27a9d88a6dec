"""What the trained model makes of phrases that it never saw."""

import statistics
from dataclasses import dataclass

import pytest

from tests.bot.domain_files import LANGUAGES, ROOT, held_out_phrases, read
from tests.bot.nlu.understanding import entities_of, intent_of, understand

ACCURACY = 0.92
REJECTED = frozenset({"nlu_fallback", "out_of_scope"})
BINS = 10


@dataclass(frozen=True)
class Asked:
    meant: str
    understood: str
    confidence: float

    @property
    def is_right(self):
        return self.understood == self.meant or {self.understood, self.meant} <= REJECTED


@pytest.fixture(scope="module")
def asked(agent):
    """What the model says of each phrase, by language."""
    return {language: [ask(agent, *pair) for pair in held_out_phrases(language)] for language in LANGUAGES}


def ask(agent, meant, phrase):
    intent = understand(agent, phrase)["intent"]
    return Asked(meant, intent["name"], intent["confidence"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_phrases_are_understood(asked, language):
    assert statistics.mean(each.is_right for each in asked[language]) >= ACCURACY


@pytest.mark.parametrize("language", LANGUAGES)
def test_hardly_anybody_is_turned_away(asked, language):
    in_scope = [each for each in asked[language] if each.meant not in REJECTED]

    assert statistics.mean(each.understood in REJECTED for each in in_scope) <= 0.03


def test_what_is_out_of_scope_is_turned_away(asked):
    foreign = [each for answers in asked.values() for each in answers if each.meant in REJECTED]

    assert statistics.mean(each.understood in REJECTED for each in foreign) >= 0.85


def test_what_cannot_be_understood_is_mostly_asked_back(agent):
    phrases = read(ROOT / "tests/bot/nlu/held_out/gibberish.yml")

    asked_back = [phrase for phrase in phrases if intent_of(agent, phrase) in REJECTED]

    assert len(asked_back) / len(phrases) >= 0.6


def test_a_probability_is_as_high_as_it_is_often_right(asked):
    """The expected calibration error, over phrases that got an answer."""
    answered = [each for answers in asked.values() for each in answers if each.understood not in REJECTED]
    bins = [[each for each in answered if int(each.confidence * BINS - 1e-9) == place] for place in range(BINS)]
    gaps = [
        abs(sum(each.confidence for each in filled) - sum(each.is_right for each in filled))
        for filled in bins
        if filled
    ]

    assert sum(gaps) / len(answered) <= 0.05


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
