"""What a stored text must not hold: one-time codes, card numbers and bank accounts. Pure."""

import re
import unicodedata
from dataclasses import dataclass

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
_CARD = re.compile(r"(?<!\d)\d(?:[ \-.]?\d){12,18}(?!\d)")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \-]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")

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
    return _CARD.sub(_hide_card, _IBAN.sub(_hide_iban, text))


def _hide_card(match: re.Match[str]) -> str:
    digits = _digits(match.group())
    return f"•••• {digits[-4:]}" if _passes_luhn(digits) else match.group()


def _hide_iban(match: re.Match[str]) -> str:
    """The pattern may have run into the words behind the number: the country says how long it is."""
    found = match.group()
    signs = [place for place, sign in enumerate(found) if sign.isalnum()]
    length = _IBAN_LENGTHS.get(found[:2].upper(), 0)
    if not 0 < length <= len(signs):
        return found
    iban = "".join(found[place] for place in signs[:length]).upper()
    if not _passes_mod_97(iban):
        return found
    return f"{iban[:2]}•• •••• {iban[-4:]}{found[signs[length - 1] + 1 :]}"


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
