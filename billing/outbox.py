"""Messages waiting to be sent: written in the transaction that decides them, sent later by handoff's sender.

Texts to one phone keep their order. Letters do not wait for one another: an address that takes nothing today must not
hold up what follows.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from billing.db import JsonObject, insert_all_if_absent, insert_if_absent
from billing.human_tasks import raise_task, reopen_task
from billing.models.credit_note import CreditNote
from billing.models.human_task import TaskKind
from billing.models.invoice import Invoice
from billing.models.outbox import OutboxMessage, OutboxStatus

__all__ = [
    "CREDIT_NOTE",
    "EMAIL",
    "INVOICE",
    "SMS",
    "Attachment",
    "Email",
    "OutboxMessage",
    "OutboxStatus",
    "claim_due",
    "enqueue_email",
    "enqueue_emails",
    "enqueue_sms",
    "give_back",
    "is_due",
    "mark_failed",
    "mark_sent",
    "task_key",
]

SMS, EMAIL = "sms", "email"
INVOICE, CREDIT_NOTE = "invoice", "credit_note"
UNSENT = (OutboxStatus.PENDING, OutboxStatus.SENDING)


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a message is tried, and the first wait, which doubles each time."""

    attempts: int
    first_wait_seconds: int


# A code is wanted now. A mail server may ask for patience (greylisting) or be mended overnight: tries over eight hours.
PATIENCE = {SMS: Patience(6, 15), EMAIL: Patience(10, 60)}


@dataclass(frozen=True, slots=True)
class Attachment:
    """The INVOICE or CREDIT_NOTE that goes with a letter; it is made when the letter is sent."""

    document: str
    id: UUID

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> "Attachment":
        return cls(str(value["document"]), UUID(str(value["id"])))

    def as_json(self) -> JsonObject:
        return {"document": self.document, "id": str(self.id)}


@dataclass(frozen=True, slots=True)
class Email:
    """A letter to an address."""

    recipient: str
    subject: str
    body: str
    dedupe_key: str
    attachment: Attachment | None = None


def enqueue_sms(
    session: Session,
    *,
    recipient: str | None,
    body: str,
    dedupe_key: str,
    sensitive: bool = False,
    expires_at: datetime | None = None,
    now: datetime,
) -> OutboxMessage:
    """Queue a text message; with a key that was used before, return the first message unchanged.

    One that is still unsent at `expires_at` is not sent any more: an old code helps nobody. A message to nobody is
    stored as failed and without its text: it exists so that an unknown number costs the same work as a known one.
    """
    values = {
        "kind": SMS,
        "recipient": recipient or "",
        "body": body if recipient else "",
        "dedupe_key": dedupe_key,
        "sensitive": sensitive,
        "status": OutboxStatus.PENDING if recipient else OutboxStatus.FAILED,
        "last_error": None if recipient else "no_recipient",
        "attempts": 0,
        "due_at": now,
        "expires_at": expires_at,
        "created_at": now,
    }
    insert_if_absent(session, OutboxMessage, values)
    return session.scalars(select(OutboxMessage).filter_by(dedupe_key=dedupe_key)).one()


def enqueue_email(session: Session, email: Email, *, now: datetime) -> OutboxMessage:
    """Queue a letter; with a key that was used before, return the first one unchanged."""
    enqueue_emails(session, [email], now=now)
    return session.scalars(select(OutboxMessage).filter_by(dedupe_key=email.dedupe_key)).one()


def enqueue_emails(session: Session, emails: Iterable[Email], *, now: datetime) -> None:
    """Queue many letters in one statement; one whose key was used before is left out."""
    rows = [
        {
            "kind": EMAIL,
            "recipient": email.recipient,
            "subject": email.subject,
            "body": email.body,
            **({"attachment": email.attachment.as_json()} if email.attachment else {}),
            "dedupe_key": email.dedupe_key,
            "sensitive": False,
            "status": OutboxStatus.PENDING,
            "attempts": 0,
            "due_at": now,
            "created_at": now,
        }
        for email in emails
    ]
    insert_all_if_absent(session, OutboxMessage, rows)


def is_due(now: datetime, kinds: Collection[str] = (SMS, EMAIL)) -> ColumnElement[bool]:
    """Tell which messages may be sent: no text behind an earlier one to the same phone that is still waiting."""
    earlier = aliased(OutboxMessage)
    is_before = (earlier.kind == SMS) & (earlier.recipient == OutboxMessage.recipient) & (earlier.id < OutboxMessage.id)
    is_waiting = _may_be_sent(earlier, now) & (earlier.due_at > now)
    is_ready = OutboxMessage.status.in_(UNSENT) & (OutboxMessage.due_at <= now) & OutboxMessage.kind.in_(kinds)
    if SMS not in kinds:
        return is_ready
    return is_ready & ((OutboxMessage.kind != SMS) | ~exists().where(is_before, is_waiting))


