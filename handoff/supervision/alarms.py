"""Raises the alarm when a promise is broken, within two seconds, and ends it when nobody waits for it any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.clock import Clock
from handoff.agents.models import Agent, Presence
from handoff.db import Sessions, reading, unbroken
from handoff.due_loop import DueLoop
from handoff.live import ROUTING_STREAM, LiveEvents
from handoff.routing.models import EntryStatus, QueueEntry
from handoff.routing.queues import Queues
from handoff.supervision.models import Alarm, AlarmKind
from handoff.supervision.raising import end_alarms, raise_alarm

# A signal of another process does not arrive here, and an alarm is to come within two seconds.
LONGEST_PAUSE: Final = 1.0
_OPEN: Final = (EntryStatus.WAITING, EntryStatus.OFFERED)


@dataclass(frozen=True)
class Due:
    """A promise about an entry, with the moment at which it is broken."""

    entry_id: UUID
    at: datetime


def due_at(entry: QueueEntry, queues: Queues) -> datetime | None:
    """When the promise to this entry is broken; a callback's time begins with its slot."""
    promise = queues[entry.queue].promise.get(entry.channel)
    if promise is None:
        return None
    return max(entry.requested_at, entry.not_before or entry.requested_at) + timedelta(seconds=promise.seconds)


def make_loop(sessions: Sessions, live: LiveEvents, clock: Clock, queues: Queues) -> DueLoop:
    @unbroken
    async def work() -> datetime | None:
        return await watch(sessions, queues, clock.now())

    return DueLoop("alarms", work, live, clock, ROUTING_STREAM, longest_pause=LONGEST_PAUSE)


async def watch(sessions: Sessions, queues: Queues, now: datetime) -> datetime | None:
    """Raise and end what is due; return when the next promise will be broken."""
    async with reading(sessions) as session:
        over, promises = await _list_over(session), await _list_promises(session, queues)
    due = [promise.entry_id for promise in promises if promise.at <= now]
    if over or due:
        async with sessions.begin() as session:
            await end_alarms(session, over, now)
            for entry_id in due:
                await _raise(session, entry_id, queues, now)
    return min((promise.at for promise in promises if promise.at > now), default=None)


async def _list_promises(session: AsyncSession, queues: Queues) -> Sequence[Due]:
    """The promises to everybody in line for whom no alarm was raised yet."""
    raised = select(Alarm.id).where(Alarm.entry_id == QueueEntry.id, Alarm.kind == AlarmKind.SLA_BROKEN).exists()
    entries = (await session.scalars(select(QueueEntry).where(QueueEntry.status.in_(_OPEN), ~raised))).all()
    dues = [(entry.id, due_at(entry, queues)) for entry in entries]
    return [Due(entry_id, at) for entry_id, at in dues if at is not None]


async def _list_over(session: AsyncSession) -> Sequence[UUID]:
    """Open alarms whose reason is gone: the customer waits no longer, the lost agent is back."""
    wanted = (
        select(Alarm.id)
        .outerjoin(QueueEntry, QueueEntry.id == Alarm.entry_id)
        .outerjoin(Agent, Agent.id == Alarm.agent_id)
        .where(
            Alarm.ended_at.is_(None),
            or_(
                (Alarm.kind == AlarmKind.SLA_BROKEN) & QueueEntry.status.not_in(_OPEN),
                (Alarm.kind == AlarmKind.AGENT_LOST) & (Agent.presence != Presence.OFFLINE),
            ),
        )
    )
    return (await session.scalars(wanted)).all()


async def _raise(session: AsyncSession, entry_id: UUID, queues: Queues, now: datetime) -> None:
    entry = await session.get_one(QueueEntry, entry_id)
    due = due_at(entry, queues)
    if entry.status in _OPEN and due is not None:
        await raise_alarm(session, AlarmKind.SLA_BROKEN, now, entry=entry, due_at=due)
