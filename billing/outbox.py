"""Text messages waiting to be sent: written in the transaction that decides them, sent later by handoff's sender."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from billing.db import insert_if_absent
from billing.models.outbox import OutboxMessage, OutboxStatus

__all__ = [
    "OutboxMessage",
    "OutboxStatus",
    "claim_due",
    "enqueue_sms",
    "give_back",
    "is_due",
    "mark_failed",
    "mark_sent",
]

MAX_ATTEMPTS = 6
FIRST_RETRY_SECONDS = 15
UNSENT = (OutboxStatus.PENDING, OutboxStatus.SENDING)


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
        "kind": "sms",
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


def is_due(now: datetime) -> ColumnElement[bool]:
    """Tell which messages may be sent: not those behind an earlier one to the same phone that is still waiting."""
    earlier = aliased(OutboxMessage)
    is_before = (earlier.recipient == OutboxMessage.recipient) & (earlier.id < OutboxMessage.id)
    is_waiting = _may_be_sent(earlier, now) & (earlier.due_at > now)
    is_ready = OutboxMessage.status.in_(UNSENT) & (OutboxMessage.due_at <= now)
    return is_ready & ~exists().where(is_before, is_waiting)


def claim_due(session: Session, *, now: datetime, limit: int = 20, lease_seconds: int = 60) -> Sequence[OutboxMessage]:
    """Take messages to send, oldest first; commit before sending. Nobody else gets them until the lease is over.

    Those to one phone are taken in their order, and none while an earlier one waits or is with another sender.

    A sender that dies after the provider took the message but before it was marked leads to a second text: the
    provider offers no key against that, and a missing code is worse than a second one.
    """
    due = (
        select(OutboxMessage)
        .where(is_due(now))
        .order_by(OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=OutboxMessage)
    )
    in_order = _without_overtaking(session, session.scalars(due).all(), now)
    claimed = [message for message in in_order if _is_worth_sending(message, now)]
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
    message.last_error = error
    if permanent or message.attempts >= MAX_ATTEMPTS:
        message.status = OutboxStatus.FAILED
    else:
        message.status = OutboxStatus.PENDING
        message.due_at = now + timedelta(seconds=FIRST_RETRY_SECONDS * 2 ** (message.attempts - 1))
    session.add(message)
    session.flush()


def _may_be_sent(message: type[OutboxMessage], now: datetime) -> ColumnElement[bool]:
    """What expired while it waited is never sent: nothing needs to wait for it."""
    is_fresh = message.expires_at.is_(None) | (message.expires_at > now)
    return (message.status == OutboxStatus.SENDING) | ((message.status == OutboxStatus.PENDING) & is_fresh)


def _without_overtaking(session: Session, locked: Sequence[OutboxMessage], now: datetime) -> Sequence[OutboxMessage]:
    """Drop what stands behind a message that another sender was claiming at this moment: its lock made us skip it."""
    recipients, ids = {message.recipient for message in locked}, [message.id for message in locked]
    others = select(OutboxMessage.recipient, func.min(OutboxMessage.id)).where(
        _may_be_sent(OutboxMessage, now), OutboxMessage.recipient.in_(recipients), OutboxMessage.id.not_in(ids)
    )
    firsts: dict[str, int] = {}
    for recipient, first in session.execute(others.group_by(OutboxMessage.recipient)):
        firsts[recipient] = first
    return [message for message in locked if message.id < firsts.get(message.recipient, message.id + 1)]


def _is_worth_sending(message: OutboxMessage, now: datetime) -> bool:
    """Give up on a message that came too late or whose every sender died."""
    if message.expires_at is not None and message.expires_at <= now:
        message.last_error = "expired"
    elif message.attempts >= MAX_ATTEMPTS:
        message.last_error = message.last_error or "sender_lost"
    else:
        return True
    message.status = OutboxStatus.FAILED
    return False
