"""Which of our three languages a customer writes. Changes only when the text is long and clear enough."""

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

LANGUAGES = ("en", "de", "fi")
_MIN_LETTERS = 10
_MIN_WORDS = 2
_MIN_CONFIDENCE = 0.97
_WORD = re.compile(r"[^\W\d_]+")


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier


def warm_up() -> None:
    """Load the model (about a second), so that the first customer need not wait for it."""
    _identifier()


def detect_language(text: str) -> str | None:
    """Return the language of the text, or None when it is too short or not clear."""
    words = _WORD.findall(text.lower())
    if len(words) < _MIN_WORDS or sum(map(len, words)) < _MIN_LETTERS:
        return None
    language, confidence = _identifier().classify(" ".join(words))
    return str(language) if confidence >= _MIN_CONFIDENCE else None


def preferred_language(accept_language: str | None) -> str:
    """Return the first of our languages in an Accept-Language header, else English."""
    for part in (accept_language or "").split(","):
        language = part.split(";")[0].strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return "en"
