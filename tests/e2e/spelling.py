"""Amounts, days and months as readers of each language write them, spelled here by hand."""

from datetime import date

from tests.e2e.running_system import RunningSystem

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fi": "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu",
}


def amount(minor: int, language: str) -> str:
    """Write an unsigned amount with plain spaces; thousands by the rule of each language."""
    euros, cents = divmod(abs(minor), 100)
    grouped = f"{euros:,}".replace(",", {"en": ",", "de": ".", "fi": " "}[language])
    return f"€{grouped}.{cents:02}" if language == "en" else f"{grouped},{cents:02} €"


def day(iso: str, language: str, system: RunningSystem) -> str:
    """Write a day; its year only when it is not this one."""
    when = date.fromisoformat(iso[:10])
    month = MONTHS[language].split()[when.month - 1] + ("kuuta" if language == "fi" else "")
    written = f"{when.day} {month}" if language == "en" else f"{when.day}. {month}"
    return written if when.year == this_year(system) else f"{written} {when.year}"


def month(iso: str, language: str, system: RunningSystem) -> str:
    """Write the month of a bill as it stands in a sentence, without an ending."""
    when = date.fromisoformat(iso[:10])
    name = MONTHS[language].split()[when.month - 1] + ("kuu" if language == "fi" else "")
    if when.year == this_year(system):
        return name
    return f"vuoden {when.year} {name}" if language == "fi" else f"{name} {when.year}"


def this_year(system: RunningSystem) -> int:
    return int(system.sql("SELECT strftime('%Y', 'now') AS year")[0]["year"])
