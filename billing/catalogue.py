"""Catalogues of sentences: one flat YAML file per language, the same keys and placeholders in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import yaml

from billing.errors import SaldoError

LANGUAGES = ("en", "de", "fi")


class CatalogueInvalid(SaldoError):
    """The languages of a catalogue do not say the same things."""

    def __init__(self, folder: Path, problems: list[str]) -> None:
        super().__init__(f"{folder}: " + "; ".join(problems))
        self.folder = folder
        self.problems = problems


@dataclass(frozen=True)
class Catalogue:
    """Texts by language and key. An unknown key or a missing value is a KeyError: a bug, not a bad input."""

    texts: Mapping[str, Mapping[str, str]]

    @classmethod
    def load(cls, folder: Path) -> "Catalogue":
        """Read {en,de,fi}.yml; refuse them when keys or placeholders differ."""
        texts = {language: _read(folder / f"{language}.yml") for language in LANGUAGES}
        problems = _differences(texts)
        if problems:
            raise CatalogueInvalid(folder, problems)
        return cls(texts)

    def text(self, key: str, language: str, **values: object) -> str:
        """Return the sentence with its placeholders filled; a language we do not speak reads English."""
        return self.texts.get(language, self.texts["en"])[key].format(**values)

    def has(self, key: str) -> bool:
        return key in self.texts["en"]

    def keys(self) -> frozenset[str]:
        return frozenset(self.texts["en"])


def _read(path: Path) -> dict[str, str]:
    content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    wrong = [key for key, value in content.items() if not isinstance(value, str)]
    if wrong:
        raise CatalogueInvalid(path, [f"{key} is not text" for key in wrong])
    return {key: value.rstrip("\n") for key, value in content.items()}


def _differences(texts: Mapping[str, Mapping[str, str]]) -> list[str]:
    problems = []
    for key in sorted(set().union(*texts.values())):
        missing = [language for language in LANGUAGES if key not in texts[language]]
        if missing:
            problems.append(f"{key} is missing in {', '.join(missing)}")
        elif len({_placeholders(texts[language][key]) for language in LANGUAGES}) > 1:
            problems.append(f"{key} has different placeholders")
    return problems


def _placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)
