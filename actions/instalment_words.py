"""Whether a text asks to pay in so many parts, or all of it later; in any of our languages."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
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
    number_beginnings: Mapping[int, Sequence[str]]
    parts: Sequence[Sequence[str]]
    payments: Sequence[str]
    before_payments: Sequence[str]
    months: Sequence[str]
    beside_months: Sequence[str]
    between: Sequence[str]
    later: Sequence[str]


def find_parts(text: str) -> int | None:
    """Return the number that stands in front of a word for parts, in digits or as a word.

    In front of anything else it counts something else: days until the money is there, or bills.
    """
    words = _split(text)
    for place, word in enumerate(words):
        number = _number_of(word)
        if number is not None and _counted(words[place + 1 :]) in _names_of_parts(words, place):
            return number
    return None


def find_bare_number(text: str) -> int | None:
    """Return the number that the text is, and nothing else."""
    words = _split(text)
    return _number_of(words[0]) if len(words) == 1 else None


def wants_later(text: str) -> bool:
    return any(_begins(word, _words()["later"]) for word in _split(text))


def _counted(words: Sequence[str]) -> str:
    """Return what a number counts: the first word behind it that does not only say how."""
    for word in words[: WORDS_BETWEEN + 1]:
        if not _begins(word, _words()["between"]):
            return word
    return ""


def _names_of_parts(text: Sequence[str], place: int) -> Collection[str]:
    words = _words()
    names = {name for language in words["parts"] for name in language}
    if text[place - 1 : place] and text[place - 1] in words["before_payments"]:
        names.update(words["payments"])
    if any(_begins(word, words["beside_months"]) for word in text):
        names.update(words["months"])
    return names


def _number_of(word: str) -> int | None:
    if word.isdecimal():
        return int(word) if len(word) <= len("12") else None
    found = [(len(word), number) for number, names in _words()["numbers"].items() if word in names]
    found += [
        (len(beginning), number)
        for number, beginnings in _words()["number_beginnings"].items()
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
