"""What a stored text must not hold: one-time codes, card numbers and bank accounts. Pure."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

CODE_LENGTH = 6
HIDDEN = "••••••"

_SEPARATOR = r"[\s.\-‐‑–·]"
_WHOLE_CODE = re.compile(rf"{_SEPARATOR}*\d(?:{_SEPARATOR}*\d){{5}}{_SEPARATOR}*")
_DASH = r"\-‐‑–"
# Inside a sentence only the ways in which people group a code. Pairs with dots are a date, and so is 1.10.2026; a run
# of pairs or single digits is taken whole, for eight of them are a customer number.
_CODE_IN_TEXT = re.compile(
    rf"(?<!\d)(?<!\d[.,/{_DASH}])"
    rf"(?:\d{{6}}|\d{{3}}[\s.·{_DASH}]{{1,2}}\d{{3}}"
    rf"|\d\d(?:[\s·{_DASH}]{{1,2}}\d\d(?!\d)){{2,}}+|\d(?:[\s.,·{_DASH}]{{1,2}}\d(?!\d)){{5,}}+)"
    rf"(?!\d|[.,/{_DASH}]\d)"
)
_GAP = rf"{_SEPARATOR}{{0,2}}"
_CARD_START = re.compile(r"(?<!\d)\d")
_CARD_DIGITS = re.compile(rf"\d(?:{_GAP}\d){{12,18}}")
_SHORTEST_CARD = 13
_IBAN_START = re.compile(r"[A-Za-z]{2}\d{2}")

_IBAN_LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FI", "NL"), 18),
    **dict.fromkeys(("SI",), 19),
    **dict.fromkeys(("AT", "EE", "LT", "LU"), 20),
    **dict.fromkeys(("CH", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "DE", "GB", "IE"), 22),
    **dict.fromkeys(("CZ", "ES", "RO", "SE", "SK"), 24),
    **dict.fromkeys(("PT",), 25),
    **dict.fromkeys(("IS",), 26),
    **dict.fromkeys(("FR", "GR", "IT"), 27),
    **dict.fromkeys(("CY", "HU", "PL"), 28),
    **dict.fromkeys(("MT",), 31),
}


@dataclass(frozen=True)
class FoundCode:
    """A one-time code and the text around it, with the code hidden."""

    code: str
    text: str


def find_code(text: str) -> FoundCode | None:
    """Find the one six-digit code in a text; two candidates are no code."""
    plain = _with_plain_digits(text)
    if _WHOLE_CODE.fullmatch(plain):
        return FoundCode(_digits(plain), HIDDEN)
    found = _codes_in(plain)
    return FoundCode(_digits(found[0].group()), redact_codes(text)) if len(found) == 1 else None


def redact_codes(text: str) -> str:
    """Hide everything that could be a code, and change nothing else."""
    hidden = text
    for match in reversed(_codes_in(_with_plain_digits(text))):
        hidden = hidden[: match.start()] + HIDDEN + hidden[match.end() :]
    return hidden


def _codes_in(plain: str) -> list[re.Match[str]]:
    return [match for match in _CODE_IN_TEXT.finditer(plain) if len(_digits(match.group())) == CODE_LENGTH]


def redact_numbers(text: str) -> str:
    """Hide card numbers (Luhn) and bank accounts (IBAN check digits), all but the last four."""
    return _hide_each(_CARD_START, _read_card, _hide_each(_IBAN_START, _read_iban, text))


@dataclass(frozen=True)
class _Number:
    """Where a number ends, and what may be shown instead."""

    end: int
    shown: str


def _hide_each(start: re.Pattern[str], read: Callable[[str, int], _Number | None], text: str) -> str:
    """Try every place where a number may start, and go on right behind each one found."""
    plain = _with_plain_digits(text)
    parts: list[str] = []
    kept_from = look_from = 0
    while begun := start.search(plain, look_from):
        look_from = begun.start() + 1
        if number := read(plain, begun.start()):
            parts += (text[kept_from : begun.start()], number.shown)
            kept_from = look_from = number.end
    return "".join(parts) + text[kept_from:]


def _read_card(plain: str, start: int) -> _Number | None:
    """Other digits may follow the card's own, such as its month: the longest group of digits that is a card counts."""
    match = _CARD_DIGITS.match(plain, start)
    if match is None:
        return None
    places = [place for place in range(start, match.end()) if plain[place].isdecimal()]
    for count in range(len(places), _SHORTEST_CARD - 1, -1):
        end = places[count - 1] + 1
        digits = _digits(plain[start:end])
        if not plain[end : end + 1].isdecimal() and _passes_luhn(digits):
            return _Number(end, f"•••• {digits[-4:]}")
    return None


def _read_iban(plain: str, start: int) -> _Number | None:
    """The country says how long the number is; what follows it is text again, perhaps another number."""
    length = _IBAN_LENGTHS.get(plain[start : start + 2].upper(), 0)
    match = _signs(length).match(plain, start) if length else None
    if match is None:
        return None
    iban = "".join(sign for sign in match.group().upper() if sign.isalnum())
    return _Number(match.end(), f"{iban[:2]}•• •••• {iban[-4:]}") if _passes_mod_97(iban) else None


@cache
def _signs(count: int) -> re.Pattern[str]:
    return re.compile(rf"[A-Za-z0-9](?:{_GAP}[A-Za-z0-9]){{{count - 1}}}")


def _passes_luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + position % 2) for position, digit in enumerate(reversed(digits))]
    return len(set(digits)) > 1 and sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _passes_mod_97(iban: str) -> bool:
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


def _with_plain_digits(text: str) -> str:
    """Write every script's digits as ours, each in its place."""
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdecimal())
