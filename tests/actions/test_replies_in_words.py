"""What a reply says in three languages: only figures that the facts hold, the same ones everywhere, short and plain."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from random import Random
from statistics import median
from string import Formatter

import pytest

from actions.bill_change_wording import Sentence, head_of, next_of, sentence_of, shortened
from actions.cause_facts import NEEDED, PLAINER
from actions.formatting import Wording
from billing.explain.bill_changes import BillChange, CauseCode, explain_change
from handoff.conversations.sms_characters import cheap_characters
from tests.billing.explain import scenarios_of_events, scenarios_of_prices
from tests.billing.explain.scenario import MAKERS
from tests.bot.domain_files import LANGUAGES, language_of, read_domain
from tests.effort import cases

__all__ = ["scenarios_of_events", "scenarios_of_prices"]

TODAY = date(2026, 11, 21)
REPLIES = cases(300, 2_000)
RESPONSES = read_domain()["responses"]
TEXTS = {
    (name, language_of(variation)): variation["text"]
    for name, variations in RESPONSES.items()
    for variation in variations
}
NUMBER = re.compile(r"\d+(?:[\s\N{NO-BREAK SPACE}.,]\d+)*")
# Thousands and decimals as each language writes them.
SEPARATORS = {"en": (",", "."), "de": (".", ","), "fi": ("\N{NO-BREAK SPACE}", ",")}
SEGMENTS, SEPTETS_OF_TWO_SEGMENTS = 2, 306
TWO_SEPTETS = set("^{}\\[~]|€")
BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# What a customer may not know, and the words that explain it where it is said.
HARD_WORDS = {
    "en": {"credit note": "what you owe becomes less", "prorat": None},
    "de": {"Rechnungskorrektur": "wird Ihnen angerechnet", "Gutschrift": None, "anteilig": None, "Proration": None},
    "fi": {"hyvityslasku": "maksettavasi pienenee", "jyvit": None},
}


@cache
def changes() -> list[BillChange]:
    """Explain scenarios of every type in turn until there are enough."""
    rounds = REPLIES // len(MAKERS) + 1
    made = (maker(Random(1_000 + seed)) for seed in range(rounds) for maker in MAKERS.values())
    return [explain_change(one.previous, one.current) for one in made]


def sentences(change: BillChange, wording: Wording) -> list[Sentence]:
    following = next_of(change, wording)
    told = [head_of(change, wording), *(sentence_of(cause, change, wording) for cause in change.causes)]
    return [*told, *([following] if following else [])]


def said(sentence: Sentence, language: str) -> str:
    return str(TEXTS[sentence.response, language]).format(**sentence.facts)


@cache
def replies(language: str) -> list[str]:
    return [reply(change, language) for change in changes()]


def reply(change: BillChange, language: str) -> str:
    return "\n".join(said(sentence, language) for sentence in sentences(change, Wording(language, TODAY)))


def numbers(text: str, language: str) -> Counter[Decimal]:
    thousands, decimals = SEPARATORS[language]
    found = Counter[Decimal]()
    for match in NUMBER.finditer(text):
        plain = match[0].replace(thousands, "").replace(" ", "").replace(decimals, ".")
        found[Decimal(plain)] += 1
    return found


def facts_of(change: BillChange) -> set[Decimal]:
    """Every figure that this change may be told with: amounts, quantities, the numbers of days and years, names."""
    monies = [change.current_total, change.previous_total, change.difference, change.expected_next]
    monies += [cause.amount for cause in change.causes]
    figures = {abs(Decimal(money.minor)) / 100 for money in monies if money is not None}
    for period in (change.current_period, change.previous_period):
        figures |= {Decimal(period.start.year)} if period is not None else set()
    for cause in change.causes:
        for key, value in cause.facts.items():
            figures |= set(_of_fact(key, value))
    return figures


def _of_fact(key: str, value: str | int) -> Iterator[Decimal]:
    if isinstance(value, int):
        yield abs(Decimal(value)) / 100 if key.endswith("_minor") or key.startswith("tax_rate") else Decimal(value)
    elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        day = date.fromisoformat(value)
        yield from (Decimal(day.day), Decimal(day.year))
    else:
        yield from (Decimal(digits) for digits in re.findall(r"\d+", value))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_figure_is_invented(language: str) -> None:
    assert len(replies(language)) >= REPLIES
    for change, told in zip(changes(), replies(language), strict=True):
        assert set(numbers(told, language)) <= facts_of(change), told


def test_the_three_languages_tell_the_same_figures() -> None:
    for english, german, finnish in zip(*(replies(language) for language in LANGUAGES), strict=True):
        assert numbers(english, "en") == numbers(german, "de") == numbers(finnish, "fi")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_total_and_each_cause_are_told_with_their_amounts(language: str) -> None:
    for change, text in zip(changes(), replies(language), strict=True):
        told = numbers(text, language)
        assert abs(Decimal(change.current_total.minor)) / 100 in told
        for cause in change.causes:
            assert abs(Decimal(cause.amount.minor)) / 100 in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_explanation_fits_into_two_segments_of_a_text_message(language: str) -> None:
    for change in changes():
        text = cheap_characters(reply(shortened(change), language))
        assert set(text) <= BASIC | TWO_SEPTETS, set(text) - BASIC
        assert len(text) + sum(character in TWO_SEPTETS for character in text) <= SEPTETS_OF_TWO_SEGMENTS, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_short(language: str) -> None:
    lengths = [
        len(sentence.split())
        for (_, spoken), text in TEXTS.items()
        if spoken == language
        for sentence in re.split(r"(?<=[.?:])\s+", text)
        if sentence.strip()
    ]

    assert median(lengths) <= 20
    assert max(lengths) <= 40


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reply_holds_no_internal_names(language: str) -> None:
    for told in replies(language):
        assert not re.search(r"[a-z]_[a-z]|\bNone\b|[{}]", told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hard_word_is_explained_where_it_is_said(language: str) -> None:
    for (name, spoken), text in TEXTS.items():
        for word, explained in HARD_WORDS[language].items():
            if spoken == language and word in text:
                assert explained is not None, f"{name} says {word}"
                assert explained in text, f"{name} says {word} and does not explain it"


def test_each_cause_names_the_facts_that_its_sentence_needs() -> None:
    prefix = "utter_invoices_cause_"
    always = {"amount", "recurrence", "previous_month"}
    used = {
        name.removeprefix(prefix): {field for _, field, _, _ in Formatter().parse(text) if field} - always
        for (name, language), text in TEXTS.items()
        if name.startswith(prefix) and language == "en"
    }

    assert {variant: set(needed) for variant, needed in NEEDED.items()} == {v: f for v, f in used.items() if f}
    assert set(PLAINER.values()) <= used.keys()
    assert {str(code) for code in CauseCode} <= used.keys()
