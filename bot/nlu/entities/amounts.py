"""Amounts of money, as plain decimals: `49.90`. What has neither a currency nor two decimals is no amount."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Iterator, Optional, Tuple

from bot.nlu.entities.found import Found
from bot.nlu.entities.number_words import number_after, number_before
from bot.nlu.entities.vocabulary import vocabulary

AMOUNT = "amount"
_SIGN = r"[€$£]"
_FIGURES = r"\d{1,3}(?:[.,'’ \u00a0]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,3})?"
_LAST_MARK = re.compile(r"[.,](?=\d{1,2}$)")
# "14.50 Uhr", "klo 14.50", "3.30 pm", "20.5 %" and "15.12." are no amounts, nor is a part of a longer number.
_BARE = re.compile(
    r"(?<![\w.,:/€$£-])(?<!klo )(?<!kello )(?<!um )(?<!at )(?<!ab )(?<!gegen )(?<!bis )(?<!until )"
    r"(?:\d{1,3}(?:[.' ]\d{3})+,\d{2}|\d{1,5}[.,]\d{2})"
    r"(?![\w%€$£]|[.,:/-]\d|\s*(?:%|percent|prozent|prosent|uhr|h\b|am\b|pm\b|o'?clock|[kmg][bt]\b|kwh\b))",
    re.IGNORECASE,
)
_AND = re.compile(r"(?: (?:and|und|ja)\b)?", re.IGNORECASE)
_LATEST_DAY, _LATEST_MONTH = 31, 12


@lru_cache(maxsize=1)
def _patterns() -> Tuple["re.Pattern[str]", "re.Pattern[str]"]:
    words = vocabulary("words.yml")
    currency = rf"(?:{_SIGN}|(?:{'|'.join(words['currencies'])})(?!\w))"
    cents = rf"(?:{'|'.join(words['cents'])})(?!\w)"
    figures = rf"(?<![\w.,/-])(?:{_FIGURES})"
    written = (
        rf"(?:{_SIGN}|\b(?:eur|usd|gbp|chf))\s?(?P<after>{_FIGURES})(?![\w%])"
        rf"|(?P<whole>{figures})\s?{currency}(?:\s?(?:and |und |ja )?(?P<part>\d{{2}})(?![\d.,])(?:\s?{cents})?)?"
        rf"|(?P<small>(?<![\w.,/-])\d{{1,2}})\s?{cents}"
    )
    spoken = rf"(?<=[^\W\d_])[ -]?(?:(?P<currency>(?:{'|'.join(words['currencies'])}|€)(?!\w))|(?P<cents>{cents}))"
    return re.compile(written, re.IGNORECASE), re.compile(spoken, re.IGNORECASE)


def find_amounts(text: str) -> Iterator[Found]:
    written, spoken = _patterns()
    for match in written.finditer(text):
        yield Found.at(AMOUNT, _written_value(match), match)
    for match in spoken.finditer(text):
        found = _spoken_amount(text, match)
        if found is not None:
            yield found
    for match in _BARE.finditer(text):
        if not _could_be_a_day(match[0]):
            yield Found.at(AMOUNT, _plain(_decimal(match[0])), match)


def _written_value(match: "re.Match[str]") -> str:
    if match["small"]:
        return _plain(Decimal(match["small"]) / 100)
    value = _decimal(match["after"] or match["whole"])
    if match["part"] and value == int(value):
        value += Decimal(match["part"]) / 100
    return _plain(value)


def _spoken_amount(text: str, match: "re.Match[str]") -> Optional[Found]:
    before = number_before(text, match.start())
    if before is None:
        return None
    number, start = before
    if match["cents"]:
        return Found(AMOUNT, _plain(Decimal(number) / 100), start, match.end())
    after = number_after(text, _AND.match(text, match.end()).end())  # type: ignore[union-attr]  # matches nothing too
    # "forty-nine euros ninety", but not "forty-nine euros two weeks ago".
    if after is None or not 10 <= after[0] < 100:
        return Found(AMOUNT, _plain(Decimal(number)), start, match.end())
    return Found(AMOUNT, _plain(number + Decimal(after[0]) / 100), start, after[1])


def _could_be_a_day(figures: str) -> bool:
    """Tell of "15.12" that it may be a day in December."""
    first, mark, second = figures.rpartition(".")
    return (
        bool(mark)
        and first.isdigit()
        and second.isdigit()
        and int(first) <= _LATEST_DAY
        and 1 <= int(second) <= _LATEST_MONTH
    )


def _decimal(figures: str) -> Decimal:
    """Read `1.234,56`, `1,234.56`, `1 234,5` and `1.234`: a mark before one or two last digits starts the decimals."""
    mark = _LAST_MARK.search(figures)
    whole, cents = (figures[: mark.start()], figures[mark.end() :]) if mark else (figures, "0")
    return Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{cents}")


def _plain(value: Decimal) -> str:
    return f"{value:.2f}"
