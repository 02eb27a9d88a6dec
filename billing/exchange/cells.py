"""What may stand in one cell of a CSV file, and what it means inside. Each kind reads text and writes it back."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from billing.parties import are_parties

# The databases keep whole numbers in 32 bits.
LARGEST = 2**31 - 1
LONGEST = 10_000
YEARS = range(1900, 2200)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,12})?", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,30}", re.ASCII)


class CellProblem(Exception):
    """The text of a cell means nothing; `code` names the sentence that says why."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Cell:
    """A kind of cell. What `write` makes of a value, `read` turns into the same value."""

    read: Callable[[str], Any]  # Any: each kind has a type of its own
    write: Callable[[Any], str] = str


def _text(text: str) -> str:
    if len(text) > LONGEST:
        raise CellProblem("text_too_long", most=LONGEST)
    return text


def matching(pattern: str, code: str) -> Cell:
    """Return a kind of text that follows a pattern as a whole."""
    compiled = re.compile(pattern, re.ASCII)

    def read(text: str) -> str:
        if not compiled.fullmatch(text):
            raise CellProblem(code, text=_shown(text))
        return text

    return Cell(read)


def choice(choices: type[StrEnum]) -> Cell:
    known = {member.value: member for member in choices}

    def read(text: str) -> StrEnum:
        if text not in known:
            raise CellProblem("choice_unknown", text=_shown(text), choices=", ".join(known))
        return known[text]

    return Cell(read)


@lru_cache(maxsize=20_000)
def _day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise CellProblem("day_invalid", text=_shown(text))
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise CellProblem("day_invalid", text=_shown(text)) from None
    if day.year not in YEARS:
        raise CellProblem("day_out_of_range", text=text)
    return day


@lru_cache(maxsize=20_000)
def _instant(text: str) -> datetime:
    if not _INSTANT.fullmatch(text):
        raise CellProblem("instant_invalid", text=_shown(text))
    if int(text[:4]) not in YEARS:
        raise CellProblem("day_out_of_range", text=text)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise CellProblem("instant_invalid", text=_shown(text)) from None


def _write_instant(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _scaled(places: int, lowest: int, code: str, highest: int = LARGEST) -> Cell:
    """Return a kind of decimal number that is kept as a whole number of its last place."""
    scale = 10**places

    @lru_cache(maxsize=10_000)
    def read(text: str) -> int:
        if not _DECIMAL.fullmatch(text):
            raise CellProblem(code, text=_shown(text))
        scaled = Decimal(text) * scale
        if scaled != int(scaled):
            raise CellProblem("too_many_decimals", text=text, most=places)
        return _bounded(int(scaled), text, lowest, highest, scale)

    def write(value: int) -> str:
        whole, rest = divmod(abs(value), scale)
        decimals = f"{rest:0{places}}"
        # Cents always show both places; finer numbers show what they need.
        shown = decimals if places == 2 else decimals.rstrip("0").ljust(2, "0")
        return f"{'-' if value < 0 else ''}{whole}.{shown}"

    return Cell(read, write)


def _bounded(value: int, text: str, lowest: int, highest: int, scale: int = 1) -> int:
    if value < lowest:
        code = {0: "negative", 1: "not_positive"}.get(lowest, "too_small")
        raise CellProblem(code, text=text, least=lowest // scale)
    if value > highest:
        raise CellProblem("too_large", text=text, most=highest // scale)
    return value


def _whole(lowest: int) -> Cell:
    @lru_cache(maxsize=10_000)
    def read(text: str) -> int:
        if not _WHOLE.fullmatch(text):
            raise CellProblem("not_whole", text=_shown(text))
        return _bounded(int(text), text, lowest, LARGEST)

    return Cell(read)


def _flag(text: str) -> bool:
    if text not in {"true", "false"}:
        raise CellProblem("not_a_flag", text=_shown(text))
    return text == "true"


def _percent_text(value: int) -> str:
    return AMOUNT.write(value).rstrip("0").rstrip(".")


def _facts(text: str) -> dict[str, Any]:
    """Read a JSON object of texts and whole numbers; what the databases cannot keep is refused."""
    try:
        facts = json.loads(_text(text), parse_float=_refuse, parse_constant=_refuse)
        kept = json.dumps(facts, ensure_ascii=False)
        kept.encode("utf-8")
    except (ValueError, RecursionError):
        raise CellProblem("facts_invalid") from None
    if not isinstance(facts, dict) or "\\u0000" in kept:
        raise CellProblem("facts_invalid")
    return facts


def _refuse(text: str) -> None:
    raise ValueError(text)


def _write_facts(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _parties(text: str) -> dict[str, Any]:
    kept = _facts(text)
    if not are_parties(kept):
        raise CellProblem("parties_invalid")
    return kept


def _tiers(text: str) -> list[dict[str, int]]:
    """Read `101:0.25;501:0.20`: from which unit on one costs how much, counted from the first that is charged."""
    tiers = []
    for part in text.split(";"):
        start, colon, price = part.partition(":")
        if not colon:
            raise CellProblem("tiers_invalid", text=_shown(text))
        tiers.append({"from_quantity": POSITIVE.read(start), "unit_price_micro": UNIT_PRICE.read(price)})
    starts = [tier["from_quantity"] for tier in tiers]
    if starts != sorted(set(starts)):
        raise CellProblem("tiers_invalid", text=_shown(text))
    return tiers


def _write_tiers(value: list[dict[str, int]]) -> str:
    return ";".join(f"{tier['from_quantity']}:{UNIT_PRICE.write(tier['unit_price_micro'])}" for tier in value)


def _shown(text: str) -> str:
    """Return the text as a report may show it: short, on one line."""
    short = text if len(text) <= 40 else f"{text[:40]}…"
    return "".join(character if character.isprintable() else "?" for character in short)


TEXT = Cell(_text)
COUNTRY = matching(r"[A-Z]{2}", "country_invalid")
CUSTOMER_NUMBER = matching(r"\d{8}", "customer_number_invalid")
# Those of Europe with hundredths; money is kept in them.
CURRENCY = matching("EUR|SEK|NOK|DKK|CHF|GBP|PLN|CZK|HUF|RON|BGN|USD", "currency_unknown")
PHONE = matching(r"\+[1-9]\d{6,14}", "phone_invalid")
LANGUAGE = matching(r"en|de|fi", "language_unknown")
DAY = Cell(_day, date.isoformat)
INSTANT = Cell(_instant, _write_instant)
AMOUNT = _scaled(2, -LARGEST, "amount_invalid")
PRICE = _scaled(2, 0, "amount_invalid")
POSITIVE_AMOUNT = _scaled(2, 1, "amount_invalid")
UNIT_PRICE = _scaled(6, 0, "amount_invalid")
TAX_RATE = Cell(_scaled(2, 0, "percent_invalid", highest=10_000).read, _percent_text)
PERCENT = Cell(_scaled(2, 1, "percent_invalid", highest=10_000).read, _percent_text)
WHOLE = _whole(-LARGEST)
QUANTITY = _whole(0)
POSITIVE = _whole(1)
FLAG = Cell(_flag, lambda value: "true" if value else "false")
FACTS = Cell(_facts, _write_facts)
PARTIES = Cell(_parties, _write_facts)
TIERS = Cell(_tiers, _write_tiers)
