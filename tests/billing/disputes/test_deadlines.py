"""Requirement 26: eight weeks from receipt, counted right; an end on a free day moves to the next working day."""

from datetime import date, timedelta

import pytest

from billing.disputes.deadlines import answer_deadline, next_working_day, objection_deadline
from billing.law import law_of


def test_the_day_of_receipt_does_not_count() -> None:
    """Received on Tuesday 3 March 2026; 56 days later is Tuesday 28 April."""
    assert objection_deadline("DE", date(2026, 3, 3)) == date(2026, 4, 28)
    assert date(2026, 3, 3) + timedelta(days=56) == date(2026, 4, 28)


@pytest.mark.parametrize(
    ("received_on", "last_day"),
    [
        (date(2026, 3, 7), date(2026, 5, 4)),  # 56 days: Saturday 2 May, moves to Monday
        (date(2026, 3, 8), date(2026, 5, 4)),  # Sunday 3 May
        (date(2026, 3, 6), date(2026, 5, 4)),  # Friday 1 May is a holiday, the weekend follows
        (date(2026, 2, 9), date(2026, 4, 7)),  # Easter Monday 6 April
        (date(2026, 2, 6), date(2026, 4, 7)),  # Good Friday 3 April, weekend, Easter Monday
        (date(2025, 10, 30), date(2025, 12, 29)),  # Christmas Day, Second Day of Christmas, weekend
        (date(2026, 11, 6), date(2027, 1, 4)),  # New Year's Day, in the next year
    ],
)
def test_an_end_on_a_free_day_moves_to_the_next_working_day(received_on: date, last_day: date) -> None:
    assert objection_deadline("DE", received_on) == last_day


def test_a_holiday_of_one_region_counts_in_favour_of_the_customer() -> None:
    """Corpus Christi, Thursday 4 June 2026, is a holiday in some of the states."""
    assert objection_deadline("DE", date(2026, 4, 9)) == date(2026, 6, 5)


def test_the_eight_weeks_of_the_law_before_count_for_older_bills() -> None:
    assert objection_deadline("DE", date(2021, 11, 2)) == date(2021, 12, 28)


def test_finland_sets_no_day_so_nothing_is_late() -> None:
    assert objection_deadline("FI", date(2026, 3, 3)) is None


def test_the_company_answers_within_eight_weeks_everywhere() -> None:
    assert answer_deadline(law_of("DE"), date(2026, 3, 7)) == date(2026, 5, 2)
    assert answer_deadline(law_of("FI"), date(2026, 3, 7)) == date(2026, 5, 2)


def test_a_working_day_stays_what_it_is() -> None:
    assert next_working_day("FI", date(2026, 6, 18)) == date(2026, 6, 18)
    assert next_working_day("FI", date(2026, 6, 19)) == date(2026, 6, 22)  # Midsummer Eve, Midsummer Day, Sunday
