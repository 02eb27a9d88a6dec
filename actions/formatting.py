"""Amounts, dates and quantities as the reader's country writes them.

English is that of readers in Germany and Finland: euro, the day before the month.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision
from babel.units import format_unit

from billing.catalogue import Catalogue
from billing.money import Money

LOCALES = {"en": "en_IE", "de": "de_DE", "fi": "fi_FI"}
MONTH_OF_ANOTHER_YEAR = {"en": "LLLL y", "de": "LLLL y", "fi": "'vuoden' y LLLL"}
DAY_PATTERNS = {"en": "d MMMM", "de": "d. MMMM", "fi": "d. MMMM"}
TIME_PATTERNS = {"en": "HH:mm", "de": "HH:mm", "fi": "H.mm"}
MICRO = 1_000_000
UNITS = {"GB": "digital-gigabyte", "MB": "digital-megabyte", "kWh": "energy-kilowatt-hour", "min": "duration-minute"}
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Wording:
    """Writes facts for one reader. `today` decides whether a date needs its year."""

    language: str
    today: date

    def amount(self, money: Money) -> str:
        """Write the amount without a sign: the sentence around it says which way it goes."""
        precision = get_currency_precision(money.currency)
        value = Decimal(abs(money.minor)).scaleb(-precision)
        return format_currency(value, money.currency, locale=self._locale)

    def signed_amount(self, money: Money) -> str:
        return (MINUS if money.minor < 0 else "+") + self.amount(money)

    def unit_price(self, micro: int, currency: str) -> str:
        """Write the price of one unit with all its digits, which may be fractions of a cent."""
        price = Decimal(micro) / MICRO
        digits = max(get_currency_precision(currency), -int(price.normalize().as_tuple().exponent))
        return format_currency(round(price, digits), currency, locale=self._locale, decimal_quantization=False)

    def time(self, moment: datetime) -> str:
        """Write the time of day as it is in the moment's own zone."""
        return format_time(moment.time(), TIME_PATTERNS[self.language], locale=self._locale)

    def share(self, basis_points: int) -> str:
        return self.tax_rate(basis_points)

    def sum(self, money: Money) -> str:
        """Write what a bill or a line of it comes to: less than nothing with its minus."""
        return (MINUS if money.minor < 0 else "") + self.amount(money)

    def day(self, day: date) -> str:
        pattern = DAY_PATTERNS[self.language]
        return format_date(day, pattern if day.year == self.today.year else f"{pattern} y", locale=self._locale)

    def month(self, day: date) -> str:
        """Write the month alone, in its dictionary form and last, as a Finnish ending may follow it."""
        pattern = "LLLL" if day.year == self.today.year else MONTH_OF_ANOTHER_YEAR[self.language]
        return format_date(day, pattern, locale=self._locale)

    def month_title(self, day: date) -> str:
        """Write the month as a line begins."""
        month = format_date(day, "LLLL" if day.year == self.today.year else "LLLL y", locale=self._locale)
        return month[:1].upper() + month[1:]

    def number(self, value: int) -> str:
        return format_decimal(value, locale=self._locale)

    def tax_rate(self, basis_points: int) -> str:
        # Without this the library rounds 25.5 % to 26 %.
        rate = Decimal(basis_points).scaleb(-4)
        return format_percent(rate, locale=self._locale, decimal_quantization=False)

    def quantity(self, value: int, unit: str) -> str:
        if unit not in UNITS:
            return f"{self.number(value)} {unit}"
        return format_unit(value, UNITS[unit], "short", locale=self._locale)

    def unit(self, unit: str) -> str:
        """Return the unit's sign as it stands behind a quantity."""
        return self.quantity(1, unit).removeprefix(self.number(1)).strip()

    def days(self, count: int) -> str:
        return format_unit(count, "duration-day", "long", locale=self._locale)

    def in_sentence(self, name: str) -> str:
        """Write a common noun as it stands within a sentence: German keeps its capital."""
        return name if self.language == "de" else name[:1].lower() + name[1:]

    def words(self, key: str, **values: object) -> str:
        """Return a fragment that a response needs as a value, such as "every month"."""
        return fragments().text(key, self.language, **values)

    @property
    def _locale(self) -> Locale:
        return Locale.parse(LOCALES[self.language])


@cache
def fragments() -> Catalogue:
    return Catalogue.load(Path(__file__).parent / "texts")
