"""What waits for a person: raised once per key, closed when it is done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from billing.db import JsonObject, insert_if_absent
from billing.errors import NotFound
from billing.models.customer import Customer
from billing.models.human_task import HumanTask, TaskKind


class TaskNotFound(NotFound):
    """Somebody named a task that does not exist."""

    def __init__(self, task: str) -> None:
        super().__init__(f"no task {task}")
        self.task = task


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task as people see it; `customer_number` is None where it is about no single customer."""

    id: int
    kind: TaskKind
    customer_number: str | None
    facts: JsonObject
    created_at: datetime

    @property
    def reason(self) -> str:
        """Name what is the matter, for words; where nothing says more, it is the kind."""
        return reason_of(self.facts) or self.kind.value


def reason_of(facts: JsonObject) -> str | None:
    """Return the first doubt about a bill, or the name of the error."""
    doubts = facts.get("doubts")
    return str(doubts[0]["kind"]) if doubts else facts.get("error")


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


def reopen_task(session: Session, key: str, *, facts: Mapping[str, object]) -> None:
    """Tell what has become of a thing that was raised before; if somebody called it done, it is open again."""
    session.execute(update(HumanTask).where(HumanTask.key == key).values(facts=dict(facts), done_at=None))


def close_task(session: Session, key: str, *, now: datetime) -> None:
    """Mark the thing as done, if it was raised and is still open."""
    close_tasks(session, [key], now=now)


def close_tasks(session: Session, keys: Collection[str], *, now: datetime) -> None:
    open_ones = (HumanTask.key.in_(keys), HumanTask.done_at.is_(None))
    session.execute(update(HumanTask).where(*open_ones).values(done_at=now))


def list_open_tasks(session: Session, *, limit: int | None = None) -> Sequence[OpenTask]:
    """Return what waits, the oldest first."""
    waiting = (
        select(HumanTask, Customer.number)
        .outerjoin(Customer, Customer.id == HumanTask.customer_id)
        .where(HumanTask.done_at.is_(None))
        .order_by(HumanTask.created_at, HumanTask.id)
        .limit(limit)
    )
    return [
        OpenTask(task.id, task.kind, number, task.facts, task.created_at) for task, number in session.execute(waiting)
    ]


def finish_task(session: Session, task_id: int, *, now: datetime) -> None:
    """Mark a task as done; a second time changes nothing. Raise TaskNotFound."""
    task = session.get(HumanTask, task_id)
    if task is None:
        raise TaskNotFound(str(task_id))
    if task.done_at is None:
        task.done_at = now
        session.flush()
