"""Replies made wrong: two figures change places, a digit is another, a sign turns, a word becomes its opposite."""

from collections.abc import Iterator
from itertools import combinations
from random import Random

from tests.actions.reply_roles.figures import Figure, find_figures
from tests.actions.reply_roles.reading import cues

PAIRS_OF_A_REPLY = 2


def wrong_versions(text: str, language: str, rng: Random) -> Iterator[str]:
    """Yield versions that say something else than the text does."""
    figures = find_figures(text, language)
    pairs = [(one, other) for one, other in combinations(figures, 2) if _would_differ(one, other, text)]
    for one, other in rng.sample(pairs, min(PAIRS_OF_A_REPLY, len(pairs))):
        yield _swap(text, one, other)
    if figures:
        yield _misread(text, rng.choice(figures))
    signed = [figure for figure in figures if figure.sign]
    if signed:
        yield _turn(text, rng.choice(signed))
    for pair in cues(language).opposites:
        for word, opposite in (pair, pair[::-1]):
            if word in text:
                yield text.replace(word, opposite, 1)


def _would_differ(one: Figure, other: Figure, text: str) -> bool:
    """A sign stays in its place; where one figure stands in both places nothing is swapped."""
    return one.kind == other.kind and text[one.start : one.end] != text[other.start : other.end]


def _swap(text: str, one: Figure, other: Figure) -> str:
    first, second = text[one.start : one.end], text[other.start : other.end]
    return text[: one.start] + second + text[one.end : other.start] + first + text[other.end :]


def _misread(text: str, figure: Figure) -> str:
    """Count its last digit one up; a month without a year has none, and is left out."""
    digits = [place for place in range(figure.start, figure.end) if text[place].isdigit()]
    if not digits:
        return text[: figure.start] + text[figure.end :]
    return text[: digits[-1]] + str((int(text[digits[-1]]) + 1) % 10) + text[digits[-1] + 1 :]


def _turn(text: str, figure: Figure) -> str:
    place = figure.start - 1
    return text[:place] + ("-" if figure.sign == "+" else "+") + text[figure.start :]
