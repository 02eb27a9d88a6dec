"""Amounts, dates and quantities as a printed document writes them: whole dates, a true minus, no line breaks inside.

English is that of readers in Germany and Finland: euro, the day before the month.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date, format_interval
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision

from billing.money import Money
from billing.periods import BillingPeriod
from billing.texts import billing_texts

LOCALES = {"en": "en_IE", "de": "de_DE", "fi": "fi_FI"}
# The skeletons whose single day reads like the medium date of the language.
INTERVALS = {"en": "yMMMd", "de": "yMd", "fi": "yMd"}
MINUS, THIN_SPACE, NO_BREAK_SPACE = "\N{MINUS SIGN}", "\N{THIN SPACE}", "\N{NO-BREAK SPACE}"
BASIS_POINTS, MICRO = 10_000, 1_000_000


@dataclass(frozen=True)
class Print:
    """Writes facts for one reader."""

    language: str

    def amount(self, money: Money) -> str:
        value = Decimal(money.minor).scaleb(-get_currency_precision(money.currency))
        return self._signed(format_currency(value, money.currency, locale=self._locale))

    def unit_price(self, micro: int, currency: str) -> str:
        """Write the price of one unit with all its digits, which may be fractions of a cent."""
        price = Decimal(micro) / MICRO
        return self._signed(format_currency(price, currency, locale=self._locale, decimal_quantization=False))

    def rate(self, basis_points: int) -> str:
        return format_percent(Decimal(basis_points) / BASIS_POINTS, locale=self._locale, decimal_quantization=False)

    def day(self, day: date) -> str:
        return _day(self._known, day)

    def period(self, period: BillingPeriod) -> str:
        """Write first and last day; both belong to it."""
        return _period(self._known, period)

    def number(self, value: int) -> str:
        return format_decimal(value, locale=self._locale)

    def quantity(self, value: int, unit: str) -> str:
        key = f"unit.{unit}"
        return f"{self.number(value)}{NO_BREAK_SPACE}{self.words(key) if self.has_words(key) else unit}"

    def words(self, key: str, **values: object) -> str:
        return billing_texts().text(key, self.language, **values)

    @staticmethod
    def has_words(key: str) -> bool:
        return billing_texts().has(key)

    @property
    def _known(self) -> str:
        return self.language if self.language in LOCALES else "en"

    @property
    def _locale(self) -> Locale:
        return _locale(self._known)

    @staticmethod
    def _signed(text: str) -> str:
        return text.replace("-", MINUS)


# The documents of a billing run share their dates, and looking up a locale's patterns costs more than filling them in.
@cache
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES[language])


@lru_cache(maxsize=1000)
def _day(language: str, day: date) -> str:
    return format_date(day, "medium", locale=_locale(language)).replace(" ", NO_BREAK_SPACE)


@lru_cache(maxsize=1000)
def _period(language: str, period: BillingPeriod) -> str:
    if period.days == 1:
        return _day(language, period.start)
    written = format_interval(period.start, period.last_day, INTERVALS[language], locale=_locale(language))
    return written.replace(THIN_SPACE, "").replace(" ", NO_BREAK_SPACE)
