"""The arithmetic of paying later, without a database."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.dunning.instalments import Part, first_missed, monthly, split, standing
from billing.models.dunning import ArrangementStatus
from tests.factories.money import eur

ACTIVE, KEPT, BROKEN = ArrangementStatus.ACTIVE, ArrangementStatus.KEPT, ArrangementStatus.BROKEN


def test_the_first_parts_carry_the_cents_that_do_not_divide() -> None:
    """100.00 / 3 = 33.33 and 1 cent; 100.01 / 3 = 33.33 and 2 cents."""
    assert [part.minor for part in split(eur(10_000), 3)] == [3_334, 3_333, 3_333]
    assert [part.minor for part in split(eur(10_001), 3)] == [3_334, 3_334, 3_333]


@settings(deadline=None, max_examples=300)
@given(minor=st.integers(1, 10**9), parts=st.integers(2, 12))
def test_the_parts_sum_to_the_amount_and_differ_by_a_cent_at_most(minor: int, parts: int) -> None:
    shares = [part.minor for part in split(eur(minor), parts)]

    assert sum(shares) == minor
    assert len(shares) == parts
    assert max(shares) - min(shares) <= 1
    assert shares == sorted(shares, reverse=True)


def test_the_parts_fall_on_the_same_day_of_each_month_or_its_last() -> None:
    days = [part.due_on for part in monthly(eur(400), 4, date(2026, 11, 30))]

    assert days == [date(2026, 11, 30), date(2026, 12, 30), date(2027, 1, 30), date(2027, 2, 28)]


PARTS = [Part(date(2026, 4, 1), eur(3_334)), Part(date(2026, 5, 1), eur(3_333)), Part(date(2026, 6, 1), eur(3_333))]


@pytest.mark.parametrize(
    ("claim", "today", "expected"),
    [
        (10_000, date(2026, 4, 1), ACTIVE),  # the day itself is in time
        (10_000, date(2026, 4, 2), BROKEN),
        (6_666, date(2026, 4, 2), ACTIVE),  # 10,000 - 3,334
        (6_665, date(2026, 4, 2), ACTIVE),  # paid ahead
        (6_667, date(2026, 4, 2), BROKEN),  # a cent too little
        (6_666, date(2026, 5, 2), BROKEN),
        (3_333, date(2026, 5, 2), ACTIVE),
        (0, date(2026, 4, 2), KEPT),
        (0, date(2026, 7, 1), KEPT),
        (1, date(2026, 6, 2), BROKEN),
    ],
)
def test_an_agreement_is_broken_when_less_was_paid_than_was_due(claim: int, today: date, expected: object) -> None:
    assert standing(PARTS, eur(claim), today) is expected


def test_the_first_part_that_is_not_covered_is_the_one_that_was_missed() -> None:
    assert first_missed(PARTS, eur(10_000)) == date(2026, 4, 1)
    assert first_missed(PARTS, eur(6_666)) == date(2026, 5, 1)
    assert first_missed(PARTS, eur(0)) is None
