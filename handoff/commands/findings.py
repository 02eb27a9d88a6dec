"""What an examination found."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """`note` is worth knowing and needs no mending."""

    fine = "fine"
    note = "note"
    broken = "broken"


@dataclass(frozen=True)
class Finding:
    """What was found of one part, in one sentence."""

    part: str
    verdict: Verdict
    sentence: str


def fine(part: str, sentence: str) -> Finding:
    return Finding(part, Verdict.fine, sentence)


def note(part: str, sentence: str) -> Finding:
    return Finding(part, Verdict.note, sentence)


def broken(part: str, sentence: str) -> Finding:
    return Finding(part, Verdict.broken, sentence)
