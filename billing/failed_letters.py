"""Sends letters again that were given up, to the address that they had: for when the reason is gone."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from billing.human_tasks import close_tasks
from billing.outbox import EMAIL, OutboxMessage, OutboxStatus, task_key

CHUNK = 500  # ids in one statement: SQLite allows no unlimited number of parameters


def retry_letters(
    session: Session, *, ids: Collection[int] = (), failed_since: datetime | None = None, now: datetime
) -> int:
    """Queue the named letters, or all that failed since then, as if nobody had tried them; return how many.

    Only letters that failed and have not expired: no text message, nothing that is waiting or was sent.
    """
    chosen = session.scalars(select(OutboxMessage.id).where(*_may_be_retried(now), _named(ids, failed_since))).all()
    for start in range(0, len(chosen), CHUNK):
        _put_back(session, chosen[start : start + CHUNK], now)
    return len(chosen)


def _may_be_retried(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        OutboxMessage.kind == EMAIL,
        OutboxMessage.status == OutboxStatus.FAILED,
        OutboxMessage.expires_at.is_(None) | (OutboxMessage.expires_at > now),
    )


def _named(ids: Collection[int], failed_since: datetime | None) -> ColumnElement[bool]:
    is_named = OutboxMessage.id.in_(ids)
    # The end of the last sender's lease: minutes after the last try.
    return is_named if failed_since is None else is_named | (OutboxMessage.due_at >= failed_since)


def _put_back(session: Session, ids: Collection[int], now: datetime) -> None:
    untried = {"status": OutboxStatus.PENDING, "attempts": 0, "due_at": now, "last_error": None}
    session.execute(update(OutboxMessage).where(OutboxMessage.id.in_(ids), *_may_be_retried(now)).values(untried))
    close_tasks(session, [task_key(letter) for letter in ids], now=now)
