"""Reads what a reply says: of each line what it is about, and of each figure what it is there for.

Takes the text and its language, and knows nothing of responses and wording: cues stand in one file per language.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

import yaml

from tests.actions.reply_roles.figures import Figure, Value, find_figures, unread_digits

# {amount} is an amount without a sign, {signed} one with it; a {sum} has one if it is less than nothing.
SHAPES = {"amount": r"(?<![+-])‹amount:{}›", "signed": r"[+-]‹amount:{}›", "sum": r"-?‹amount:{}›"}

# What a line is about, the role of each figure, and the recurrence that it states.
Meaning = tuple[str, tuple[str, ...], str | None]


class Unread(Exception):
    """A line that no cue explains, or more than one."""


@dataclass(frozen=True)
class Statement:
    """What one line says: its subject, its figures by role, and whether it is said to come every month."""

    kind: str
    figures: Mapping[str, Value]
    recurrence: str | None


@dataclass(frozen=True)
class Cues:
    kinds: Mapping[str, re.Pattern[str]]
    roles: Mapping[str, tuple[re.Pattern[str], ...]]
    recurrence: Mapping[str, re.Pattern[str]]
    opposites: tuple[tuple[str, str], ...]


def read_reply(text: str, language: str) -> list[Statement]:
    """Return what the lines say; a line without a figure that states no fact is left out."""
    statements = (_read_line(line, language) for line in text.splitlines() if line.strip())
    return [statement for statement in statements if statement is not None]


@cache
def cues(language: str) -> Cues:
    stored = yaml.safe_load((Path(__file__).parent / f"{language}.yml").read_text(encoding="utf-8"))
    return Cues(
        {kind: re.compile("|".join(map(_shape, _listed(shapes)))) for kind, shapes in stored["kinds"].items()},
        {role: tuple(re.compile(_shape(each)) for each in _listed(shapes)) for role, shapes in stored["roles"].items()},
        {name: re.compile(_shape(f"<signed>, {words}\\)")) for name, words in stored["recurrence"].items()},
        tuple((one, other) for one, other in stored["opposites"]),
    )


def _listed(shapes: str | list[str]) -> list[str]:
    return [shapes] if isinstance(shapes, str) else shapes


def _shape(cue: str) -> str:
    """Turn a cue into a pattern over masked text: `{x}` is the figure that is claimed, `<x>` another one."""
    claimed = re.sub(r"\{([a-z]+)\}", lambda match: _figure_shape(match[1], r"(?P<at>\d+)"), cue)
    return re.sub(r"(?<!\?P)<([a-z]+)>", lambda match: _figure_shape(match[1], r"\d+"), claimed)


def _figure_shape(kind: str, number: str) -> str:
    return SHAPES.get(kind, f"‹{kind}:{{}}›").format(number)


# A reply with one wrong figure has all its other lines in common with the right one.
@lru_cache(maxsize=20_000)
def _read_line(line: str, language: str) -> Statement | None:
    figures = find_figures(line, language)
    if unread_digits(line, figures):
        raise Unread(f"digits without a meaning: {line}")
    meaning = _meaning(_mask(line, figures), len(figures), language)
    if isinstance(meaning, str):
        raise Unread(f"{meaning}: {line}")
    if meaning is None:
        return None
    kind, roles, recurrence = meaning
    return Statement(kind, {role: _signed(figure) for role, figure in zip(roles, figures, strict=True)}, recurrence)


# Without its figures the same line comes again and again.
@cache
def _meaning(masked: str, count: int, language: str) -> Meaning | str | None:
    """Return what the words say; None if they state nothing, or why they cannot be understood."""
    known = cues(language)
    kinds = [kind for kind, shape in known.kinds.items() if shape.search(masked)]
    if not kinds and not count:
        return None
    if len(kinds) != 1:
        return f"about {kinds or 'nothing known'}"
    claims = _claims(masked, count, known)
    told = [role for roles in claims for role in roles]
    if any(len(roles) != 1 for roles in claims) or len(set(told)) != len(told):
        return f"figures as {[sorted(roles) for roles in claims]}"
    recurrence = next((name for name, shape in known.recurrence.items() if shape.search(masked)), None)
    return kinds[0], tuple(told), recurrence


def _claims(masked: str, count: int, known: Cues) -> list[set[str]]:
    """Return the roles that the words around each figure give it."""
    claims: list[set[str]] = [set() for _ in range(count)]
    for role, shapes in known.roles.items():
        for shape in shapes:
            for match in shape.finditer(masked):
                claims[int(match["at"])].add(role)
    return claims


def _mask(line: str, figures: list[Figure]) -> str:
    """Put each figure's kind and number in its place, so that cues see words and not digits."""
    masked, done = "", 0
    for place, figure in enumerate(figures):
        masked += line[done : figure.start] + f"‹{figure.kind}:{place}›"
        done = figure.end
    return (masked + line[done:]).replace("\N{MINUS SIGN}", "-")


def _signed(figure: Figure) -> Value:
    return -figure.value if figure.sign == "-" and isinstance(figure.value, Decimal) else figure.value
