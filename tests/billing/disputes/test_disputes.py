"""Requirements 26 and 27: a dispute is always passed on, holds back its part, and ends in a credit note or not."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.delivery import enqueue_invoices
from billing.disputes.disputes import (
    CreditBeyondDispute,
    DisputeMoveRefused,
    DisputeNotFound,
    NothingToDispute,
    close_dispute,
    disputed_minor,
    list_disputes,
    open_dispute,
    review_dispute,
)
from billing.ledger.credit_notes import CreditLine, issue_credit_note
from billing.models.credit_note import CreditNoteLine, CreditReason
from billing.models.dispute import Dispute, DisputedLine, DisputeStatus
from billing.models.human_task import HumanTask, TaskKind
from billing.models.invoice import Invoice
from billing.models.outbox import OutboxMessage, OutboxStatus
from tests.factories.billing import line_ids, make_customer, make_invoice
from tests.factories.money import eur

ISSUED = date(2026, 3, 3)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def issued_invoice(
    session: Session, *amounts: int, country: str = "DE", email: str | None = "lena@example.org"
) -> Invoice:
    customer = make_customer(session, country=country, email=email)
    return make_invoice(
        session, customer, amounts=amounts or (4_000, 6_000), due_on=date(2026, 3, 17), issued_on=ISSUED
    )


def dispute(session: Session, invoice: Invoice, *positions: int, now: datetime = NOON) -> Dispute:
    ids = line_ids(session, invoice)
    chosen = [ids[position - 1] for position in positions] or None
    return open_dispute(session, invoice.customer_id, invoice.id, chosen, "never ordered", now=now)


def test_a_whole_invoice_is_disputed_with_all_its_lines(session: Session) -> None:
    invoice = issued_invoice(session)

    opened = dispute(session, invoice)

    assert disputed_minor(session, [invoice.id]) == {invoice.id: 10_000}
    assert (opened.status, opened.late, opened.answer_by) == (DisputeStatus.OPEN, False, date(2026, 5, 5))
    assert list_disputes(session, invoice.customer_id) == [opened]


def test_only_the_named_lines_are_disputed(session: Session) -> None:
    invoice = issued_invoice(session)

    dispute(session, invoice, 2)

    assert disputed_minor(session, [invoice.id]) == {invoice.id: 6_000}


def test_of_an_invoice_with_a_discount_no_more_is_disputed_than_it_comes_to(session: Session) -> None:
    invoice = issued_invoice(session, 4_000, -1_000)

    dispute(session, invoice)

    assert disputed_minor(session, [invoice.id]) == {invoice.id: 3_000}


@pytest.mark.parametrize(
    ("day", "late"),
    [(55, False), (56, False), (57, True), (400, True)],
)
def test_day_56_is_in_time_and_day_57_is_late_but_passed_on(session: Session, day: int, late: bool) -> None:
    """Issued and received on Tuesday 3 March 2026; day 56 is Tuesday 28 April."""
    invoice = issued_invoice(session)
    now = datetime(2026, 3, 3, 21, 30, tzinfo=UTC) + timedelta(days=day)

    opened = dispute(session, invoice, now=now)

    assert opened.late is late
    (task,) = session.scalars(select(HumanTask)).all()
    assert task.kind is TaskKind.DISPUTE_OPENED
    assert task.facts["late"] is late
    assert task.facts["disputed_minor"] == 10_000


def mailed(session: Session, invoice: Invoice, sent_at: datetime | None) -> None:
    """Queue the bill on the day of issue; it goes out at that instant, or has not yet."""
    enqueue_invoices(session, [invoice.id], now=datetime(2026, 3, 3, 6, tzinfo=UTC))
    message = session.scalars(select(OutboxMessage).filter_by(dedupe_key=f"invoice:{invoice.id}")).one()
    if sent_at is not None:
        message.status, message.sent_at = OutboxStatus.SENT, sent_at
    session.flush()


def objected_late(session: Session, invoice: Invoice, day: date) -> bool:
    return dispute(session, invoice, now=datetime.combine(day, time(10), UTC)).late


@pytest.mark.parametrize(("day", "late"), [(date(2026, 5, 5), False), (date(2026, 5, 6), True)])
def test_the_eight_weeks_count_from_the_day_the_bill_was_sent(session: Session, day: date, late: bool) -> None:
    """Sent at 23:30 in UTC on 9 March, which is 10 March in Berlin; 56 days later is Tuesday 5 May."""
    invoice = issued_invoice(session)
    mailed(session, invoice, datetime(2026, 3, 9, 23, 30, tzinfo=UTC))

    assert objected_late(session, invoice, day) is late


@pytest.mark.parametrize(("day", "late"), [(date(2026, 5, 4), False), (date(2026, 5, 5), True)])
def test_a_bill_on_paper_takes_four_days_by_post(session: Session, day: date, late: bool) -> None:
    """Issued on 3 March, there on the 7th; 56 days later is Saturday 2 May, which moves to Monday 4 May."""
    assert objected_late(session, issued_invoice(session, email=None), day) is late


def test_a_bill_that_never_went_out_is_never_objected_to_late(session: Session) -> None:
    invoice = issued_invoice(session)
    mailed(session, invoice, None)

    assert not objected_late(session, invoice, date(2027, 3, 3))


def test_the_day_ends_when_it_ends_in_the_sellers_town(session: Session) -> None:
    """22:30 in UTC on 28 April is half past midnight in Berlin: day 57."""
    invoice = issued_invoice(session)

    assert dispute(session, invoice, now=datetime(2026, 4, 28, 22, 30, tzinfo=UTC)).late


def test_in_finland_no_objection_is_late(session: Session) -> None:
    invoice = issued_invoice(session, country="FI")

    assert not dispute(session, invoice, now=datetime(2027, 3, 3, tzinfo=UTC)).late


def test_only_what_is_left_after_credits_can_be_disputed(session: Session) -> None:
    invoice = issued_invoice(session)
    first, second = line_ids(session, invoice)
    lines = [CreditLine(first, None), CreditLine(second, eur(1_000))]
    issue_credit_note(session, invoice.id, lines, CreditReason.CORRECTION, now=NOON)

    opened = dispute(session, invoice)

    rows = session.execute(select(DisputedLine.line_item_id, DisputedLine.amount_minor)).all()
    assert [tuple(row) for row in rows] == [(second, 5_000)]
    assert opened.status is DisputeStatus.OPEN


def test_what_is_disputed_already_or_credited_wholly_cannot_be_disputed_again(session: Session) -> None:
    invoice = issued_invoice(session)
    dispute(session, invoice, 1)

    with pytest.raises(NothingToDispute):
        dispute(session, invoice, 1)
    dispute(session, invoice)
    with pytest.raises(NothingToDispute):
        dispute(session, invoice)
    assert disputed_minor(session, [invoice.id]) == {invoice.id: 10_000}


def test_another_customers_invoice_or_line_is_not_found(session: Session) -> None:
    mine, other = issued_invoice(session), issued_invoice(session)

    with pytest.raises(DisputeNotFound):
        open_dispute(session, mine.customer_id, other.id, None, "", now=NOON)
    with pytest.raises(DisputeNotFound):
        open_dispute(session, mine.customer_id, mine.id, list(line_ids(session, other)), "", now=NOON)


def test_a_dispute_moves_only_as_allowed_and_says_what_was_expected(session: Session) -> None:
    opened = dispute(session, issued_invoice(session))

    with pytest.raises(DisputeMoveRefused) as refused:
        close_dispute(session, opened.id, DisputeStatus.UPHELD, now=NOON)
    assert refused.value.expected == [DisputeStatus.UNDER_REVIEW]
    assert refused.value.actual is DisputeStatus.OPEN

    review_dispute(session, opened.id)
    close_dispute(session, opened.id, DisputeStatus.REJECTED, now=NOON)
    for wanted in DisputeStatus:
        with pytest.raises(DisputeMoveRefused):
            close_dispute(session, opened.id, wanted, now=NOON)


def test_a_customer_may_withdraw_before_anybody_looked(session: Session) -> None:
    invoice = issued_invoice(session)
    opened = dispute(session, invoice)

    assert close_dispute(session, opened.id, DisputeStatus.WITHDRAWN, now=NOON) is None

    assert disputed_minor(session, [invoice.id]) == {}


def test_a_rejected_part_counts_again_and_its_task_is_done(session: Session) -> None:
    invoice = issued_invoice(session)
    opened = review_dispute(session, dispute(session, invoice, 1).id)

    assert close_dispute(session, opened.id, DisputeStatus.REJECTED, now=NOON) is None

    assert disputed_minor(session, [invoice.id]) == {}
    assert opened.closed_at == NOON
    assert session.scalars(select(HumanTask)).one().done_at == NOON


def test_upheld_means_that_what_was_disputed_is_credited(session: Session) -> None:
    invoice = issued_invoice(session)
    opened = review_dispute(session, dispute(session, invoice, 2).id)

    note = close_dispute(session, opened.id, DisputeStatus.UPHELD, now=NOON)

    assert note is not None
    assert (note.total_minor, note.reason) == (6_000, CreditReason.DISPUTE)
    assert session.scalars(select(CreditNoteLine.line_item_id)).all() == [line_ids(session, invoice)[1]]


def test_a_whole_invoice_upheld_takes_back_its_discount_too(session: Session) -> None:
    invoice = issued_invoice(session, 4_000, -1_000)
    opened = review_dispute(session, dispute(session, invoice).id)

    note = close_dispute(session, opened.id, DisputeStatus.UPHELD, now=NOON)

    assert note is not None
    assert note.total_minor == 3_000


def test_partly_upheld_credits_what_the_person_says_within_what_was_disputed(session: Session) -> None:
    invoice = issued_invoice(session)
    first, second = line_ids(session, invoice)
    opened = review_dispute(session, dispute(session, invoice, 2).id)

    for wrong in ({second: eur(6_001)}, {first: eur(1)}, {second: eur(0)}, {}):
        with pytest.raises(CreditBeyondDispute):
            close_dispute(session, opened.id, DisputeStatus.PARTLY_UPHELD, given=wrong, now=NOON)
    assert opened.status is DisputeStatus.UNDER_REVIEW
    note = close_dispute(session, opened.id, DisputeStatus.PARTLY_UPHELD, given={second: eur(2_500)}, now=NOON)

    assert note is not None
    assert note.total_minor == 2_500
