"""What waits for a person: raised once per key, closed when it is done."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from billing.db import insert_if_absent
from billing.models.human_task import HumanTask, TaskKind


def raise_task(
    session: Session,
    kind: TaskKind,
    key: str,
    *,
    customer_id: UUID | None = None,
    facts: Mapping[str, object],
    now: datetime,
) -> bool:
    """Put a thing before a person; return False, and change nothing, if the same key was raised before."""
    values = {"kind": kind, "key": key, "customer_id": customer_id, "facts": dict(facts), "created_at": now}
    return insert_if_absent(session, HumanTask, values)


def close_task(session: Session, key: str, *, now: datetime) -> None:
    """Mark the thing as done, if it was raised and is still open."""
    open_one = (HumanTask.key == key, HumanTask.done_at.is_(None))
    session.execute(update(HumanTask).where(*open_one).values(done_at=now))
