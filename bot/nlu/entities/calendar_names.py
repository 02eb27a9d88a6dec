"""Names of months and weekdays in our languages, with the endings that they take: patterns by number."""

import re
import unicodedata
from functools import lru_cache
from typing import Callable, Dict, FrozenSet, List, Mapping

from babel.dates import get_day_names, get_month_names

from bot.nlu.entities.vocabulary import vocabulary

# Compounds and cases: März|rechnung, maaliskuu|n, Friday|s.
_ENDINGS = {"en": "s?", "de": r"s?(?:\w*rechnung(?:en)?|rate|abschlag|beitrag)?", "fi": r"\w{0,6}"}
_MONDAY_IN_BABEL = 0
Names = Callable[[str], Mapping[int, str]]


@lru_cache(maxsize=1)
def month_names() -> Dict[int, List[str]]:
    """Return patterns by month: whole names in every spelling, and abbreviations."""
    patterns = _patterns(lambda language: get_month_names("wide", "stand-alone", language))
    for number, extra in vocabulary("words.yml")["months"].items():
        patterns[number] += extra
    for language in ("en", "de"):
        for number, name in get_month_names("abbreviated", "format", language).items():
            patterns[number].append(_abbreviation(name))
    return patterns


@lru_cache(maxsize=1)
def ambiguous_months() -> FrozenSet[str]:
    """Return the names that are also other words, and so no month without a reason."""
    short, whole = (
        {
            _abbreviation(name)
            for language in ("en", "de")
            for name in get_month_names(width, "format", language).values()
        }
        for width in ("abbreviated", "wide")
    )
    return frozenset((short - whole) | set(vocabulary("words.yml")["ambiguous_months"]))


@lru_cache(maxsize=1)
def weekday_names() -> Dict[int, List[str]]:
    """Return patterns by ISO weekday: 1 is Monday."""
    babel = _patterns(lambda language: get_day_names("wide", "stand-alone", language))
    patterns = {number - _MONDAY_IN_BABEL + 1: names for number, names in babel.items()}
    for number, extra in vocabulary("words.yml")["weekdays"].items():
        patterns[number] += extra
    return patterns


def _patterns(names: Names) -> Dict[int, List[str]]:
    patterns: Dict[int, List[str]] = {}
    for language, ending in _ENDINGS.items():
        for number, name in names(language).items():
            for spelling in dict.fromkeys((name, _without_accents(name))):
                # Finnish weekdays change their last letter: keskiviikko, keskiviikkona; perjantai, perjantaina.
                patterns.setdefault(number, []).append(re.escape(spelling.lower()) + ending)
    return patterns


def _abbreviation(name: str) -> str:
    return name.lower().rstrip(".")


def _without_accents(name: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
