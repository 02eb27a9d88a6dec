"""A value that stands in a text."""

import re
from dataclasses import dataclass
from typing import Iterable, List


@dataclass(frozen=True)
class Found:
    """`value` is the meaning in the form that actions read; the words are those from `start` to `end`."""

    entity: str
    value: str
    start: int
    end: int

    @classmethod
    def at(cls, entity: str, value: str, match: "re.Match[str]") -> "Found":
        return cls(entity, value, match.start(), match.end())

    def overlaps(self, other: "Found") -> bool:
        return self.start < other.end and other.start < self.end


def without_overlaps(found: Iterable[Found]) -> List[Found]:
    """Keep, of two that share a word, the one that comes first; return them in the order of the text."""
    kept: List[Found] = []
    for each in found:
        if not any(each.overlaps(other) for other in kept):
            kept.append(each)
    return sorted(kept, key=lambda each: each.start)
