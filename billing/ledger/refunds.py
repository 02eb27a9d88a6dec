"""Money that goes back: a customer asks for credit, a person with authority sends or refuses it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.accounts import time_zone_of
from billing.errors import NotFound, SaldoError
from billing.human_tasks import close_task, raise_task
from billing.ledger.allocations import lock_accounts, use_credit
from billing.ledger.journal import Entry, credit_of, post
from billing.models.customer import Customer
from billing.models.human_task import HumanTask, TaskKind
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
    """No refund has this id, or none waits under a task of this number."""

    def __init__(self, refund: UUID | int) -> None:
        super().__init__(f"no refund {refund}")
        self.refund = refund


@dataclass(frozen=True, slots=True)
class WaitingRefund:
    """A refund that waits for a person; `task_id` is the number that people name it by."""

    task_id: int
    refund_id: UUID
    customer_number: str
    amount: Money
    reason: str
    requested_at: datetime


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
    put_before_person(session, refund)
    return refund


def put_before_person(session: Session, refund: Refund) -> None:
    """Raise the task under which a person finds the refund."""
    facts = {"refund_id": str(refund.id), "amount_minor": refund.amount_minor, "currency": refund.currency}
    raise_task(
        session,
        TaskKind.REFUND_REQUESTED,
        task_key(refund.id),
        customer_id=refund.customer_id,
        facts={**facts, "reason": refund.reason},
        now=refund.requested_at,
    )


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


def list_refunds(session: Session, customer_id: UUID) -> Sequence[Refund]:
    """Return one customer's, the newest first."""
    refunds = select(Refund).where(Refund.customer_id == customer_id)
    return session.scalars(refunds.order_by(Refund.requested_at.desc(), Refund.id)).all()


def list_waiting_refunds(session: Session) -> Sequence[WaitingRefund]:
    """Return what was put before a person and waits, the oldest first."""
    tasks = select(HumanTask).where(HumanTask.kind == TaskKind.REFUND_REQUESTED)
    task_ids = {task.facts["refund_id"]: task.id for task in session.scalars(tasks)}
    waiting = select(Refund, Customer.number).join(Customer, Customer.id == Refund.customer_id)
    waiting = waiting.where(Refund.status == RefundStatus.REQUESTED).order_by(Refund.requested_at, Refund.id)
    return [
        WaitingRefund(
            task_id=task_ids[str(refund.id)],
            refund_id=refund.id,
            customer_number=number,
            amount=Money(refund.amount_minor, refund.currency),
            reason=refund.reason,
            requested_at=refund.requested_at,
        )
        for refund, number in session.execute(waiting)
        if str(refund.id) in task_ids
    ]


def get_waiting_refund(session: Session, task_id: int) -> WaitingRefund:
    """Return the refund that waits under this task; raise RefundNotFound if none does."""
    found = next((refund for refund in list_waiting_refunds(session) if refund.task_id == task_id), None)
    if found is None:
        raise RefundNotFound(task_id)
    return found


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
