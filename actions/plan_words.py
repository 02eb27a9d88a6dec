"""Which plan a text speaks of: one by its name, or one that is larger, smaller or cheaper than the customer's."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml

from billing.rating.terms import Names

WORDS_FILE = Path(__file__).parent / "texts" / "plan_words.yml"
MORE, LESS, CHEAPER, REMOVE = "more", "less", "cheaper", "remove"
# Together they remove too: "take it off", "nehmen Sie es raus", "ottakaa se pois".
TAKE, AWAY = "take", "away"
# The part of a name that tells sizes apart, such as L or 250, is enough; a longer word could be the product itself.
LONGEST_SIZE = 3
_WORD = re.compile(r"[^\W_]+")
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue"}


def find_plans(text: str, plans: Mapping[str, Names]) -> tuple[str, ...]:
    """Return the codes of the plans that the text names in any of our languages, in their order in it.

    Case, accents and the spaces within a name do not matter.
    """
    found: dict[str, int] = {}
    words = _words(text)
    for code, names in plans.items():
        places = [place for spelled in _spellings(names.values()) for place in _places(spelled, words)]
        if places:
            found[code] = min(places)
    if not found:
        found = _find_sizes(words, plans)
    return tuple(sorted(found, key=lambda code: (found[code], code)))


def find_wish(text: str) -> str | None:
    """Return MORE, LESS or CHEAPER by the first word that says so."""
    for word in _words(text):
        for wish in (CHEAPER, MORE, LESS):
            if word.startswith(_wishes()[wish]):
                return wish
    return None


def wants_removal(text: str) -> bool:
    words = _words(text)
    taken = any(word.startswith(_wishes()[TAKE]) for word in words) and not set(words).isdisjoint(_wishes()[AWAY])
    return taken or any(word.startswith(_wishes()[REMOVE]) for word in words)


def _find_sizes(words: list[str], plans: Mapping[str, Names]) -> dict[str, int]:
    """Find plans by the one part of their name that no other plan has."""
    parts = {code: _size_parts(names.values()) for code, names in plans.items()}
    found: dict[str, int] = {}
    for code, own in parts.items():
        others = {part for other, some in parts.items() if other != code for part in some}
        places = [place for place, word in enumerate(words) if word in own - others]
        if places:
            found[code] = places[0]
    return found


def _size_parts(names: Collection[str]) -> set[str]:
    return {word for name in names for word in _words(name) if len(word) <= LONGEST_SIZE}


def _places(spelled: tuple[str, ...], words: list[str]) -> Iterator[int]:
    length = len(spelled)
    for place in range(len(words)):
        if tuple(words[place : place + length]) == spelled:
            yield place


def _spellings(names: Collection[str]) -> set[tuple[str, ...]]:
    """Return each name as its words, and as one word."""
    spelled = {tuple(_words(name)) for name in names}
    spelled |= {tuple(_words(_without_umlauts(name))) for name in names}
    return spelled | {("".join(words),) for words in spelled}


def _words(text: str) -> list[str]:
    decomposed = unicodedata.normalize(
        "NFKD", text.casefold().replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    )
    return _WORD.findall("".join(mark for mark in decomposed if not unicodedata.combining(mark)))


def _without_umlauts(name: str) -> str:
    """Write a name as people do who have no umlauts on their keyboard."""
    small = name.casefold()
    for umlaut, pair in _UMLAUTS.items():
        small = small.replace(umlaut, pair)
    return small


@cache
def _wishes() -> Mapping[str, tuple[str, ...]]:
    lists: dict[str, list[str]] = yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))
    return {wish: tuple(beginnings) for wish, beginnings in lists.items()}
