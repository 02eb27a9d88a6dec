"""The figures in a text, by the rules of its language alone: this file imports nothing of what wrote them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

SPACE = "[ \N{NO-BREAK SPACE}]"
SIGN = "[+\N{MINUS SIGN}-]"
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fi": "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu",
}
# Thousands and decimals.
SEPARATORS = {"en": (",", "."), "de": (r"\.", ","), "fi": (SPACE, ",")}
UNITS = {"GB": "GB", "Gt": "GB", "MB": "MB", "Mt": "MB", "kWh": "kWh", "min": "min", "mins": "min", "Min.": "min"}
DAYS = {"en": "days?", "de": "Tag(?:en|e)?", "fi": "päivä(?:stä|ltä|ä)?"}
URL = r"https?://\S+"
# An invoice number, an IBAN or a creditor reference, a Finnish reference number.
CODE = r"[A-Z]{2,}-\d[\d-]*|[A-Z]{2}\d{2}(?: [A-Z0-9]{1,4})+|\d{1,5}(?: \d{5})+(?!\d)"


@dataclass(frozen=True)
class Day:
    """`year` is None where the text leaves it to the reader, who thinks of this one."""

    year: int | None
    month: int
    day: int | None


Value = Decimal | tuple[Decimal, str] | Day | str


@dataclass(frozen=True)
class Figure:
    """One figure. `start` and `end` hold it without its sign; `sign` is "" where none is written."""

    kind: str
    value: Value
    sign: str
    start: int
    end: int


def find_figures(text: str, language: str) -> list[Figure]:
    return [_figure(match, language) for match in _pattern(language).finditer(text)]


@cache
def _pattern(language: str) -> re.Pattern[str]:
    thousands, decimals = SEPARATORS[language]
    whole = rf"(?:\d{{1,3}}(?:{thousands}\d{{3}})+|\d+)(?!\d)"
    number = rf"{whole}(?:{decimals}\d+)?"
    cents = rf"{whole}{decimals}\d\d(?!\d)"
    month = "|".join(MONTHS[language].split())
    money = f"€{cents}" if language == "en" else f"{cents}{SPACE}€"
    units = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
    kinds = {
        "link": URL,
        "amount": f"(?P<sign>{SIGN}?)(?P<money>{money})",
        "code": CODE,
        "day": _day(language, month),
        "month": _month(language, month),
        "percent": rf"{number}{'' if language == 'en' else SPACE}%",
        "days": rf"(?P<of_days>{number}){SPACE}{DAYS[language]}(?!\w)",
        "quantity": rf"(?P<count>{number}){SPACE}(?P<unit>{units})(?!\w)",
        "number": number,
    }
    return re.compile(r"(?<![\w])(?:" + "|".join(f"(?P<{kind}>{shape})" for kind, shape in kinds.items()) + ")")


def _day(language: str, month: str) -> str:
    dot, ending = ("" if language == "en" else r"\."), ("ta" if language == "fi" else "")
    in_words = rf"(?P<d>\d\d?){dot} (?P<dm>{month}){ending}(?!\w)(?: (?P<dy>\d{{4}})(?!\d))?"
    return rf"{in_words}|(?P<nd>\d\d?)\.(?P<nm>\d\d?)\.(?P<ny>\d{{4}})"


def _month(language: str, month: str) -> str:
    """A Finnish ending stays outside: it says what the month is there for."""
    if language == "fi":
        return rf"(?:vuoden (?P<ym>\d{{4}}) )?(?P<m>(?i:{month}))(?: (?P<my>\d{{4}}))?"
    return rf"(?P<m>{month})(?!\w)(?: (?P<my>\d{{4}})(?!\d))?(?P<ym>(?!))?"


def _figure(match: re.Match[str], language: str) -> Figure:
    kind = next(kind for kind in READERS if match[kind] is not None)
    core = "money" if kind == "amount" else kind
    sign = {"": "", "+": "+"}.get(match["sign"] or "", "-")
    return Figure(kind, READERS[kind](match, language), sign, match.start(core), match.end(core))


def _decimal(written: str, language: str) -> Decimal:
    thousands, decimals = SEPARATORS[language]
    plain = re.sub(rf"{thousands}(?=\d{{3}}(?!\d))", "", re.sub(r"[€%]", "", written).strip(f" {NBSP}"))
    return Decimal(plain.replace(decimals, "."))


def _read_day(match: re.Match[str], language: str) -> Day:
    if match["nd"]:
        return Day(int(match["ny"]), int(match["nm"]), int(match["nd"]))
    return Day(int(match["dy"]) if match["dy"] else None, _number_of(match["dm"], language), int(match["d"]))


def _read_month(match: re.Match[str], language: str) -> Day:
    year = match["ym"] or match["my"]
    return Day(int(year) if year else None, _number_of(match["m"], language), None)


def _number_of(month: str, language: str) -> int:
    return MONTHS[language].casefold().split().index(month.casefold()) + 1


NBSP = "\N{NO-BREAK SPACE}"
READERS: dict[str, Callable[[re.Match[str], str], Value]] = {
    "link": lambda match, _: match["link"],
    "amount": lambda match, language: _decimal(match["money"], language),
    "code": lambda match, _: match["code"],
    "day": _read_day,
    "month": _read_month,
    "percent": lambda match, language: _decimal(match["percent"], language),
    "days": lambda match, language: _decimal(match["of_days"], language),
    "quantity": lambda match, language: (_decimal(match["count"], language), UNITS[match["unit"]]),
    "number": lambda match, language: _decimal(match["number"], language),
}


def unread_digits(text: str, figures: list[Figure]) -> str:
    """Return the digits that stand in no figure; one after a letter is part of a word, such as "d1"."""
    read = {place for figure in figures for place in range(figure.start, figure.end)}
    return "".join(match[0] for match in re.finditer(r"(?<![^\W\d])\d", text) if match.start() not in read)
