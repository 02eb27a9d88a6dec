"""Requirement 25: every rule has country, days and source; nothing holds twice; what is missing is missing."""

from datetime import date

import pytest

from billing.law import LawInvalid, RuleMissing, law_of, read_law

COUNTRIES = ("DE", "FI")
RULES = {
    "DE": {"vat_standard", "vat_reduced", "reminder_fee", "late_interest", "default", "price_notice", "objection"}
    | {"cut_off", "minimum_term", "outage_compensation"},
    "FI": {"vat_standard", "vat_reduced", "reminder_fee", "payment_demand_fee", "extension_fee", "late_interest"}
    | {"instalment_plan_fee", "default", "price_notice", "cut_off", "minimum_term", "outage_compensation"},
}


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_rule_has_country_days_and_source(country: str) -> None:
    rules = law_of(country).rules

    assert set(rules) == RULES[country]
    for versions in rules.values():
        assert versions
        assert all(rule.country == country and rule.source and rule.values for rule in versions)


@pytest.mark.parametrize("country", COUNTRIES)
def test_no_interest_rate_holds_for_longer_than_was_published(country: str) -> None:
    for rule in law_of(country).rules["late_interest"]:
        assert rule.valid_to is not None
        assert (rule.valid_from.month, rule.valid_from.day) in {(1, 1), (7, 1)}
        assert (rule.valid_to.month, rule.valid_to.day) in {(1, 1), (7, 1)}


@pytest.mark.parametrize(
    ("country", "day", "basis_points"),
    [
        ("DE", date(2025, 6, 30), 727),
        ("DE", date(2025, 7, 1), 627),
        ("DE", date(2026, 6, 30), 627),
        ("FI", date(2024, 12, 31), 1150),
        ("FI", date(2025, 1, 1), 1050),
        ("FI", date(2026, 6, 30), 950),
    ],
)
def test_the_rate_of_the_half_year_holds(country: str, day: date, basis_points: int) -> None:
    assert law_of(country).get("late_interest", day).number("basis_points") == basis_points


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_rate_that_nobody_published_is_missing_and_not_guessed(country: str) -> None:
    day_after_the_last = law_of(country).rules["late_interest"][-1].valid_to
    assert day_after_the_last is not None

    with pytest.raises(RuleMissing) as refused:
        law_of(country).get("late_interest", day_after_the_last)

    missing = refused.value
    assert (missing.country, missing.name, missing.day) == (country, "late_interest", day_after_the_last)


def test_a_rule_that_nobody_confirmed_counts_as_missing() -> None:
    assert law_of("FI").find("cut_off", date(2026, 3, 1)) is None
    with pytest.raises(RuleMissing):
        law_of("FI").get("instalment_plan_fee", date(2026, 3, 1))


def test_a_country_without_a_file_has_no_law() -> None:
    with pytest.raises(RuleMissing):
        law_of("SE").get("reminder_fee", date(2026, 3, 1))


def test_two_versions_that_hold_on_one_day_are_refused_with_file_and_rule() -> None:
    content = """
    fee:
      - {valid_from: 2024-01-01, valid_to: 2025-01-02, cents: 1, source: a}
      - {valid_from: 2025-01-01, cents: 2, source: b}
    """
    with pytest.raises(LawInvalid, match=r"fi\.yml, fee: two versions hold on 2025-01-01"):
        read_law("FI", content)


def test_a_version_without_end_before_another_is_refused() -> None:
    content = "fee: [{valid_from: 2024-01-01, source: a}, {valid_from: 2025-01-01, source: b}]"

    with pytest.raises(LawInvalid):
        read_law("FI", content)


def test_a_gap_is_allowed_and_is_a_gap() -> None:
    content = """
    fee:
      - {valid_from: 2024-01-01, valid_to: 2024-07-01, cents: 1, source: a}
      - {valid_from: 2025-01-01, cents: 2, source: b}
    """
    law = read_law("FI", content)

    assert law.get("fee", date(2024, 6, 30)).number("cents") == 1
    assert law.find("fee", date(2024, 7, 1)) is None
    assert law.get("fee", date(2025, 1, 1)).number("cents") == 2


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        ("{valid_from: 2024-01-01, cents: 1}", "no source"),
        ("{valid_from: 2024-01-01, valid_to: 2024-01-01, source: a}", "ends before it begins"),
        ("{valid_from: soon, source: a}", "are days"),
    ],
)
def test_a_version_that_says_too_little_is_refused(version: str, problem: str) -> None:
    with pytest.raises(LawInvalid, match=problem):
        read_law("DE", f"fee: [{version}]")
