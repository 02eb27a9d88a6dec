"""Alarms begin and end here, whoever sees the reason."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from billing.db import insert_if_absent
from handoff.alarms.models import Alarm, AlarmKind
from handoff.contact_log import ContactEventKind, record
from handoff.db import touch
from handoff.live import CONSOLES_STREAM, Signal
from handoff.routing.models import QueueEntry


async def raise_alarm(
    session: AsyncSession,
    kind: AlarmKind,
    now: datetime,
    *,
    entry: QueueEntry | None = None,
    agent_id: UUID | None = None,
    due_at: datetime | None = None,
    **details: object,
) -> bool:
    """Open an alarm and say it in the log; False when the same one is open already."""
    values = {
        "id": uuid4(),
        "kind": kind,
        "entry_id": entry.id if entry else None,
        "agent_id": agent_id,
        "due_at": due_at or now,
        "raised_at": now,
        "details": details,
    }
    if not await session.run_sync(insert_if_absent, Alarm, values):
        return False
    record(session, ContactEventKind.ALARM, now, subject=entry, agent_id=agent_id, kind_of_alarm=kind.value, **details)
    board_changed(session)
    return True


async def end_alarms(session: AsyncSession, ids: Iterable[UUID], now: datetime) -> int:
    """End those that are still open; return how many."""
    ended = update(Alarm).where(Alarm.id.in_(list(ids)), Alarm.ended_at.is_(None)).values(ended_at=now)
    count = len((await session.execute(ended.returning(Alarm.id))).all())
    if count:
        board_changed(session)
    return count


async def list_open(session: AsyncSession) -> list[Alarm]:
    wanted = select(Alarm).where(Alarm.ended_at.is_(None)).order_by(Alarm.raised_at, Alarm.id)
    return list((await session.scalars(wanted)).all())


def board_changed(session: AsyncSession) -> None:
    """Show the boards, after the commit, what is new."""
    touch(session, CONSOLES_STREAM, Signal("queue"))
