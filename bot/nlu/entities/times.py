"""Days and periods as symbols, which a clock turns into dates later: `2026-03-15`, `day-1`, `--03`, `latest`."""

import re
from functools import lru_cache
from typing import Callable, Dict, Iterator, List, Tuple

from bot.nlu.entities.calendar_names import ambiguous_months, month_names, weekday_names
from bot.nlu.entities.found import Found
from bot.nlu.entities.number_words import read_number
from bot.nlu.entities.vocabulary import vocabulary

PERIOD, DATE = "period", "date"
_YEAR = r"(?:19|20)\d{2}"
_COUNT = r"(?P<count>\d{1,3}|[^\W\d_]+)"
_LAST_MONTH, _LAST_DAY = 12, 31
MAX_FEW = 24


@lru_cache(maxsize=1)
def _dates() -> Dict[str, "re.Pattern[str]"]:
    months = "|".join(name for names in month_names().values() for name in names)
    year = rf"(?:,? ?(?P<year>{_YEAR}))?(?![\d-])"
    patterns = {
        "iso": rf"(?<![\w.-])(?P<year>{_YEAR})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})(?![\w-])",
        "figures": r"(?<![\w.,/-])(?P<day>\d{1,2})(?P<mark>[./-])(?P<month>\d{1,2})(?P=mark)"
        rf"(?P<year>{_YEAR}|\d{{2}})(?![\w/-])",
        "without_year": r"(?<![\w.,/-])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?![\w/-])",
        "slash": r"(?<![\w.,/-])(?P<day>\d{1,2})/(?P<month>\d{1,2})(?![\w/.,-])",
        "day_month": rf"(?<![\w.,/-])(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th)? ?(?:of )?(?P<name>{months})(?!\w){year}",
        "month_day": rf"\b(?P<name>{months})(?!\w)\.? (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
        rf"(?![\w.,/-]*\d|\w){year}",
    }
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in patterns.items()}


def find_dates(text: str) -> Iterator[Found]:
    for pattern in _dates().values():
        for match in pattern.finditer(text):
            value = _date_value(match)
            if value:
                yield Found.at(DATE, value, match)
    yield from _find_counted_days(text)
    yield from _find_phrases(text, _phrases("days"), DATE)
    for number, pattern in _weekdays():
        for match in pattern.finditer(text):
            yield Found.at(DATE, f"weekday:{number}", match)


def _date_value(match: "re.Match[str]") -> str:
    said = match.groupdict()
    day = int(said["day"])
    month = _month_of(said["name"]) if said.get("name") else int(said["month"])
    if month > _LAST_MONTH >= day:
        # Written the American way.
        day, month = month, day
    if not (1 <= month <= _LAST_MONTH and 1 <= day <= _LAST_DAY):
        return ""
    year = said.get("year")
    return f"{_whole_year(year) if year else '-'}-{month:02}-{day:02}"


def _whole_year(year: str) -> str:
    return year if len(year) > 2 else f"20{year}"


def _month_of(name: str) -> int:
    return next(
        number
        for number, names in month_names().items()
        if any(re.fullmatch(each, name, re.IGNORECASE) for each in names)
    )


def _find_counted_days(text: str) -> Iterator[Found]:
    for sign, days, pattern in _counted():
        for match in pattern.finditer(text):
            count = read_number(match["count"]) or {"a": 1}.get(match["count"].lower())
            if count:
                yield Found.at(DATE, f"day{sign}{count * days}", match)


@lru_cache(maxsize=1)
def _counted() -> List[Tuple[str, int, "re.Pattern[str]"]]:
    words = vocabulary("words.yml")
    return [
        (sign, days, re.compile(rf"\b{form.replace('#', f'{_COUNT} (?:{unit})')}(?!\w)", re.IGNORECASE))
        for sign, forms in words["counted"].items()
        for days, units in words["units"].items()
        for unit in ["|".join(units)]
        for form in forms
    ]


@lru_cache(maxsize=1)
def _weekdays() -> List[Tuple[int, "re.Pattern[str]"]]:
    return [
        (number, re.compile(rf"\b(?:{'|'.join(names)})(?!\w)", re.IGNORECASE))
        for number, names in weekday_names().items()
    ]


@lru_cache(maxsize=None)
def _phrases(section: str) -> List[Tuple[str, "re.Pattern[str]"]]:
    return [
        (symbol, re.compile(rf"(?<![\w-])(?:{'|'.join(forms)})(?!\w)", re.IGNORECASE))
        for symbol, forms in vocabulary("words.yml")[section].items()
    ]


