"""Which of our three languages a customer writes. Changes only when the text is long and clear enough."""

import re
from functools import cache

import eldc

LANGUAGES = ("en", "de", "fi")
MIN_WORDS = 3
_MIN_LETTERS = 7
# The detector scores each language from 0 to 1 by itself; real sentences of ours score 0.9, nonsense under 0.5.
_MIN_SCORE = 0.5
_MIN_SCORE_OF_TWO_WORDS = 0.7
# Numbers, addresses and codes have no language.
_TOKEN = re.compile(r"\S+")
_WORD = re.compile(r"[^\W\d_]+")


@cache
def warm_up() -> None:
    """Load the model once, so that the first customer need not wait for it."""
    eldc.init()
    eldc.set_languages(list(LANGUAGES))
    eldc.set_scores(1)


def detect_language(text: str) -> str | None:
    """Return the language of a text of three words or more, or None when it is too short or not clear."""
    tokens = _TOKEN.findall(text.lower())
    words = _WORD.findall(" ".join(token for token in tokens if not _has_no_language(token)))
    if len(tokens) < MIN_WORDS or len(words) < MIN_WORDS - 1 or sum(map(len, words)) < _MIN_LETTERS:
        return None
    warm_up()
    found = eldc.detect_details(" ".join(words))
    least = _MIN_SCORE if len(words) >= MIN_WORDS else _MIN_SCORE_OF_TWO_WORDS
    is_clear = found.language in LANGUAGES and found.scores[found.language] >= least
    return str(found.language) if is_clear else None


def likely_language(text: str) -> str | None:
    """Return the best guess, however short the text; None for a text without words and for plain nonsense."""
    warm_up()
    found = str(eldc.detect_details(" ".join(_WORD.findall(text.lower()))).language)
    return found if found in LANGUAGES else None


def _has_no_language(token: str) -> bool:
    return "@" in token or any(character.isdigit() for character in token)


def preferred_language(accept_language: str | None) -> str:
    """Return the first of our languages in an Accept-Language header, else English."""
    for part in (accept_language or "").split(","):
        language = part.split(";")[0].strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return "en"
