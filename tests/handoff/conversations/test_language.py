"""The language of a conversation: what the customer writes, unless the customer has chosen."""

import pytest

from handoff.language import detect_language, preferred_language
from handoff.texts import server_texts
from tests.fakes.bot import FakeBot, reply
from tests.handoff.people import Customer, on_any_database


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Warum ist meine Rechnung so hoch?", "de"),
        ("Ich möchte mit einem Menschen sprechen", "de"),
        ("miksi laskuni on suurempi kuin ennen", "fi"),
        ("PALJONKO OLEN VELKAA", "fi"),
        ("why is my bill higher than last month", "en"),
        ("der vom März", "de"),
        ("numero on FI-2026-004127", "fi"),
        ("no, the other invoice", "en"),
    ],
)
def test_a_clear_sentence_shows_its_language(text: str, language: str):
    assert detect_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "hallo",
        "12345678 20401860",
        "😀😀😀😀😀😀",
        "Rechnung",
        "moi",
        "handy kaputt",
        "https",
        "ok ok ok",
        "merci beaucoup mon ami",
        "FI-2026-004127 DE-2026-001576 40718823",
        "lena@post.example liisa@posti.example",
    ],
)
def test_short_or_unclear_texts_show_none(text: str):
    assert detect_language(text) is None


@pytest.mark.parametrize(
    ("header", "language"),
    [("de-DE,de;q=0.9,en;q=0.8", "de"), ("sv, fi;q=0.5", "fi"), ("sv", "en"), (None, "en"), ("", "en"), (";;,", "en")],
)
def test_the_browsers_languages_are_tried_in_order(header: str | None, language: str):
    assert preferred_language(header) == language


async def test_the_conversation_follows_the_language_of_a_clear_text(customer: Customer, bot: FakeBot):
    await customer.ask("Warum ist meine Rechnung höher als im September?")

    assert bot.turns[0].language == "de"
    assert customer.conversation["language"] == "de"


@on_any_database
async def test_our_own_words_follow_too(customer: Customer, bot: FakeBot):
    bot.failure = "timeout"

    answer = await customer.ask("Miksi laskuni on suurempi kuin viime kuussa?")

    assert answer["text"] == server_texts().text("bot.unavailable", "fi")


@on_any_database
async def test_a_short_text_changes_nothing(customer: Customer, bot: FakeBot):
    await customer.ask("Hallo")

    assert bot.turns[0].language == "en"
    assert customer.conversation["language"] == "en"


@on_any_database
async def test_the_customers_choice_outranks_the_text(customer: Customer, bot: FakeBot):
    await customer.socket.send({"type": "language.set", "language": "fi"})
    await customer.until(lambda: customer.conversation["language"] == "fi")

    await customer.ask("Warum ist meine Rechnung höher als im September?")

    assert bot.turns[0].language == "fi"
    assert customer.conversation["language"] == "fi"


@on_any_database
async def test_a_wish_told_to_the_bot_counts_as_a_choice(customer: Customer, bot: FakeBot):
    bot.rule = lambda turn: reply("Gern.", commands=[{"type": "language", "language": "de"}])
    await customer.ask("Please speak German with me from now on")
    bot.rule = lambda turn: reply("Noch immer Deutsch.")
    await customer.ask("But I will go on writing in English")

    assert bot.turns[-1].language == "de"
    assert customer.conversation["language"] == "de"