def _find_phrases(text: str, phrases: List[Tuple[str, "re.Pattern[str]"]], entity: str) -> Iterator[Found]:
    """Yield longer phrases first: "the month before last" is not last month."""
    matches = [(symbol, match) for symbol, pattern in phrases for match in pattern.finditer(text)]
    for symbol, match in sorted(matches, key=lambda each: each[1].start() - each[1].end()):
        yield Found.at(entity, symbol, match)


def find_periods(text: str) -> Iterator[Found]:
    """Yield the periods that a question is about, not those that it compares with."""
    finders: Tuple[Callable[[str], Iterator[Found]], ...] = (_named_months, _figures, _latest_few)
    for finder in finders:
        yield from (found for found in finder(text) if not _is_compared(text, found.start))
    phrases = _find_phrases(text, _phrases("periods"), PERIOD)
    yield from (found for found in phrases if not _is_compared(text, found.start))
    yield from _lone_years(text)


def _is_compared(text: str, start: int) -> bool:
    return _compared().search(text[max(0, start - 40) : start]) is not None


@lru_cache(maxsize=1)
def _compared() -> "re.Pattern[str]":
    return re.compile(rf"\b(?:{'|'.join(vocabulary('words.yml')['compared_with'])})\s*$", re.IGNORECASE)


@lru_cache(maxsize=1)
def _months() -> "re.Pattern[str]":
    names = "|".join(f"(?P<m{number}>{'|'.join(forms)})" for number, forms in month_names().items())
    last_year = "|".join(vocabulary("words.yml")["periods"]["year-1"])
    return re.compile(
        rf"(?:\b(?:vuoden |year )?(?P<before>{_YEAR})[ -])?\b(?:{names})(?!\w)(?:'s)?\.?"
        rf"(?:,? (?:of |vom |von |im jahr |vuonna )?'?(?P<after>{_YEAR}|(?<=')\d{{2}})(?!\d)"
        rf"|(?P<last_year> (?:{last_year})))?",
        re.IGNORECASE,
    )


def _named_months(text: str) -> Iterator[Found]:
    for match in _months().finditer(text):
        number = next(int(name[1:]) for name, value in match.groupdict().items() if name[1:].isdigit() and value)
        year = match["before"] or match["after"]
        if not year and not match["last_year"] and not _is_clearly_a_month(text, match, match[f"m{number}"]):
            continue
        # Which year was last is the clock's to say: all its bills, rather than the wrong March.
        value = "year-1" if match["last_year"] else f"{_whole_year(year) if year else '-'}-{number:02}"
        yield Found.at(PERIOD, value, match)


def _is_clearly_a_month(text: str, match: "re.Match[str]", name: str) -> bool:
    """Tell "the bill of may" from "may I": names that are also words need a word before them that asks for a month."""
    words = vocabulary("words.yml")
    if name.lower() not in ambiguous_months() or match[0].strip() == text.strip(" .?!"):
        return True
    before = re.findall(r"\w+", text[: match.start()].lower())[-1:]
    follows = re.match(r"\W*(?:bill|invoice|lasku|rechnung|statement|payment)", text[match.end() :], re.IGNORECASE)
    return bool(follows) or (bool(before) and before[0] in words["before_months"])


def _figures(text: str) -> Iterator[Found]:
    for match in re.finditer(rf"(?<![\w./-])({_YEAR})-(0[1-9]|1[0-2])(?![\w-])", text):
        yield Found.at(PERIOD, f"{match[1]}-{match[2]}", match)
    for match in re.finditer(rf"(?<![\w.,/-])(0?[1-9]|1[0-2])[/.]({_YEAR})(?![\w-])", text):
        yield Found.at(PERIOD, f"{match[2]}-{int(match[1]):02}", match)


def _latest_few(text: str) -> Iterator[Found]:
    for form in vocabulary("words.yml")["latest_few"]:
        for match in re.finditer(rf"(?<!\w){form.replace('#', _COUNT)}(?!\w)", text, re.IGNORECASE):
            count = read_number(match["count"])
            if count and count <= MAX_FEW:
                yield Found.at(PERIOD, f"latest:{count}", match)


def _lone_years(text: str) -> Iterator[Found]:
    forms = "|".join(vocabulary("words.yml")["years"]).replace("#", rf"(?P<year>{_YEAR})")
    for match in re.finditer(
        rf"\b(?:{forms})(?!\w|[.,-]\d|\s?(?:€|eur))|^\W*(?P<alone>{_YEAR})\W*$", text, re.IGNORECASE
    ):
        if not _is_compared(text, match.start()):
            yield Found.at(PERIOD, next(value for value in match.groupdict().values() if value), match)
