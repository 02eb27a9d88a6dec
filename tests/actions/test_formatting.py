"""Amounts, days, months and quantities as each language's readers write them."""

from datetime import date

import pytest

from actions.formatting import Wording, fragments
from billing.money import Money

TODAY = date(2026, 11, 21)
NBSP = "\xa0"


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "€1,243.20"), ("de", f"1.243,20{NBSP}€"), ("fi", f"1{NBSP}243,20{NBSP}€")],
)
def test_an_amount(language: str, written: str) -> None:
    assert Wording(language, TODAY).amount(Money(124320, "EUR")) == written


def test_an_amount_has_no_sign_of_its_own() -> None:
    assert Wording("en", TODAY).amount(Money(-5, "EUR")) == "€0.05"


@pytest.mark.parametrize(("minor", "written"), [(1000, "+€10.00"), (-1000, "−€10.00")])
def test_a_signed_amount(minor: int, written: str) -> None:
    assert Wording("en", TODAY).signed_amount(Money(minor, "EUR")) == written


@pytest.mark.parametrize(
    ("language", "written"), [("en", "30 September"), ("de", "30. September"), ("fi", "30. syyskuuta")]
)
def test_a_day_of_this_year(language: str, written: str) -> None:
    assert Wording(language, TODAY).day(date(2026, 9, 30)) == written


@pytest.mark.parametrize(
    ("language", "written"), [("en", "30 September 2025"), ("de", "30. September 2025"), ("fi", "30. syyskuuta 2025")]
)
def test_a_day_of_another_year_names_the_year(language: str, written: str) -> None:
    assert Wording(language, TODAY).day(date(2025, 9, 30)) == written


@pytest.mark.parametrize(("language", "written"), [("en", "October"), ("de", "Oktober"), ("fi", "lokakuu")])
def test_a_month_stands_alone(language: str, written: str) -> None:
    assert Wording(language, TODAY).month(date(2026, 10, 1)) == written


@pytest.mark.parametrize(
    ("language", "written", "title"),
    [
        ("en", "October 2025", "October 2025"),
        ("de", "Oktober 2025", "Oktober 2025"),
        ("fi", "vuoden 2025 lokakuu", "Lokakuu 2025"),
    ],
)
def test_a_month_of_another_year_ends_in_the_month_so_that_finnish_can_inflect_it(
    language: str, written: str, title: str
) -> None:
    wording = Wording(language, TODAY)
    assert (wording.month(date(2025, 10, 1)), wording.month_title(date(2025, 10, 1))) == (written, title)


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [("en", "1 day", "4 days"), ("de", "1 Tag", "4 Tage"), ("fi", "1 päivä", "4 päivää")],
)
def test_days_are_counted_with_their_noun(language: str, one: str, several: str) -> None:
    wording = Wording(language, TODAY)
    assert [wording.days(count).replace(NBSP, " ") for count in (1, 4)] == [one, several]


@pytest.mark.parametrize(
    ("language", "written"), [("en", "1,200 kWh"), ("de", "1.200 kWh"), ("fi", f"1{NBSP}200{NBSP}kWh")]
)
def test_a_quantity(language: str, written: str) -> None:
    assert Wording(language, TODAY).quantity(1200, "kWh").replace(" ", NBSP) == written.replace(" ", NBSP)


def test_gigabytes_are_gigatavua_in_finnish() -> None:
    assert Wording("fi", TODAY).quantity(3, "GB") == "3 Gt"


def test_a_unit_that_babel_does_not_know_is_written_as_it_is() -> None:
    assert Wording("de", TODAY).quantity(3, "SMS") == "3 SMS"


@pytest.mark.parametrize(
    ("language", "name", "written"),
    [
        ("en", "Welcome discount", "welcome discount"),
        ("de", "Willkommensrabatt", "Willkommensrabatt"),
        ("fi", "Tervetuloalennus", "tervetuloalennus"),
    ],
)
def test_a_noun_within_a_sentence(language: str, name: str, written: str) -> None:
    assert Wording(language, TODAY).in_sentence(name) == written


def test_the_fragments_say_the_same_in_each_language() -> None:
    assert {"every_month", "one_off", "invoice_line", "status.overdue"} <= fragments().keys()