def claim_due(
    session: Session,
    *,
    now: datetime,
    limit: int = 20,
    lease_seconds: int = 60,
    kinds: Collection[str] = (SMS, EMAIL),
) -> Sequence[OutboxMessage]:
    """Take messages to send, oldest first; commit before sending. Nobody else gets them until the lease is over.

    Those to one phone are taken in their order, and none while an earlier one waits or is with another sender.

    A sender that dies after the provider took the message but before it was marked leads to a second one: the
    provider offers no key against that, and a missing code is worse than a second one.
    """
    due = (
        select(OutboxMessage)
        .where(is_due(now, kinds))
        .order_by(OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=OutboxMessage)
    )
    in_order = _without_overtaking(session, session.scalars(due).all(), now)
    claimed = [message for message in in_order if _is_worth_sending(session, message, now)]
    for message in claimed:
        message.status = OutboxStatus.SENDING
        message.attempts += 1
        message.due_at = now + timedelta(seconds=lease_seconds)
    session.flush()
    return claimed


def give_back(session: Session, messages: Sequence[OutboxMessage], *, due_at: datetime) -> None:
    """Return claimed messages that nobody tried to send; one whose lease has passed to another sender is left alone."""
    for message in messages:
        ours = (OutboxMessage.id == message.id, OutboxMessage.due_at == message.due_at)
        untried = {"status": OutboxStatus.PENDING, "attempts": OutboxMessage.attempts - 1, "due_at": due_at}
        session.execute(
            update(OutboxMessage).where(*ours, OutboxMessage.status == OutboxStatus.SENDING).values(untried)
        )


def mark_sent(session: Session, message: OutboxMessage, *, provider_sid: str | None, now: datetime) -> None:
    message.status = OutboxStatus.SENT
    message.provider_sid = provider_sid
    message.last_error = None
    message.sent_at = now
    session.add(message)
    session.flush()


def mark_failed(
    session: Session, message: OutboxMessage, *, error: str, now: datetime, permanent: bool = False
) -> None:
    """Try again later, each time after twice the wait, until the attempts are used up. `error` is a code, no text."""
    patience = PATIENCE[message.kind]
    if permanent or message.attempts >= patience.attempts:
        _give_up(session, message, error, now)
    else:
        message.last_error = error
        message.status = OutboxStatus.PENDING
        message.due_at = now + timedelta(seconds=patience.first_wait_seconds * 2 ** (message.attempts - 1))
    session.add(message)
    session.flush()


def _may_be_sent(message: type[OutboxMessage], now: datetime) -> ColumnElement[bool]:
    """What expired while it waited is never sent: nothing needs to wait for it."""
    is_fresh = message.expires_at.is_(None) | (message.expires_at > now)
    return (message.status == OutboxStatus.SENDING) | ((message.status == OutboxStatus.PENDING) & is_fresh)


def _without_overtaking(session: Session, locked: Sequence[OutboxMessage], now: datetime) -> Sequence[OutboxMessage]:
    """Drop a text behind one that another sender was claiming at this moment: its lock made us skip it."""
    recipients = {message.recipient for message in locked if message.kind == SMS}
    if not recipients:
        return locked
    others = select(OutboxMessage.recipient, func.min(OutboxMessage.id)).where(
        OutboxMessage.kind == SMS,
        _may_be_sent(OutboxMessage, now),
        OutboxMessage.recipient.in_(recipients),
        OutboxMessage.id.not_in([message.id for message in locked]),
    )
    firsts: dict[str, int] = {}
    for recipient, first in session.execute(others.group_by(OutboxMessage.recipient)):
        firsts[recipient] = first
    return [
        message
        for message in locked
        if message.kind != SMS or message.id < firsts.get(message.recipient, message.id + 1)
    ]


def _is_worth_sending(session: Session, message: OutboxMessage, now: datetime) -> bool:
    """Give up on a message that came too late or whose every sender died."""
    if message.expires_at is not None and message.expires_at <= now:
        _give_up(session, message, "expired", now)
    elif message.attempts >= PATIENCE[message.kind].attempts:
        _give_up(session, message, message.last_error or "sender_lost", now)
    else:
        return True
    return False


def _give_up(session: Session, message: OutboxMessage, error: str, now: datetime) -> None:
    """Try no more. A lost letter goes to a person; a lost text is a code, and who waits for it asks for another."""
    message.status = OutboxStatus.FAILED
    message.last_error = error
    if message.kind == EMAIL:
        facts = {"outbox_id": message.id, "error": error, "attempts": message.attempts} | (message.attachment or {})
        key, customer_id = task_key(message.id), _customer_of(session, message)
        if not raise_task(session, TaskKind.DELIVERY_FAILED, key, customer_id=customer_id, facts=facts, now=now):
            reopen_task(session, key, facts=facts)  # it was sent again, in vain


def task_key(outbox_id: int) -> str:
    """Return the key of the task about a letter that was given up."""
    return f"delivery:{outbox_id}"


def _customer_of(session: Session, message: OutboxMessage) -> UUID | None:
    """Tell whose document it was; a letter without one names nobody."""
    attachment = Attachment.from_json(message.attachment) if message.attachment else None
    if attachment is None:
        return None
    table = CreditNote if attachment.document == CREDIT_NOTE else Invoice
    return session.scalar(select(table.customer_id).where(table.id == attachment.id))
