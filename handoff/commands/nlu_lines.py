"""Reads the files that `saldo nlu` understands: one JSON object a line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from handoff.language import LANGUAGES, likely_language


@dataclass(frozen=True)
class Line:
    """One text of a file. What nobody said stays None; `detected` is what the text itself looks like."""

    number: int
    text: str
    language: str | None
    intent: str | None
    detected: str | None


class BadLine(ValueError):
    """A line that is no text to understand, with the reason."""

    def __init__(self, file: Path, number: int, reason: str) -> None:
        super().__init__(f"{file}, line {number}: {reason}")


def read_lines(file: Path, *, with_intent: bool = False) -> Iterator[Line | BadLine]:
    """Yield each line that is not empty, or what is wrong with it."""
    with file.open("rb") as lines:
        for number, raw in enumerate(lines, start=1):
            if raw.strip():
                try:
                    yield _read(number, raw, with_intent=with_intent)
                except ValueError as error:
                    yield BadLine(file, number, str(error))


def _read(number: int, raw: bytes, *, with_intent: bool) -> Line:
    fields = _parse(raw)
    text = fields.get("text")
    if not isinstance(text, str):
        raise ValueError('"text" is missing or not a text')
    if not _is_unicode(text):
        raise ValueError('"text" holds half a character')
    intent = _intent(fields) if with_intent else None
    return Line(number, text, _language(fields), intent, likely_language(text))


def _parse(raw: bytes) -> dict[str, object]:
    try:
        fields = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("not in UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except (ValueError, RecursionError):
        # A number of thousands of digits, or thousands of brackets.
        raise ValueError("not JSON that a person wrote") from None
    if not isinstance(fields, dict):
        raise ValueError("not an object with a text")
    return fields


def _intent(fields: dict[str, object]) -> str:
    intent = fields.get("intent")
    if not isinstance(intent, str) or not intent or not _is_unicode(intent):
        raise ValueError('"intent" is missing or not a name')
    return intent


def _language(fields: dict[str, object]) -> str | None:
    """Return `lang` (or `language`); null counts as not said."""
    language = fields.get("lang", fields.get("language"))
    if language is None:
        return None
    if not isinstance(language, str) or language not in LANGUAGES:
        raise ValueError(f'"lang" is none of {", ".join(LANGUAGES)}')
    return language


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
