"""Whether words are a plain yes. Everything else is not: a change waits until somebody clearly wants it."""

import re
import unicodedata
from functools import cache
from pathlib import Path

import yaml

WORDS_FILE = Path(__file__).parent / "texts" / "consent.yml"
_WORD = re.compile(r"[^\W_]+")
LONGEST_YES = 60
# Beside letters and digits a plain yes may hold these and a thumb up in any colour; other signs can say the opposite.
_PLAIN_SIGNS = re.compile(
    "[-\\s.,!;:)'\"\u2018-\u201f\u00ab\u00bb\u2013\u2014\u2026\U0001f44d\U0001f3fb-\U0001f3ff\ufe0f]*"
)
_APOSTROPHES = re.compile("['\u2019]")


def is_plain_yes(text: str) -> bool:
    """Say whether the text is made of words of consent and courtesy alone, in any of our languages.

    "Yes, please" is; "yes but", "ok whatever", "yes?", "ok" with a thumb down and a text with any other word are not.
    """
    text = unicodedata.normalize("NFC", text)
    if len(text) > LONGEST_YES or not _PLAIN_SIGNS.fullmatch(_WORD.sub("", text)):
        return False
    words = _WORD.findall(_APOSTROPHES.sub("", text.casefold()))
    return _is_made_of_consent(tuple(words), has_yes=False)


def is_plain_no(text: str) -> bool:
    """Say whether the text is one of the shortest refusals and nothing else, such as the 2 of a text message."""
    return " ".join(_WORD.findall(text.casefold())) in _refusals()


def _is_made_of_consent(words: tuple[str, ...], *, has_yes: bool) -> bool:
    if not words:
        return has_yes
    consent, courtesy = _phrases()
    return any(
        _is_made_of_consent(words[length:], has_yes=has_yes or words[:length] in consent)
        for length in range(1, len(words) + 1)
        if words[:length] in consent or words[:length] in courtesy
    )


@cache
def _phrases() -> tuple[frozenset[tuple[str, ...]], frozenset[tuple[str, ...]]]:
    consent, courtesy = (
        frozenset(tuple(phrase.split()) for phrase in _words(kind)) for kind in ("consent", "courtesy")
    )
    return consent, courtesy


@cache
def _refusals() -> frozenset[str]:
    return frozenset(_words("refusal"))


def _words(kind: str) -> list[str]:
    lists: dict[str, dict[str, list[str]]] = yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))
    return [word for language in lists.values() for word in language[kind]]
