"""Paying later and in parts: who may, for how long, and what it does to dunning."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.disputes.disputes import close_dispute, open_dispute, review_dispute
from billing.dunning.arrangements import (
    ArrangementNotFound,
    ArrangementRefused,
    Refusal,
    agree_extension,
    agree_instalments,
    offer_extension,
    settle_arrangements,
)
from billing.dunning.dunning_accounts import load_overdue
from billing.law import RuleMissing
from billing.models.dispute import DisputeStatus
from billing.models.dunning import Arrangement, ArrangementKind, ArrangementStatus, Instalment
from billing.models.invoice import Invoice
from billing.money import Money
from tests.factories.billing import line_ids, make_customer, make_invoice, make_payment
from tests.factories.money import eur

DUE = date(2026, 3, 17)
NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def overdue_invoice(session: Session, *amounts: int, country: str = "DE") -> Invoice:
    customer = make_customer(session, country=country)
    return make_invoice(session, customer, amounts=amounts or (10_000,), due_on=DUE)


def extend(session: Session, invoice: Invoice, until: date, fee: Money | None = None) -> Arrangement:
    return agree_extension(session, invoice.customer_id, invoice.id, until, now=NOW, fee=fee)


def parts_of(session: Session, arrangement: Arrangement) -> list[tuple[date, int]]:
    rows = session.scalars(select(Instalment).filter_by(arrangement_id=arrangement.id).order_by(Instalment.position))
    return [(row.due_on, row.amount_minor) for row in rows]


def refused(session: Session, invoice: Invoice, *, parts: int = 2, now: datetime = NOW) -> Refusal:
    with pytest.raises(ArrangementRefused) as caught:
        agree_instalments(session, invoice.customer_id, invoice.id, parts, now=now)
    return caught.value.refusal


def test_an_extension_is_offered_for_thirty_days_and_moves_the_open_amount(session: Session) -> None:
    invoice = overdue_invoice(session)
    make_payment(session, invoice, received_on=DUE, amount_minor=2_500)

    offer = offer_extension(session, invoice.customer_id, invoice.id, now=NOW)
    arrangement = extend(session, invoice, offer.latest)

    assert (offer.open_amount, offer.latest) == (eur(7_500), date(2026, 4, 19))
    assert parts_of(session, arrangement) == [(date(2026, 4, 19), 7_500)]
    assert (arrangement.kind, arrangement.status) == (ArrangementKind.EXTENSION, ArrangementStatus.ACTIVE)


def test_an_extension_ends_sixty_days_after_the_due_date_at_the_latest(session: Session) -> None:
    """60 days after 17 March is 16 May."""
    invoice = overdue_invoice(session)

    offer = offer_extension(session, invoice.customer_id, invoice.id, now=datetime(2026, 5, 10, 9, tzinfo=UTC))
    assert offer.latest == date(2026, 5, 16)
    with pytest.raises(ArrangementRefused) as caught:
        offer_extension(session, invoice.customer_id, invoice.id, now=datetime(2026, 5, 16, 9, tzinfo=UTC))
    assert caught.value.refusal is Refusal.TOO_LATE


@pytest.mark.parametrize(
    ("until", "refusal"),
    [
        (date(2026, 3, 20), Refusal.NOT_LATER),
        (date(2026, 4, 20), Refusal.TOO_LATE),
    ],
)
def test_an_extension_beyond_the_offer_is_refused(session: Session, until: date, refusal: Refusal) -> None:
    invoice = overdue_invoice(session)

    with pytest.raises(ArrangementRefused) as caught:
        extend(session, invoice, until)
    assert caught.value.refusal is refusal


def test_an_invoice_is_extended_once(session: Session) -> None:
    invoice = overdue_invoice(session)
    extend(session, invoice, date(2026, 4, 1))

    with pytest.raises(ArrangementRefused) as caught:
        extend(session, invoice, date(2026, 4, 10))
    assert caught.value.refusal is Refusal.ALREADY_ARRANGED


def test_who_broke_an_agreement_gets_none_for_another_invoice(session: Session) -> None:
    customer = make_customer(session)
    first, second = (make_invoice(session, customer, due_on=DUE) for _ in range(2))
    extend(session, first, date(2026, 4, 1))

    later = datetime(2026, 4, 2, 9, tzinfo=UTC)
    assert refused(session, second, now=later) is Refusal.BROKEN_BEFORE
    assert refused(session, first, now=later) is Refusal.BROKEN_BEFORE
    a_year_on = datetime(2027, 3, 21, 9, tzinfo=UTC)
    assert agree_instalments(session, customer.id, second.id, 2, now=a_year_on)


def test_a_paid_or_a_disputed_invoice_is_not_arranged(session: Session) -> None:
    paid, disputed = overdue_invoice(session), overdue_invoice(session)
    make_payment(session, paid, received_on=DUE)
    open_dispute(session, disputed.customer_id, disputed.id, None, "too much", now=NOW)

    assert refused(session, paid) is Refusal.NOT_OPEN
    assert refused(session, disputed) is Refusal.DISPUTED


def test_instalments_sum_to_the_open_amount_and_fall_monthly(session: Session) -> None:
    invoice = overdue_invoice(session, 10_001)

    arrangement = agree_instalments(session, invoice.customer_id, invoice.id, 3, now=NOW)

    assert parts_of(session, arrangement) == [
        (date(2026, 4, 3), 3_334),
        (date(2026, 5, 3), 3_334),
        (date(2026, 6, 3), 3_333),
    ]


@pytest.mark.parametrize("parts", [0, 1, 13])
def test_there_are_two_to_twelve_parts(session: Session, parts: int) -> None:
    assert refused(session, overdue_invoice(session, 100_000), parts=parts) is Refusal.PARTS


def test_a_part_is_ten_euros_at_least(session: Session) -> None:
    invoice = overdue_invoice(session, 11_999)

    assert refused(session, invoice, parts=12) is Refusal.PART_TOO_SMALL
    assert agree_instalments(session, invoice.customer_id, invoice.id, 11, now=NOW)


def test_finland_allows_five_euros_for_an_extension_of_two_weeks(session: Session) -> None:
    invoice = overdue_invoice(session, country="FI")

    for until, fee in ((date(2026, 4, 3), 501), (date(2026, 4, 2), 500)):
        with pytest.raises(ArrangementRefused) as caught:
            extend(session, invoice, until, eur(fee))
        assert caught.value.refusal is Refusal.FEE_ABOVE_LAW
    assert extend(session, invoice, date(2026, 4, 3), eur(500)).fee_minor == 500


def test_a_fee_about_which_the_law_is_silent_is_left_to_a_person(session: Session) -> None:
    german, finnish = overdue_invoice(session), overdue_invoice(session, country="FI")

    with pytest.raises(RuleMissing):
        extend(session, german, date(2026, 4, 3), eur(1))
    with pytest.raises(RuleMissing):
        agree_instalments(session, finnish.customer_id, finnish.id, 2, now=NOW, fee=eur(1))


def test_another_customers_invoice_is_not_found(session: Session) -> None:
    mine, other = overdue_invoice(session), overdue_invoice(session)

    with pytest.raises(ArrangementNotFound):
        offer_extension(session, mine.customer_id, other.id, now=NOW)


def status_on(session: Session, arrangement: Arrangement, day: date) -> ArrangementStatus:
    settle_arrangements(session, [arrangement.customer_id], day)
    return arrangement.status


def test_an_extension_that_is_paid_is_kept(session: Session) -> None:
    invoice = overdue_invoice(session)
    arrangement = extend(session, invoice, date(2026, 4, 1))

    assert status_on(session, arrangement, date(2026, 4, 1)) is ArrangementStatus.ACTIVE
    make_payment(session, invoice, received_on=date(2026, 4, 1))
    assert status_on(session, arrangement, date(2026, 4, 2)) is ArrangementStatus.KEPT


def test_instalments_are_broken_the_day_after_one_was_missed(session: Session) -> None:
    invoice = overdue_invoice(session)
    arrangement = agree_instalments(session, invoice.customer_id, invoice.id, 2, now=NOW)
    make_payment(session, invoice, received_on=date(2026, 4, 3), amount_minor=5_000)

    assert status_on(session, arrangement, date(2026, 5, 3)) is ArrangementStatus.ACTIVE
    assert status_on(session, arrangement, date(2026, 5, 4)) is ArrangementStatus.BROKEN


def test_dunning_waits_while_an_agreement_holds_and_counts_from_the_missed_day(session: Session) -> None:
    invoice = overdue_invoice(session)
    extend(session, invoice, date(2026, 4, 1))

    (waiting,) = load_overdue(session, [invoice.customer_id], date(2026, 4, 1))[invoice.customer_id]
    (broken,) = load_overdue(session, [invoice.customer_id], date(2026, 4, 2))[invoice.customer_id]

    assert (waiting.is_arranged, waiting.payable_on) == (True, DUE)
    assert (broken.is_arranged, broken.payable_on) == (False, date(2026, 4, 1))


def test_an_agreement_that_another_system_cancelled_holds_nothing_back_and_can_be_replaced(session: Session) -> None:
    invoice = overdue_invoice(session)
    extend(session, invoice, date(2026, 4, 1)).status = ArrangementStatus.CANCELLED
    session.flush()

    (overdue,) = load_overdue(session, [invoice.customer_id], DUE + DAY)[invoice.customer_id]
    assert not overdue.is_arranged
    assert agree_instalments(session, invoice.customer_id, invoice.id, 2, now=NOW)


def test_a_dispute_pays_nothing_and_leaves_an_agreement_as_it_is_until_it_is_decided(session: Session) -> None:
    invoice = overdue_invoice(session)
    arrangement = extend(session, invoice, date(2026, 4, 10))
    now = datetime(2026, 3, 25, 9, tzinfo=UTC)
    dispute = open_dispute(session, invoice.customer_id, invoice.id, None, "not mine", now=now)

    assert status_on(session, arrangement, date(2026, 3, 26)) is ArrangementStatus.ACTIVE
    assert status_on(session, arrangement, date(2026, 4, 11)) is ArrangementStatus.ACTIVE

    review_dispute(session, dispute.id)
    close_dispute(session, dispute.id, DisputeStatus.REJECTED, now=datetime(2026, 4, 11, 9, tzinfo=UTC))
    assert status_on(session, arrangement, date(2026, 6, 1)) is ArrangementStatus.BROKEN


def test_a_rejected_dispute_leaves_an_agreement_that_is_paid_in_time_kept(session: Session) -> None:
    invoice = overdue_invoice(session)
    arrangement = extend(session, invoice, date(2026, 4, 10))
    now = datetime(2026, 3, 25, 9, tzinfo=UTC)
    dispute = review_dispute(
        session, open_dispute(session, invoice.customer_id, invoice.id, None, "not mine", now=now).id
    )
    close_dispute(session, dispute.id, DisputeStatus.REJECTED, now=datetime(2026, 4, 1, 9, tzinfo=UTC))

    assert status_on(session, arrangement, date(2026, 4, 10)) is ArrangementStatus.ACTIVE
    make_payment(session, invoice, received_on=date(2026, 4, 10))
    assert status_on(session, arrangement, date(2026, 4, 11)) is ArrangementStatus.KEPT


def test_a_disputed_part_covers_no_instalment_that_was_missed(session: Session) -> None:
    """Four parts of 30.00, the first on 3 April; 60.00 are disputed and rejected, nothing was paid."""
    invoice = overdue_invoice(session, 6_000, 6_000)
    arrangement = agree_instalments(session, invoice.customer_id, invoice.id, 4, now=NOW)
    contested = [line_ids(session, invoice)[0]]
    dispute = open_dispute(session, invoice.customer_id, invoice.id, contested, "not mine", now=NOW)

    assert status_on(session, arrangement, date(2026, 5, 30)) is ArrangementStatus.ACTIVE
    review_dispute(session, dispute.id)
    close_dispute(session, dispute.id, DisputeStatus.REJECTED, now=datetime(2026, 3, 30, 9, tzinfo=UTC))
    (overdue,) = load_overdue(session, [invoice.customer_id], date(2026, 5, 30))[invoice.customer_id]

    assert overdue.payable_on == date(2026, 4, 3)
    assert status_on(session, arrangement, date(2026, 5, 30)) is ArrangementStatus.BROKEN
