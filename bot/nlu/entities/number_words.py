"""Numbers as they are said, up to 9,999, in English, German and Finnish, formal and colloquial."""

import re
import unicodedata
from functools import lru_cache
from itertools import product
from typing import Dict, Iterable, Iterator, List, Optional, Tuple

from bot.nlu.entities.vocabulary import vocabulary

THOUSAND, HUNDRED, TEN = 1000, 100, 10
MOST_WORDS = 7
_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d{1,4}", re.ASCII)


def read_number(text: str) -> Optional[int]:
    """Return the number that the text is as a whole: digits or words."""
    text = text.strip()
    return int(text) if _DIGITS.fullmatch(text) else _spelled_numbers().get(_joined(text))


def number_before(text: str, end: int) -> Optional[Tuple[int, int]]:
    """Return the longest number in words that ends at `end`, and where it starts."""
    words = list(_WORD.finditer(text, max(0, end - 120), end))[-MOST_WORDS:]
    if not words or text[words[-1].end() : end].strip(" -"):
        return None
    for first in words:
        value = _spelled_numbers().get(_joined(text[first.start() : end]))
        if value is not None and not _joined(text[first.start() : end]).startswith("and"):
            return value, first.start()
    return None


def number_after(text: str, start: int) -> Optional[Tuple[int, int]]:
    """Return the longest number in words right after `start`, and where it ends."""
    words = list(_WORD.finditer(text, start, start + 60))[:4]
    if not words or text[start : words[0].start()].strip(" -"):
        return None
    for last in reversed(words):
        value = _spelled_numbers().get(_joined(text[start : last.end()]))
        if value is not None:
            return value, last.end()
    return None


def _joined(text: str) -> str:
    """Return the words as one, without accents, so that `forty-nine` and `neljäkymmentä yhdeksän` are found."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^a-z]", "", decomposed)


@lru_cache(maxsize=1)
def _spelled_numbers() -> Dict[str, int]:
    spelled: Dict[str, int] = {}
    for words in vocabulary("numbers.yml").values():
        spelled.update(_spell_all(words))
    return spelled


def _spell_all(words: Dict[str, Dict[int, List[str]]]) -> Iterator[Tuple[str, int]]:
    """Yield every spelling: the language's tables say how units, tens, hundreds and thousands are written."""
    below_hundred = dict(_below_hundred(words))
    yield from ((spelling, value) for value, spellings in below_hundred.items() for spelling in spellings)
    for scale, name in ((HUNDRED, "hundred"), (THOUSAND, "thousand")):
        for count in range(1, TEN):
            heads = _heads(words, name, count)
            yield from ((head, count * scale) for head in heads)
            if scale == HUNDRED:
                for rest, endings in below_hundred.items():
                    for head, link, ending in product(heads, words["link"][0], endings):
                        yield head + link + ending, count * scale + rest


def _heads(words: Dict[str, Dict[int, List[str]]], scale: str, count: int) -> List[str]:
    counted = [unit + name for unit, name in product(words["units"][count], words[scale][2])]
    return counted if count > 1 else words[scale][1]


def _below_hundred(words: Dict[str, Dict[int, List[str]]]) -> Iterator[Tuple[int, List[str]]]:
    yield from words["units"].items()
    yield from words["teens"].items()
    for ten, names in words["tens"].items():
        yield ten, names
        for unit in range(1, TEN):
            yield ten + unit, list(_tens_with(words, names, words["units"][unit]))


def _tens_with(words: Dict[str, Dict[int, List[str]]], tens: Iterable[str], units: Iterable[str]) -> Iterator[str]:
    for ten, unit in product(tens, units):
        # German says the unit first: neunundvierzig.
        yield f"{unit}und{ten}" if "unit_first" in words else ten + unit
