"""Who lives in the demo: names, numbers, phones; drawn from the seed."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from billing.demo.household import Person

ENGLISH_SPEAKERS = 0.15
LOCAL_LANGUAGE = {"DE": "de", "FI": "fi"}


@cache
def _content() -> dict[str, Any]:  # Any: the file's shape is its own
    content: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("people.yml").read_text(encoding="utf-8"))
    return content


def places_of(country: str) -> list[list[str]]:
    """Return streets, each with postal code and town."""
    places: list[list[str]] = _content()["places"][country]
    return places


class People:
    """Makes people who differ from one another in number and phone."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._numbers = iter(rng.sample(range(10_000_000, 100_000_000), 5_000))
        self._phones = {country: _phones(patterns) for country, patterns in _content()["phones"].items()}

    def meet(self, country: str, language: str | None = None, name: str | None = None) -> Person:
        local = LOCAL_LANGUAGE[country]
        speaks = language or ("en" if self._rng.random() < ENGLISH_SPEAKERS else local)
        return Person(
            number=str(next(self._numbers)),
            name=name or self._draw_name(speaks),
            phone=next(self._phones[country]),
            country=country,
            language=speaks,
        )

    def _draw_name(self, language: str) -> str:
        names = _content()[language]
        return f"{self._rng.choice(names['first'])} {self._rng.choice(names['last'])}"


def _phones(patterns: list[str]) -> Iterator[str]:
    for pattern in patterns:
        digits = 10 ** int(pattern[-2])
        yield from (pattern.format(number) for number in range(digits))
