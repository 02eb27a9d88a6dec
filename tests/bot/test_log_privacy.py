"""The bot's log says where something happened, never what a customer wrote."""

import logging
import sys

import pytest

from bot.log_privacy import NoText

SECRET = "my name is Lena and my bill is 43.20"


def filtered(name: str, level: int = logging.INFO, *, message: str = SECRET, failed: bool = False) -> str:
    record = logging.LogRecord(name, level, "/rasa/somewhere.py", 7, message, (), _failure() if failed else None)
    assert NoText().filter(record)
    return logging.Formatter("%(name)s %(message)s").format(record)


def test_our_own_sentences_stay() -> None:
    assert filtered("bot.channel", message="turn failed: KeyError") == "bot.channel turn failed: KeyError"


def test_a_start_message_of_rasa_stays() -> None:
    assert filtered("rasa.core.processor", message="Loading model") == "rasa.core.processor Loading model"


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("rasa.core.processor", logging.WARNING),
        ("rasa.core.channels.rest", logging.ERROR),
        ("rasa.nlu", logging.INFO),
        ("root", logging.WARNING),
    ],
)
def test_of_anything_else_only_the_place_is_kept(name: str, level: int) -> None:
    assert filtered(name, level) == f"{name} message at somewhere.py:7"


def test_a_traceback_becomes_the_class_of_the_error() -> None:
    line = filtered("rasa.core.processor", logging.ERROR, failed=True)

    assert line == "rasa.core.processor ValueError at somewhere.py:7"
    assert SECRET not in filtered("bot.channel", logging.ERROR, failed=True)


def _failure() -> tuple[object, ...]:
    try:
        raise ValueError(SECRET)
    except ValueError:
        return sys.exc_info()
