"""What somebody means who speaks of the end of a contract: that it ends, how it could, that it did or only might."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from enum import Enum, auto
from functools import cache
from pathlib import Path

import yaml

WORDS_FILE = Path(__file__).parent / "texts" / "ending_words.yml"
# A point within a date or a number ends no sentence.
_SENTENCE = re.compile(r"(?<=[!?;:\n])\s*|(?<=\.)\s+(?!\d)")
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}]")


class Ending(Enum):
    STATED = auto()
    # Asked for, threatened with, denied: nothing is recorded.
    OPEN = auto()
    EARLIER = auto()
    TAKEN_BACK = auto()
    # Of something beside the contract.
    OF_EXTRA = auto()


def read_ending(text: str) -> Ending:
    """Judge each clause that speaks of an end by itself: one plain statement is enough for a cancellation.

    Where no clause names an end, only a text without any question or condition is one. What is about an extra is none.
    """
    if _fits("extra", _plain(text)):
        return Ending.OF_EXTRA
    judged = [each for sentence in _SENTENCE.split(text) for each in _judge(sentence)]
    named = [ending for names_end, ending in judged if names_end]
    if Ending.TAKEN_BACK in named:
        return Ending.TAKEN_BACK
    if named:
        return Ending.STATED if Ending.STATED in named else named[0]
    return next((ending for _, ending in judged if ending is not Ending.STATED), Ending.STATED)


def says_not(text: str) -> bool:
    return _fits("not_that", _plain(text))


def means_all(text: str) -> bool:
    return _fits("all_of_them", _plain(text)) and not says_not(text)


def _judge(sentence: str) -> Iterator[tuple[bool, Ending]]:
    """Yield for each clause whether it names an end, and what it says about it."""
    whole = _plain(sentence)
    is_open = _fits("unsure", _without_courtesy(whole)) or (
        sentence.rstrip().endswith("?") and not _fits("asks_us", whole)
    )
    for part in sentence.split(","):
        clause = _plain(part)
        if clause:
            yield bool(re.search(_patterns()["ends"][0], clause)), _judge_clause(clause, is_open=is_open)


def _judge_clause(clause: str, *, is_open: bool) -> Ending:
    if _fits("taken_back", clause):
        return Ending.TAKEN_BACK
    if _fits("refused", clause):
        return Ending.OPEN
    if _fits("stated", clause):
        return Ending.STATED
    if _fits("earlier", clause):
        return Ending.EARLIER
    return Ending.OPEN if is_open or _fits("asks", clause) else Ending.STATED


def _fits(kind: str, clause: str) -> bool:
    return any(re.search(pattern, clause) for pattern in _patterns()[kind])


def _without_courtesy(sentence: str) -> str:
    for pattern in _patterns()["courtesy"]:
        sentence = re.sub(pattern, "", sentence)
    return sentence


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text.casefold()))
    return " ".join(_WORD.findall("".join(mark for mark in decomposed if not unicodedata.combining(mark))))


@cache
def _patterns() -> Mapping[str, list[str]]:
    lists: dict[str, str | list[str]] = yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))
    return {kind: [each] if isinstance(each, str) else each for kind, each in lists.items()}
