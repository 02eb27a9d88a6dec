"""How a customer seems to feel, by signs that anybody can check: a rule, never a score."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from handoff.console.lines import line_texts
from handoff.console.schemas import Mood, SentimentOut, Sign

MOODS: Final = Path(__file__).with_name("moods.yml")
COMPLAINT: Final = "complaint"
_COMPLAINS: Final = "complain"
_NOT_UNDERSTOOD: Final = frozenset({"nlu_fallback", "out_of_scope"})
_EMPHATIC: Final = re.compile(r"!\s*!|\?!|!\?")
_SPACES: Final = re.compile(r"\W+")
_SHOUTED_LETTERS: Final = 8
_SHOUTED_PERCENT: Final = 70
_ASKED_AGAIN: Final = 3
_SENTENCE: Final = 3


@dataclass(frozen=True)
class Said:
    """One thing the customer said in words, and what the bot took it for."""

    text: str
    intent: str | None


def sentiment_of(said: Sequence[Said], language: str, reason: str | None) -> SentimentOut:
    """A complaint, two different signs of which one is a word, or any three: upset. Any sign at all: strained."""
    signs = _signs(said, language, reason)
    return SentimentOut(code=_mood(signs), signals=signs)


def _mood(signs: Sequence[Sign]) -> Mood:
    if "complaint" in signs or len(signs) >= 3 or ("words" in signs and len(signs) == 2):
        return "upset"
    return "strained" if signs else "neutral"


def _signs(said: Sequence[Said], language: str, reason: str | None) -> list[Sign]:
    texts = [one.text for one in said]
    found: dict[Sign, bool] = {
        "complaint": reason == COMPLAINT or any(one.intent == _COMPLAINS for one in said),
        "words": any(_words(language).search(text) for text in texts),
        "exclamation": any(_EMPHATIC.search(text) for text in texts),
        "capitals": any(_is_shouted(text) for text in texts),
        "repeated": _is_repeated(said),
        "not_understood": sum(one.intent in _NOT_UNDERSTOOD for one in said) > 1,
    }
    return [sign for sign, is_there in found.items() if is_there]


def _is_shouted(text: str) -> bool:
    """Numbers such as an IBAN are no shouting."""
    words = [word for word in text.split() if not any(character.isdigit() for character in word)]
    letters = [letter for word in words for letter in word if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    return len(letters) >= _SHOUTED_LETTERS and capitals * 100 >= len(letters) * _SHOUTED_PERCENT


def _is_repeated(said: Sequence[Said]) -> bool:
    """The same sentence twice, or the same wish three times; a yes or a number may come as often as it is asked for."""
    texts = Counter(_SPACES.sub(" ", one.text).strip().lower() for one in said)
    wishes = Counter(one.intent for one in said if line_texts().has(f"want.{one.intent}"))
    is_sentence_repeated = any(count > 1 for text, count in texts.items() if len(text.split()) >= _SENTENCE)
    return is_sentence_repeated or any(count >= _ASKED_AGAIN for count in wishes.values())


@cache
def _words(language: str) -> re.Pattern[str]:
    words: dict[str, list[str]] = yaml.safe_load(MOODS.read_text(encoding="utf-8"))
    patterns = [re.escape(word).replace(r"\*", r"\w*") for word in words.get(language, [])]
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns) or '(?!)'})(?!\w)", re.IGNORECASE)
