"""What is wrong with files to import: where, which field and why; the sentences stand in problems.yml, in English."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

MOST_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; `line` 0 is the whole file, an empty `field` the whole row."""

    file: str
    line: int
    field: str
    code: str
    facts: Mapping[str, object]

    @property
    def reason(self) -> str:
        return _sentences()[self.code].format(**self.facts)

    def __str__(self) -> str:
        place = [self.file, f"line {self.line}" if self.line else "", self.field]
        return f"{', '.join(part for part in place if part)}: {self.reason}"


@dataclass(slots=True)
class Problems:
    """Collects what is wrong: all of it is counted, the first of it is kept. `spoiled`: files that have problems."""

    most: int = MOST_SHOWN
    count: int = 0
    kept: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    spoiled: set[str] = field(default_factory=set)

    def add(self, file: str, line: int, field: str, code: str, /, **facts: object) -> None:
        self.count += 1
        self.spoiled.add(file)
        if len(self.kept) < self.most:
            self.kept.append(Problem(file, line, field, code, facts))

    def warn(self, file: str, line: int, field: str, code: str, /, **facts: object) -> None:
        """Note something that is no reason to refuse the files."""
        if len(self.warnings) < self.most:
            self.warnings.append(Problem(file, line, field, code, facts))


@cache
def _sentences() -> dict[str, str]:
    content: dict[str, str] = yaml.safe_load(Path(__file__).with_name("problems.yml").read_text(encoding="utf-8"))
    return content
