"""Values in messages: days, periods, amounts, numbers and addresses, in three languages; no model is asked."""

import time

import pytest

from bot.nlu.entities.finder import find_values


def values(text, entity, language=""):
    return [found.value for found in find_values(text, language) if found.entity == entity]


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("the bill from last month", ["month-1"]),
        ("send me this month's invoice", ["month+0"]),
        ("what will next month cost", ["month+1"]),
        ("the month before last", ["month-2"]),
        ("bills of last quarter", ["quarter-1"]),
        ("my bills from last year", ["year-1"]),
        ("all invoices from 2025", ["2025"]),
        ("the March bill", ["--03"]),
        ("bill for may please", ["--05"]),
        ("the one from March 2026", ["2026-03"]),
        ("copies of March and April", ["--03", "--04"]),
        ("invoice for 03/2026", ["2026-03"]),
        ("2026-03", ["2026-03"]),
        ("my latest bill", ["latest"]),
        ("the previous invoice", ["previous"]),
        ("I need my last three bills as PDF", ["latest:3"]),
        ("letzten Monat", ["month-1"]),
        ("die Rechnung vom letzten Monat", ["month-1"]),
        ("im letzten Quartal", ["quarter-1"]),
        ("Vormonat", ["month-1"]),
        ("die Märzrechnung", ["--03"]),
        ("rechnung vom maerz 2026", ["2026-03"]),
        ("Rechnung für Jänner", ["--01"]),
        ("im Mai", ["--05"]),
        ("letzte Rechnung bitte", ["latest"]),
        ("die vorletzte Rechnung", ["previous"]),
        ("die letzten drei Rechnungen", ["latest:3"]),
        ("viime kuussa", ["month-1"]),
        ("viime kuun lasku", ["month-1"]),
        ("maaliskuussa", ["--03"]),
        ("maaliskuun lasku", ["--03"]),
        ("tammikuulta 2026", ["2026-01"]),
        ("viime vuoden laskut", ["year-1"]),
        ("tämän kuun lasku", ["month+0"]),
        ("viimeisin lasku", ["latest"]),
        ("siis se edellinen lasku", ["previous"]),
        ("kolme viimeistä laskua", ["latest:3"]),
    ],
)
def test_periods_are_symbols(text, periods):
    assert values(text, "period") == periods


