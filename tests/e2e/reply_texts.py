"""Which response an answer is made of, and what stands in its places: the sentences are read from their files."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.e2e.bills import plain
from tests.e2e.spelling import MONTHS

RESPONSES = Path(__file__).resolve().parents[2] / "bot/domain/responses"
# An amount or a day goes on behind a space or a point: neither is the end of the sentence there.
_END = rf"(?=\s(?!€|\w+kuu|(?:{'|'.join(MONTHS['de'].split())})\b)|$)"
_PLACE = re.compile(r"\\\{(\w+)\\\}")


def placeholders(response: str, language: str, text: str) -> dict[str, str] | None:
    """Return the values in the places of that response within the text; None when it is not part of it."""
    for template in _templates()[response][language]:
        if found := _pattern(template).search(text):
            return found.groupdict()
    return None


@cache
def _pattern(template: str) -> re.Pattern[str]:
    seen: set[str] = set()

    def place(match: re.Match[str]) -> str:
        name = match[1]
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        # At the front it begins a sentence, and must not reach back into the one before.
        return f"(?P<{name}>.+?)" if match.start() else rf"(?:^|(?<=[.?!:]\s))(?P<{name}>(?:(?!\w\w\w[.?!]\s).)+?)"

    return re.compile(_PLACE.sub(place, re.escape(plain(template).strip()).replace(r"\ ", " ")) + _END)


@cache
def _templates() -> dict[str, dict[str, list[str]]]:
    """Read every response's texts by language; one without a condition is the English one."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted(RESPONSES.glob("*.yml")):
        for name, variants in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items():
            for variant in variants:
                found.setdefault(name, {}).setdefault(_language_of(variant), []).append(variant.get("text", ""))
    return found


# Any: a variant is whatever the file holds.
def _language_of(variant: dict[str, Any]) -> str:
    slots = {condition["name"]: condition["value"] for condition in variant.get("condition", [])}
    return str(slots.get("language", "en"))
