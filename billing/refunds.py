"""Money that goes back: a customer asks for credit, a person with authority sends or refuses it."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.accounts import time_zone_of
from billing.allocations import lock_accounts, use_credit
from billing.errors import NotFound, SaldoError
from billing.human_tasks import close_task, raise_task
from billing.journal import Entry, credit_of, post
from billing.models.human_task import TaskKind
from billing.models.journal import LedgerAccount, TransactionKind
from billing.models.payment import Refund, RefundStatus
from billing.money import Money


class RefundTooHigh(SaldoError):
    """More was asked for than the customer has in credit, or nothing at all."""

    status = 409

    def __init__(self, requested: Money, credit: Money) -> None:
        super().__init__(f"{requested.minor} {requested.currency} asked, {credit.minor} {credit.currency} in credit")
        self.requested = requested
        self.credit = credit


class RefundNotFound(NotFound):
    """No refund has this id."""

    def __init__(self, refund_id: UUID) -> None:
        super().__init__(f"no refund {refund_id}")
        self.refund_id = refund_id


class RefundSettled(SaldoError):
    """It was sent or refused before; `status_now` says which."""

    status = 409

    def __init__(self, refund_id: UUID, status_now: RefundStatus) -> None:
        super().__init__(f"refund {refund_id} is {status_now}")
        self.refund_id = refund_id
        self.status_now = status_now


def request_refund(session: Session, customer_id: UUID, amount: Money, reason: str, *, now: datetime) -> Refund:
    """Set credit aside and put the refund before a person; raise RefundTooHigh beyond the credit, also for rivals."""
    lock_accounts(session, [customer_id])
    credit = credit_of(session, customer_id)
    if amount.minor <= 0 or credit < amount:
        raise RefundTooHigh(amount, credit)
    refund = Refund(
        id=uuid4(),
        customer_id=customer_id,
        amount_minor=amount.minor,
        currency=amount.currency,
        reason=reason,
        status=RefundStatus.REQUESTED,
        requested_at=now,
    )
    session.add(refund)
    session.flush()
    _book(session, refund, TransactionKind.REFUND, LedgerAccount.CUSTOMER_CREDIT, LedgerAccount.REFUNDS_PAYABLE, now)
    facts = {"refund_id": str(refund.id), "amount_minor": amount.minor, "currency": amount.currency, "reason": reason}
    raise_task(session, TaskKind.REFUND_REQUESTED, task_key(refund.id), customer_id=customer_id, facts=facts, now=now)
    return refund


def settle_refund(session: Session, refund_id: UUID, *, approved: bool, now: datetime) -> Refund:
    """Send the refund, or refuse it and give the credit back; raise RefundSettled the second time."""
    customer_id = session.scalars(select(Refund.customer_id).filter_by(id=refund_id)).one_or_none()
    if customer_id is None:
        raise RefundNotFound(refund_id)
    lock_accounts(session, [customer_id])
    refund = session.get_one(Refund, refund_id, populate_existing=True)
    if refund.status is not RefundStatus.REQUESTED:
        raise RefundSettled(refund_id, refund.status)
    refund.status = RefundStatus.SENT if approved else RefundStatus.REFUSED
    refund.settled_at = now
    session.flush()
    kind = TransactionKind.REFUND_SENT if approved else TransactionKind.REFUND_REFUSED
    goes_to = LedgerAccount.BANK if approved else LedgerAccount.CUSTOMER_CREDIT
    _book(session, refund, kind, LedgerAccount.REFUNDS_PAYABLE, goes_to, now)
    close_task(session, task_key(refund_id), now=now)
    if not approved:
        use_credit(session, [customer_id], now=now)
    return refund


def task_key(refund_id: UUID) -> str:
    """Return the key of the task that waits for a person."""
    return f"refund:{refund_id}"


def _book(
    session: Session,
    refund: Refund,
    kind: TransactionKind,
    debit: LedgerAccount,
    credit: LedgerAccount,
    now: datetime,
) -> None:
    amount = Money(refund.amount_minor, refund.currency)
    booked_on = now.astimezone(time_zone_of(session, refund.customer_id)).date()
    entries = [Entry(debit, amount), Entry(credit, -amount)]
    post(session, refund.customer_id, kind, str(refund.id), booked_on, entries, now)
