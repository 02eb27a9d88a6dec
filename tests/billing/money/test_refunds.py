"""Credit goes back when a person says so, and never more than there is."""

from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.ledger.journal import account_balances, credit_of
from billing.ledger.refunds import RefundNotFound, RefundSettled, RefundTooHigh, request_refund, settle_refund, task_key
from billing.models import Customer, HumanTask, LedgerAccount, RefundStatus, TaskKind
from billing.payments import record_payment
from tests.billing.money.bills import NOW, TODAY, issue
from tests.factories.money import eur


@pytest.fixture
def credited(session: Session, customer: Customer) -> Customer:
    """A customer with 50.00 in credit."""
    record_payment(session, customer_id=customer.id, reference="too-much", amount=eur(5000), received_on=TODAY, now=NOW)
    return customer


def test_a_refund_waits_for_a_person_and_then_leaves_the_bank(session: Session, credited: Customer) -> None:
    refund = request_refund(session, credited.id, eur(3000), "moved_abroad", now=NOW)
    task = session.scalars(select(HumanTask).filter_by(key=task_key(refund.id))).one()
    assert (refund.status, task.kind, task.done_at) == (RefundStatus.REQUESTED, TaskKind.REFUND_REQUESTED, None)
    assert credit_of(session, credited.id) == eur(2000)

    settle_refund(session, refund.id, approved=True, now=NOW)

    session.refresh(task)
    assert (refund.status, refund.settled_at, task.done_at) == (RefundStatus.SENT, NOW, NOW)
    balances = account_balances(session, credited.id)
    assert balances[LedgerAccount.BANK] == eur(5000 - 3000)
    assert balances[LedgerAccount.CUSTOMER_CREDIT] == eur(-2000)
    assert balances[LedgerAccount.REFUNDS_PAYABLE] == eur(0)


def test_a_refused_refund_gives_the_credit_back(session: Session, credited: Customer) -> None:
    refund = request_refund(session, credited.id, eur(5000), "wants_it_back", now=NOW)
    issue(session, credited, [(2000, 1900)])
    settle_refund(session, refund.id, approved=False, now=NOW)

    # 20.00 of the 50.00 pay the invoice that came in between.
    assert (refund.status, credit_of(session, credited.id)) == (RefundStatus.REFUSED, eur(3000))
    assert account_balances(session, credited.id)[LedgerAccount.REFUNDS_PAYABLE] == eur(0)


@pytest.mark.parametrize("minor", [5001, 0, -1])
def test_more_than_the_credit_or_nothing_is_refused(session: Session, credited: Customer, minor: int) -> None:
    with pytest.raises(RefundTooHigh) as refused:
        request_refund(session, credited.id, eur(minor), "too_much", now=NOW)

    assert (refused.value.requested, refused.value.credit) == (eur(minor), eur(5000))


def test_what_is_set_aside_pays_no_invoice(session: Session, credited: Customer) -> None:
    request_refund(session, credited.id, eur(4000), "moved", now=NOW)

    issue(session, credited, [(3000, 1900)])

    assert credit_of(session, credited.id) == eur(0)
    assert account_balances(session, credited.id)[LedgerAccount.RECEIVABLE] == eur(3000 - 1000)


def test_a_refund_is_settled_once(session: Session, credited: Customer) -> None:
    refund = request_refund(session, credited.id, eur(3000), "moved", now=NOW)
    settle_refund(session, refund.id, approved=True, now=NOW)

    with pytest.raises(RefundSettled) as settled:
        settle_refund(session, refund.id, approved=False, now=NOW)
    with pytest.raises(RefundNotFound):
        settle_refund(session, uuid4(), approved=True, now=NOW)

    assert settled.value.status_now is RefundStatus.SENT
