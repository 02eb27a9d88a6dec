"""What was owed from when to when, by hand."""

from datetime import date

from billing.dunning.late_interest import OwedSpan
from billing.dunning.owed_spans import Contested, Debt, Receipt
from tests.factories.money import eur


def march(day: int) -> date:
    return date(2026, 3, day)


def test_an_untouched_debt_is_one_span() -> None:
    assert Debt(eur(100)).spans(march(1), march(31)) == [OwedSpan(eur(100), march(1), march(31))]


def test_a_payment_cuts_and_its_own_day_still_counts() -> None:
    debt = Debt(eur(100), [Receipt(march(11), 60)])

    assert debt.spans(march(1), march(31)) == [
        OwedSpan(eur(100), march(1), march(11)),
        OwedSpan(eur(40), march(11), march(31)),
    ]


def test_a_debt_that_is_paid_ends() -> None:
    debt = Debt(eur(100), [Receipt(march(11), 100)])

    assert debt.spans(march(1), march(31)) == [OwedSpan(eur(100), march(1), march(11))]


def test_a_payment_before_the_first_day_only_lowers_the_debt() -> None:
    assert Debt(eur(100), [Receipt(march(1), 30)]).spans(march(1), march(5)) == [OwedSpan(eur(70), march(1), march(5))]


def test_a_disputed_part_rests_while_it_is_disputed() -> None:
    debt = Debt(eur(100), contested=[Contested(march(5), march(15), 80)])

    assert debt.spans(march(1), march(31)) == [
        OwedSpan(eur(100), march(1), march(5)),
        OwedSpan(eur(20), march(5), march(15)),
        OwedSpan(eur(100), march(15), march(31)),
    ]


def test_a_part_that_is_still_disputed_rests_to_the_end() -> None:
    debt = Debt(eur(100), contested=[Contested(march(1), None, 100)])

    assert debt.spans(march(1), march(31)) == []


def test_more_disputed_than_open_owes_nothing_and_never_less() -> None:
    debt = Debt(eur(100), [Receipt(march(5), 50)], [Contested(march(5), None, 80)])

    assert debt.spans(march(1), march(31)) == [OwedSpan(eur(100), march(1), march(5))]
