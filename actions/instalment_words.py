"""Whether a text asks to pay in so many parts, or all of it later; in any of our languages."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypedDict

import yaml

WORDS_FILE = Path(__file__).parent / "texts" / "instalment_words.yml"
# "Three equal monthly payments": what may stand between the number and what is counted.
WORDS_BETWEEN = 2
_WORD = re.compile(r"[^\W_]+")


class _Words(TypedDict):
    numbers: Mapping[int, Sequence[str]]
    parts: Sequence[str]
    later: Sequence[str]


def find_parts(text: str) -> int | None:
    """Return the number that stands in front of a word for parts, in digits or as a word."""
    words = _split(text)
    for place, word in enumerate(words):
        number = _number_of(word)
        counted = words[place + 1 : place + 2 + WORDS_BETWEEN]
        if number is not None and any(_begins(other, _words()["parts"]) for other in counted):
            return number
    return None


def wants_later(text: str) -> bool:
    return any(_begins(word, _words()["later"]) for word in _split(text))


def _number_of(word: str) -> int | None:
    if word.isdecimal():
        return int(word) if len(word) <= len("12") else None
    found = [
        (len(beginning), number)
        for number, beginnings in _words()["numbers"].items()
        for beginning in beginnings
        if word.startswith(beginning)
    ]
    return max(found)[1] if found else None


def _begins(word: str, beginnings: Sequence[str]) -> bool:
    return word.startswith(tuple(beginnings))


def _split(text: str) -> Sequence[str]:
    plain = "".join(each for each in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(each))
    return _WORD.findall(plain)


@cache
def _words() -> _Words:
    words: _Words = yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))
    return words
