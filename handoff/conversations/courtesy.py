"""Words that ask for nothing: "OK, thank you" answers a promise or a farewell and must not undo it. Pure."""

import re
import unicodedata
from functools import cache

from handoff.language import LANGUAGES
from handoff.texts import server_texts

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def is_courtesy(text: str) -> bool:
    """Say whether the text is nothing but thanks, assent or a farewell, in whatever language, or a picture of it."""
    words = [word.replace("’", "'") for word in _WORD.findall(text.casefold())]
    if "?" in text:
        return False
    if not words:
        return any(unicodedata.category(letter) == "So" for letter in text)
    polite, fillers = _words("courtesy.words"), _words("courtesy.fillers")
    return not polite.isdisjoint(words) and all(word in polite or word in fillers for word in words)


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(word for language in LANGUAGES for word in server_texts().text(key, language).split("|"))
