"""How a customer seems to feel: signs that anybody can check, and no more made of them than there are."""

import pytest
import yaml

from handoff.console.sentiment import MOODS, Said, sentiment_of


def felt(*texts: str, language: str = "en", intents: tuple[str | None, ...] = (), reason: str = "asked_for_person"):
    said = [Said(text, intent) for text, intent in zip(texts, (*intents, *[None] * len(texts)), strict=False)]
    found = sentiment_of(said, language, reason)
    return found.code, found.signals


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Why is my bill higher than before?", "en"),
        ("Thank you!", "en"),
        ("My IBAN is DE89370400440532013000", "en"),
        ("Warum ist meine Rechnung höher?", "de"),
        ("Es ist mir nicht möglich, sofort zu zahlen.", "de"),
        ("Miksi laskuni on suurempi?", "fi"),
        ("Haluan valita toisen liittymän.", "fi"),
        ("Das ist nicht schlimm.", "de"),
        ("Minulla on huono yhteys.", "fi"),
        ("I joked about it.", "en"),
    ],
)
def test_who_just_asks_shows_nothing(text: str, language: str):
    assert felt(text, language=language) == ("neutral", [])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("This is ridiculous.", "en"),
        ("I am fed up with this", "en"),
        ("Das ist eine Unverschämtheit", "de"),
        ("Ich bin enttäuscht", "de"),
        ("Tämä on törkeää", "fi"),
        ("Olen todella pettynyt", "fi"),
        ("Tämä on kelvottoman huonoa", "fi"),
        ("Aivan uskomattomia hintoja", "fi"),
        ("Mitä helvettiä tämä on", "fi"),
        ("Verdammt, schon wieder", "de"),
        ("This is bullshit", "en"),
    ],
)
def test_a_word_of_displeasure_is_a_sign(text: str, language: str):
    assert felt(text, language=language) == ("strained", ["words"])


def test_a_word_within_another_is_none():
    assert felt("The scampi recipe and the workshop on jokers", language="en") == ("neutral", [])


def test_another_languages_words_do_not_count():
    """Finnish "petos" is fraud; in an English sentence it is a name."""
    assert felt("My name is Petos", language="en") == ("neutral", [])


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["Answer me!!"], "exclamation"),
        (["What is this?!"], "exclamation"),
        (["I WANT MY MONEY BACK"], "capitals"),
        (["where is my money", "Where is my money?"], "repeated"),
    ],
)
def test_one_sign_alone_is_strain(texts: list[str], sign: str):
    assert felt(*texts) == ("strained", [sign])


def test_the_same_question_three_times_is_repeated_and_twice_is_not():
    asked = ("Is it paid yet?", "Did it arrive?", "Has the payment come?")
    intent = "payment_status"

    assert felt(*asked[:2], intents=(intent,) * 2) == ("neutral", [])
    assert felt(*asked, intents=(intent,) * 3) == ("strained", ["repeated"])


def test_a_yes_a_number_or_a_greeting_may_come_again():
    assert felt("yes please", "yes please", "Yes, please", intents=("affirm",) * 3) == ("neutral", [])
    assert felt("Good morning", "It is 12", "And 14", intents=("inform",) * 3) == ("neutral", [])


def test_not_being_understood_twice_is_a_sign_but_no_repetition():
    asked = ("foo bar", "bar baz", "baz foo")

    assert felt(*asked, intents=("nlu_fallback",) * 3) == ("strained", ["not_understood"])


def test_a_complaint_says_it_all():
    assert felt("I am writing to you again", intents=("complain",)) == ("upset", ["complaint"])
    assert felt("Hello there", reason="complaint") == ("upset", ["complaint"])


def test_words_with_another_sign_or_any_three_are_upset():
    assert felt("This is a scam!!") == ("upset", ["words", "exclamation"])
    assert felt("GIVE ME MY MONEY!!") == ("strained", ["exclamation", "capitals"])
    assert felt("GIVE ME MY MONEY!!", "give me my money") == ("upset", ["exclamation", "capitals", "repeated"])


def test_every_language_has_its_words_each_once():
    words = yaml.safe_load(MOODS.read_text(encoding="utf-8"))

    assert set(words) == {"en", "de", "fi"}
    for own in words.values():
        assert len(own) >= 25
        assert len(own) == len(set(own))
