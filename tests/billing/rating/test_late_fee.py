"""Fees for reminders: five euros in Finland after fourteen days, none in Germany."""

from datetime import date

from billing.rating.late_fee import find_late_fee_rule
from tests.billing.rating.terms import eur


def test_finland_allows_five_euros_fourteen_days_after_the_due_date() -> None:
    rule = find_late_fee_rule("FI", date(2026, 10, 15))

    assert rule is not None
    assert rule.fee == eur(500)
    assert rule.reminds_on(date(2026, 10, 15)) == date(2026, 10, 29)


def test_germany_allows_no_flat_fee() -> None:
    assert find_late_fee_rule("DE", date(2026, 10, 15)) is None


def test_a_bill_due_before_the_law_was_in_force_has_no_rule() -> None:
    assert find_late_fee_rule("FI", date(2013, 3, 15)) is None
