"""Interest by hand: cents x basis points x days / (365 x 10,000), rounded once."""

from datetime import date

import pytest

from billing.dunning.late_interest import OwedSpan, interest_on, last_known_day, late_interest
from billing.law import RuleMissing, law_of, read_law
from billing.money import Money

HUNDRED = Money(10_000, "EUR")
ENDS_IN_JUNE = read_law(
    "DE", "late_interest: [{valid_from: 2026-01-01, valid_to: 2026-07-01, basis_points: 627, source: a bank}]"
)


@pytest.mark.parametrize(
    ("country", "cents"),
    [
        ("DE", 52),  # 10,000 x 627 x 30 / 3,650,000 = 51.53
        ("FI", 78),  # 10,000 x 950 x 30 / 3,650,000 = 78.08
    ],
)
def test_a_hundred_euros_thirty_days_late(country: str, cents: int) -> None:
    interest = late_interest(HUNDRED, law_of(country), date(2026, 3, 1), date(2026, 3, 31))

    assert interest == Money(cents, "EUR")


@pytest.mark.parametrize(
    ("country", "cents"),
    [
        ("DE", 54),  # (10 x 727 + 20 x 627) x 10,000 / 3,650,000 = 54.27
        ("FI", 81),  # (10 x 1,050 + 20 x 950) x 10,000 / 3,650,000 = 80.82
    ],
)
def test_each_half_year_counts_at_its_own_rate(country: str, cents: int) -> None:
    interest = late_interest(HUNDRED, law_of(country), date(2025, 6, 20), date(2025, 7, 20))

    assert interest == Money(cents, "EUR")


def test_the_parts_are_rounded_together_and_not_one_by_one() -> None:
    """3.00 EUR, 10 days each at 7.27 and 6.27 %: 0.598 + 0.515 cents are 1.11, not 1 + 1."""
    interest = late_interest(Money(300, "EUR"), law_of("DE"), date(2025, 6, 20), date(2025, 7, 10))

    assert interest == Money(1, "EUR")


def test_a_leap_year_has_365_days_here_too() -> None:
    """10,000 x 862 x 182 / 3,650,000 = 429.81: 29 February counts as a day, the divisor stays."""
    interest = late_interest(HUNDRED, law_of("DE"), date(2023, 12, 31), date(2024, 6, 30))

    assert interest == Money(430, "EUR")


def test_what_was_paid_on_the_due_date_owes_no_interest() -> None:
    assert late_interest(HUNDRED, law_of("FI"), date(2026, 3, 1), date(2026, 3, 1)) == Money(0, "EUR")


def test_a_debt_paid_in_parts_owes_interest_on_what_was_left() -> None:
    """10,000 x 950 x 10 + 4,000 x 950 x 20 = 171,000,000; / 3,650,000 = 46.85."""
    spans = [
        OwedSpan(HUNDRED, date(2026, 3, 1), date(2026, 3, 11)),
        OwedSpan(Money(4_000, "EUR"), date(2026, 3, 11), date(2026, 3, 31)),
    ]

    assert interest_on(spans, law_of("FI"), "EUR") == Money(47, "EUR")


def test_a_day_whose_rate_is_unknown_stops_the_answer() -> None:
    with pytest.raises(RuleMissing):
        late_interest(HUNDRED, ENDS_IN_JUNE, date(2026, 6, 20), date(2026, 7, 1))


def test_interest_is_known_up_to_the_last_published_day() -> None:
    law = ENDS_IN_JUNE

    assert last_known_day(law, date(2026, 5, 1), date(2026, 6, 10)) == date(2026, 6, 10)
    assert last_known_day(law, date(2026, 5, 1), date(2026, 9, 1)) == date(2026, 6, 30)
    assert last_known_day(law, date(2026, 7, 3), date(2026, 9, 1)) == date(2026, 7, 3)
