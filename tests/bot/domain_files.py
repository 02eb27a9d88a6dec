"""Reads the bot's YAML as plain data, without Rasa, so that its tests run in any environment."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "de", "fi")
ENTITY = re.compile(r"\[([^\]]+)\]\([^)]+\)")

Response = dict[str, Any]


@cache
def read_domain() -> dict[str, Any]:
    """Merge the files as Rasa does: lists are joined, mappings must not overlap. Nobody may change what is shared."""
    domain: dict[str, Any] = {}
    for path in sorted((ROOT / "bot/domain").rglob("*.yml")):
        for key, value in read(path).items():
            if isinstance(value, list):
                domain.setdefault(key, []).extend(value)
            elif isinstance(value, dict):
                section = domain.setdefault(key, {})
                assert not section.keys() & value.keys(), f"{path} defines {section.keys() & value.keys()} again"
                section.update(value)
    return domain


def read(path: Path) -> Any:
    # The loader written in C: the other takes ten seconds for the domain and the phrases.
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)


def language_of(response: Response) -> str | None:
    """Return the language that a variation is for; English is the one without a condition."""
    conditions = response.get("condition")
    if conditions is None:
        return "en"
    (condition,) = conditions
    return str(condition["value"]) if condition["name"] == "language" else None


def training_phrases(language: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield (intent, phrase), the phrases without their entity marks."""
    for folder in LANGUAGES if language is None else (language,):
        for path in sorted((ROOT / "data/nlu" / folder).glob("*.yml")):
            for item in read(path)["nlu"]:
                for line in item["examples"].splitlines():
                    yield item["intent"], ENTITY.sub(r"\1", line.removeprefix("- ")).strip()


def held_out_phrases(language: str) -> Iterator[tuple[str, str]]:
    for intent, phrases in read(ROOT / f"tests/bot/nlu/held_out/{language}.yml").items():
        for phrase in phrases:
            yield intent, phrase


def rules() -> Iterator[dict[str, Any]]:
    for path in sorted((ROOT / "data/rules").glob("*.yml")):
        yield from read(path)["rules"]
