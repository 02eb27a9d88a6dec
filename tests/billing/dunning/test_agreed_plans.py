"""What may be agreed is what is then agreed, and what holds says what is to be paid next."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.dunning.arrangements import Agreed, agree_instalments, list_agreed, offer_instalments
from billing.dunning.instalments import Part, monthly
from billing.models.dunning import ArrangementKind, Instalment
from tests.factories.billing import make_customer, make_invoice, make_payment
from tests.factories.money import eur

DUE = date(2026, 3, 17)
NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize("parts", [2, 3, 7, 12])
def test_what_is_offered_is_what_is_agreed(session: Session, parts: int) -> None:
    invoice = make_invoice(session, make_customer(session), amounts=(12_345,), due_on=DUE)

    offered = offer_instalments(session, invoice.customer_id, invoice.id, now=NOW)[parts]
    arrangement = agree_instalments(session, invoice.customer_id, invoice.id, parts, now=NOW)

    rows = session.scalars(select(Instalment).filter_by(arrangement_id=arrangement.id).order_by(Instalment.position))
    assert [Part(row.due_on, eur(row.amount_minor)) for row in rows] == list(offered)
    assert sum(part.amount.minor for part in offered) == 12_345


@pytest.mark.parametrize(
    ("minor", "counts"), [(1_999, []), (2_000, [2]), (3_999, [2, 3]), (500_000, list(range(2, 13)))]
)
def test_no_part_that_is_offered_is_too_small(session: Session, minor: int, counts: list[int]) -> None:
    invoice = make_invoice(session, make_customer(session), amounts=(minor,), due_on=DUE)

    assert list(offer_instalments(session, invoice.customer_id, invoice.id, now=NOW)) == counts


@pytest.mark.parametrize(
    ("paid", "next_part"),
    [
        (0, Part(date(2026, 4, 3), eur(3_334))),
        (1, Part(date(2026, 4, 3), eur(3_333))),
        (3_334, Part(date(2026, 5, 3), eur(3_334))),
        (5_000, Part(date(2026, 5, 3), eur(1_668))),
        (10_000, Part(date(2026, 6, 3), eur(1))),
    ],
)
def test_the_next_part_is_what_was_paid_so_far_does_not_cover(paid: int, next_part: Part) -> None:
    parts = monthly(eur(10_001), 3, date(2026, 4, 3))

    assert Agreed("FI-1", ArrangementKind.INSTALMENTS, parts, eur(10_001 - paid)).next_part == next_part


def test_a_plan_holds_until_it_is_paid_or_a_part_is_missed(session: Session) -> None:
    invoice = make_invoice(session, make_customer(session), amounts=(10_000,), due_on=DUE)
    agree_instalments(session, invoice.customer_id, invoice.id, 2, now=NOW)
    first_due_on = date(2026, 4, 3)

    (on_the_day,) = list_agreed(session, invoice.customer_id, first_due_on)
    assert (on_the_day.invoice_number, on_the_day.left) == (invoice.number, eur(10_000))
    assert list_agreed(session, invoice.customer_id, date(2026, 4, 4)) == []

    make_payment(session, invoice, received_on=first_due_on)
    assert list_agreed(session, invoice.customer_id, first_due_on) == []
