"""What waits for a person, as the console lists it; any agent may take a task off the list."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from billing.db import JsonObject
from billing.human_tasks import OpenTask, finish_task, list_open_tasks
from billing.models.human_task import TaskKind
from handoff.deps import CurrentAgent, NowDep, ReadSessionDep, SessionDep

router = APIRouter()

MOST_SHOWN = 200
TaskId = Annotated[int, Path(ge=1, le=2**31 - 1)]
AMOUNTS = ("total_minor", "disputed_minor", "amount_minor")


class TaskOut(BaseModel):
    """`reason` is a code for words; what the task's facts do not name is None."""

    id: int
    kind: TaskKind
    reason: str
    customer_number: str | None
    period: str | None
    invoice_number: str | None
    amount_minor: int | None
    currency: str | None
    reference: str | None
    answer_by: date | None
    rule: str | None
    created_at: datetime

    @classmethod
    def of(cls, task: OpenTask) -> "TaskOut":
        facts = task.facts
        return cls(
            id=task.id,
            kind=task.kind,
            reason=task.reason,
            customer_number=task.customer_number,
            period=facts.get("period"),
            invoice_number=facts.get("invoice_number"),
            amount_minor=_amount(facts),
            currency=facts.get("currency"),
            reference=facts.get("reference"),
            answer_by=facts.get("answer_by"),
            rule=facts.get("rule"),
            created_at=task.created_at,
        )


def _amount(facts: JsonObject) -> int | None:
    """Return the amount that the task is about, if its currency is known too."""
    named = [facts[name] for name in AMOUNTS if name in facts]
    return named[0] if named and "currency" in facts else None


@router.get("/api/console/tasks")
async def get_tasks(agent: CurrentAgent, session: ReadSessionDep) -> list[TaskOut]:
    tasks = await session.run_sync(list_open_tasks, limit=MOST_SHOWN)
    return [TaskOut.of(task) for task in tasks]


@router.post("/api/console/tasks/{task_id}/done", status_code=204)
async def finish(task_id: TaskId, agent: CurrentAgent, session: SessionDep, now: NowDep) -> None:
    await session.run_sync(finish_task, task_id, now=now)
