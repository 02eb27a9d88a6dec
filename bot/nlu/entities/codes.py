"""Numbers and addresses that have a fixed shape: invoice, customer and phone numbers, e-mail."""

import re
from typing import Iterator, Sequence

import phonenumbers

from bot.nlu.entities.found import Found

# As billing prints them, DE-2026-001576; typed also small, or with spaces.
_INVOICE = re.compile(r"(?<![\w-])([a-z]{2})[ -]?(20\d{2})[ -]?(\d{6})(?![\w]|-\d)", re.IGNORECASE | re.ASCII)
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,4}[a-z]{2,24}\b", re.IGNORECASE
)
# Days as people write them, also with blanks: "22 11 2026", "2026-11-22".
_DAY = r"(?:0?[1-9]|[12]\d|3[01])[ -](?:0?[1-9]|1[0-2])[ -](?:19|20)\d\d"
_DAY_BACKWARDS = r"(?:19|20)\d\d[ -](?:0[1-9]|1[0-2])[ -](?:0[1-9]|[12]\d|3[01])"
# Eight digits, alone or in pairs or fours: no part of a longer number, date, phone number or amount.
_CUSTOMER = re.compile(
    rf"(?<![\w+/-])(?<!\d[ .-])(?!(?:{_DAY}|{_DAY_BACKWARDS})\b)\d(?:[ -]?\d){{7}}(?![ .-]?\d)(?![\w/])", re.ASCII
)
_IBAN = re.compile(r"\b[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?\b", re.IGNORECASE | re.ASCII)
_PHONE = re.compile(
    rf"(?<![\w+/.,-])(?!{_DAY}(?! ?\d))(?=(?:[ ()/.+-]*\d){{8}})(?:\+|\(?0)[\d ()/.-]{{5,24}}\d(?![\w])", re.ASCII
)
# Where a number without its country's code may belong, by the language of the customer; then the other countries.
_COUNTRIES = {"de": ("DE", "AT", "CH", "FI"), "fi": ("FI", "DE"), "en": ("FI", "DE", "GB", "IE", "AT")}


def find_bank_accounts(text: str) -> Iterator[Found]:
    """Yield what is left alone: the digits of a bank account are nothing else."""
    for match in _IBAN.finditer(text):
        yield Found.at("", "", match)


def find_emails(text: str) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        yield Found.at("email", match[0].lower().lstrip("."), match)


def find_invoice_numbers(text: str) -> Iterator[Found]:
    for match in _INVOICE.finditer(text):
        yield Found.at("invoice_number", f"{match[1].upper()}-{match[2]}-{match[3]}", match)


def find_customer_numbers(text: str) -> Iterator[Found]:
    for match in _CUSTOMER.finditer(text):
        yield Found.at("customer_number", match[0], match)


def find_phone_numbers(text: str, language: str) -> Iterator[Found]:
    for match in _PHONE.finditer(text):
        number = _international(match[0], _COUNTRIES.get(language, _COUNTRIES["en"]))
        if number:
            yield Found.at("phone_number", number, match)


def _international(number: str, countries: Sequence[str]) -> str:
    """Return it in E.164, or nothing when no country has such a number."""
    for country in countries:
        try:
            parsed = phonenumbers.parse(number, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    return ""
