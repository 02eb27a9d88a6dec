"""What customers type is never a command."""

import pytest

from bot.untrusted_text import MAX_CHARACTERS, has_words, neutralise


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        "  /restart",
        "//restart",
        "/ /restart",
        "／restart",
        "\u200b/restart",
        "\ufeff\u2060/restart",
        "\u00ad/\u200d/restart",
        "\u202e/restart",
        "∕restart",
        "\n\t/restart",
        "\x00/restart",
    ],
)
def test_a_slash_in_front_is_taken_away_however_it_is_hidden(text: str) -> None:
    assert neutralise(text) == "restart"


def test_a_slash_within_a_sentence_stays() -> None:
    assert neutralise("my bill 09/2026 is wrong") == "my bill 09/2026 is wrong"


def test_loose_accents_are_joined_with_their_letters() -> None:
    assert neutralise("o\u0308ljyla\u0308mmitys") == "öljylämmitys"


def test_text_becomes_one_line() -> None:
    assert neutralise(" why\n\nis it \t so  high ") == "why is it so high"


def test_finnish_and_emoji_are_left_as_they_are() -> None:
    assert neutralise("miksi lasku on näin iso 😀") == "miksi lasku on näin iso 😀"


def test_a_long_text_is_cut() -> None:
    assert len(neutralise("x" * 50_000)) == MAX_CHARACTERS


@pytest.mark.parametrize("text", ["", "   ", "😀👍", "?!?", "...", "/", "—"])
def test_without_a_letter_or_digit_there_is_nothing_to_understand(text: str) -> None:
    assert not has_words(neutralise(text))


@pytest.mark.parametrize("text", ["ei", "7", "ä", "請"])
def test_a_single_letter_or_digit_is_something_to_understand(text: str) -> None:
    assert has_words(neutralise(text))