@pytest.mark.parametrize(
    "text",
    [
        "may I ask something",
        "can you mail it",
        "Mary marched home",
        "3 days",
        "on the second",
        "1.234",
        "it cost 2025 euros",
        "Why is my bill higher than last month?",
        "Warum ist meine Rechnung höher als im letzten Monat?",
        "Miksi laskuni on isompi kuin viime kuussa?",
        "higher compared to March",
    ],
)
def test_what_is_no_period_or_only_compared_with_is_left_out(text):
    assert values(text, "period") == []


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("2026-03-15", ["2026-03-15"]),
        ("I paid on 15/03/2026", ["2026-03-15"]),
        ("on 12/25/2026", ["2026-12-25"]),
        ("March 15th", ["--03-15"]),
        ("the 15th of March 2026", ["2026-03-15"]),
        ("yesterday", ["day-1"]),
        ("the day after tomorrow", ["day+2"]),
        ("in 3 days", ["day+3"]),
        ("two weeks ago", ["day-14"]),
        ("I can pay on Friday", ["weekday:5"]),
        ("am 15.3.", ["--03-15"]),
        ("15.03.2026", ["2026-03-15"]),
        ("15. März", ["--03-15"]),
        ("gestern bezahlt", ["day-1"]),
        ("übermorgen", ["day+2"]),
        ("in zwei Wochen", ["day+14"]),
        ("vor drei Tagen", ["day-3"]),
        ("nächsten Freitag", ["weekday:5"]),
        ("15. maaliskuuta", ["--03-15"]),
        ("maksan huomenna", ["day+1"]),
        ("kolme päivää sitten", ["day-3"]),
        ("kahden viikon päästä", ["day+14"]),
        ("perjantaina", ["weekday:5"]),
        ("guten Morgen", []),
        ("3 days", []),
        ("31/31/2026", []),
        ("call 040-12-13", []),
    ],
)
def test_days_are_symbols_too(text, dates):
    assert values(text, "date") == dates


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("I paid 49.90 euros", ["49.90"]),
        ("€1,234.56", ["1234.56"]),
        ("1.234 euros", ["1234.00"]),
        ("49 €", ["49.00"]),
        ("forty nine euros", ["49.00"]),
        ("forty-nine euros and ninety cents", ["49.90"]),
        ("a hundred and twenty euros fifty", ["120.50"]),
        ("49,90", ["49.90"]),
        ("1.234,56 €", ["1234.56"]),
        ("neunundvierzig euro neunzig", ["49.90"]),
        ("einhundertzwanzig Euro", ["120.00"]),
        ("fünfzig Cent", ["0.50"]),
        ("1 234,50 euroa", ["1234.50"]),
        ("neljäkymmentäyhdeksän euroa", ["49.00"]),
        ("neljäkymmentä yhdeksän euroa yhdeksänkymmentä senttiä", ["49.90"]),
        ("viiskyt euroo", ["50.00"]),
        ("forty nine euros two weeks ago", ["49.00"]),
        ("1.234", []),
        ("3 days", []),
        ("a discount of 20 %", []),
        ("20,50 % mehr", []),
        ("um 15.30 Uhr", []),
        ("klo 15.30", []),
        ("on 15.12", []),
        ("10,50 GB", []),
        ("DE-2026-001576", []),
        ("53464097", []),
    ],
)
def test_amounts_have_a_currency_or_cents(text, amounts):
    assert values(text, "amount") == amounts


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("invoice DE-2026-001576", ["DE-2026-001576"]),
        ("rechnung de 2026 001576 bitte", ["DE-2026-001576"]),
        ("lasku fi2026001576", ["FI-2026-001576"]),
        ("not DE-2026-000001 but DE-2026-000002", ["DE-2026-000001", "DE-2026-000002"]),
        ("2026-03-15", []),
        ("53464097", []),
    ],
)
def test_invoice_numbers_are_as_printed(text, numbers):
    assert values(text, "invoice_number") == numbers


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("call me at +49 171 39200012", "en", ["+4917139200012"]),
        ("meine Nummer ist 0171 39200012", "de", ["+4917139200012"]),
        ("numeroni on 040 1234567", "fi", ["+358401234567"]),
        ("my customer number is 53464097", "en", []),
        ("DE89 3704 0044 0532 0130 00", "de", []),
        ("DE-2026-001576", "de", []),
        ("15.03.2026", "de", []),
        ("0000000000", "en", []),
    ],
)
def test_phone_numbers_are_valid_ones_in_international_form(text, language, numbers):
    assert values(text, "phone_number", language) == numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("my e-mail is Anna.Meier@Example.com.", ["anna.meier@example.com"]),
        ("oso@te.fi, kiitos", ["oso@te.fi"]),
        ("me @ home", []),
        ("a@b", []),
    ],
)
def test_emails(text, found):
    assert values(text, "email") == found


@pytest.mark.parametrize(
    "text",
    [
        "ich habe am 22 11 2026 bezahlt",
        "paid on 05 11 2026",
        "maksoin 2026 11 22",
        "22-11-2026",
        "on 31 12 1999",
        "2026-11-22",
    ],
)
@pytest.mark.parametrize("language", ["en", "de", "fi"])
def test_a_day_is_neither_a_customer_nor_a_phone_number(text, language):
    assert not {each.entity for each in find_values(text, language)} & {"customer_number", "phone_number"}


@pytest.mark.parametrize("text", ["53464097", "5346 4097", "53 46 40 97", "22 13 2026", "41 11 2026", "22 11 3464"])
def test_a_customer_number_may_have_blanks(text):
    assert values(text, "customer_number") == [text]


def test_each_word_belongs_to_one_value():
    found = find_values("on 15.03.2026 I paid 49,90 for DE-2026-001576, customer 53464097, call +4917139200012")

    assert [each.entity for each in found] == ["date", "amount", "invoice_number", "customer_number", "phone_number"]


@pytest.mark.parametrize("text", ["1 " * 1000, "a@" * 1000, "€1.234," * 300, "maaliskuu " * 200, "0171 " * 400])
def test_a_long_text_is_read_in_bounded_time(text):
    find_values("warm up")
    started = time.process_time()

    find_values(text)

    assert time.process_time() - started < 0.25
