"""How many parts a text asks for, in digits and in words, with the endings of three languages."""

import pytest

from actions.instalment_words import find_bare_number, find_parts, wants_later


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("in 3 parts please", 3),
        ("can I pay it in three equal monthly payments", 3),
        ("two instalments", 2),
        ("12 installments", 12),
        ("in 3 Raten bitte", 3),
        ("kann ich das in drei Raten zahlen", 3),
        ("auf zwölf Monate verteilen", 12),
        ("in zwei Teilen", 2),
        ("voinko maksaa kolmessa erässä", 3),
        ("kahteen erään", 2),
        ("kuudessa erässä", 6),
        ("maksan 4 osassa", 4),
        ("kahdeksassa erässä kiitos", 8),
        ("spread it over 3 months please", 3),
        ("in zwei gleichen Zahlungen", 2),
        ("3:ssa erässä kiitos", 3),
        ("can I pay in instalments", None),
        ("Ratenzahlung", None),
        ("osamaksu", None),
        ("on 3 December", None),
        ("20000 parts", None),
        ("", None),
    ],
)
def test_a_number_of_parts(text: str, parts: int | None) -> None:
    assert find_parts(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "Saisinko kaksi viikkoa lisää maksuaikaa",
        "14 päivää maksuaikaa kiitos",
        "Voinko maksaa kaksi viikkoa eräpäivän jälkeen?",
        "voinko maksaa kahden kuukauden päästä",
        "Can I pay in two months?",
        "I would like to pay my two bills next month",
        "I have two payments open, can I pay later",
        "ten days more would help, then I tend to pay part of it",
        "my bill is overdue, can I pay in two months",
        "zwei Monate später zahlen",
        "Kann ich die Zahlung auf zwei Monate verschieben?",
        "zwei Wochen Aufschub für die Rate bitte",
    ],
)
def test_time_and_bills_are_no_parts(text: str) -> None:
    assert find_parts(text) is None


@pytest.mark.parametrize(
    ("text", "number"), [("3", 3), (" 3. ", 3), ("kolme", 3), ("drei", 3), ("3 bills", None), ("", None), ("ok", None)]
)
def test_a_number_alone(text: str, number: int | None) -> None:
    assert find_bare_number(text) == number


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("later please", True),
        ("all of it later", True),
        ("lieber später", True),
        ("spaeter", True),
        ("maksan myöhemmin", True),
        ("siirrä eräpäivää", True),
        ("in 3 parts", False),
        ("kolmessa erässä", False),
        ("", False),
    ],
)
def test_all_of_it_later(text: str, later: bool) -> None:
    assert wants_later(text) is later
