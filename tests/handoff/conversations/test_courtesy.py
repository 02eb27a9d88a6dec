"""What asks for nothing, and what only sounds like it."""

import pytest

from handoff.conversations.courtesy import is_courtesy


@pytest.mark.parametrize(
    "text",
    [
        "Danke",
        "OK, thank you very much.",
        "Kiitos, hei!",
        "👍",
        "Vielen Dank für die Hilfe",
        "ok 🙂",
        "Thanks, that's all",
    ],
)
def test_thanks_assent_and_farewells_ask_for_nothing(text: str):
    assert is_courtesy(text)


@pytest.mark.parametrize(
    "text", ["", "?", "hei", "Danke, und noch eine Frage", "Thank you, but the bill is wrong", "OK?", "12345678", "no"]
)
def test_everything_else_wants_an_answer(text: str):
    assert not is_courtesy(text)
