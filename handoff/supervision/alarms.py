"""Raises the alarm when a promise is broken, within two seconds, and ends it when nobody waits for it any more.

A customer waits in line, or with an agent who has said nothing yet: they may not know that they were given somebody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, cast
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.clock import Clock
from handoff.agents.models import Agent, Presence
from handoff.alarms.models import Alarm, AlarmKind
from handoff.alarms.raising import end_alarms, raise_alarm
from handoff.callbacks.slots import LENGTH
from handoff.db import Sessions, reading, unbroken
from handoff.due_loop import DueLoop, do_each
from handoff.live import ROUTING_STREAM, LiveEvents
from handoff.routing.models import EntryKind, EntryStatus, QueueEntry
from handoff.routing.places import OPEN
from handoff.routing.queues import Queues
from handoff.supervision import unanswered

# A signal of another process does not arrive here, and an alarm is to come within two seconds.
LONGEST_PAUSE: Final = 1.0
AT_MOST_EVERY: Final = 0.25
_COLUMNS: Final = (
    QueueEntry.id,
    QueueEntry.queue,
    QueueEntry.channel,
    QueueEntry.kind,
    QueueEntry.requested_at,
    QueueEntry.not_before,
)


@dataclass(frozen=True)
class Due:
    """A promise about an entry, with the moment at which it is broken."""

    kind: AlarmKind
    entry_id: UUID
    at: datetime
    agent_id: UUID | None = None


def due_at(entry: QueueEntry, queues: Queues) -> datetime | None:
    """When the promise to this entry is broken; whoever is called or written back was promised a slot, not a minute."""
    begin = max(entry.requested_at, entry.not_before or entry.requested_at)
    return begin + LENGTH if entry.kind is EntryKind.CALLBACK else _after(entry, begin, queues)


def _after(entry: QueueEntry, begin: datetime, queues: Queues) -> datetime | None:
    promise = queues[entry.queue].promise.get(entry.channel)
    return None if promise is None else begin + timedelta(seconds=promise.seconds)


def make_loop(sessions: Sessions, live: LiveEvents, clock: Clock, queues: Queues) -> DueLoop:
    @unbroken
    async def work() -> datetime | None:
        return await watch(sessions, queues, clock.now())

    pace = {"longest_pause": LONGEST_PAUSE, "at_most_every": AT_MOST_EVERY}
    return DueLoop("alarms", work, live, clock, ROUTING_STREAM, **pace)


async def watch(sessions: Sessions, queues: Queues, now: datetime) -> datetime | None:
    """Raise and end what is due; return when the next promise will be broken."""
    async with reading(sessions) as session:
        silent = await unanswered.list_unanswered(session)
        over = [*await _list_over(session), *await unanswered.list_over(session, silent)]
        promises = [*await _list_promises(session, queues), *_promised_answers(silent, queues)]
    due = [promise for promise in promises if promise.at <= now]
    again = await _change(sessions, over, due, now) if over or due else None
    coming = [promise.at for promise in promises if promise.at > now]
    return min([*coming, again] if again else coming, default=None)


async def _change(sessions: Sessions, over: Sequence[UUID], due: Sequence[Due], now: datetime) -> datetime | None:
    """All at once, for many promises may break together; what fails then is done one by one."""

    async def end(alarm_ids: Sequence[UUID]) -> None:
        async with sessions.begin() as session:
            await end_alarms(session, alarm_ids, now)

    async def begin(promises: Sequence[Due]) -> None:
        async with sessions.begin() as session:
            for promise in promises:
                await _raise(session, promise, now)

    if await do_each([partial(end, over), partial(begin, due)], now) is None:
        return None
    one_by_one = [*(partial(end, [each]) for each in over), *(partial(begin, [each]) for each in due)]
    return await do_each(one_by_one, now)


async def _list_promises(session: AsyncSession, queues: Queues) -> Sequence[Due]:
    """The promises to everybody in line for whom no alarm was raised yet."""
    raised = select(Alarm.id).where(Alarm.entry_id == QueueEntry.id, Alarm.kind == AlarmKind.SLA_BROKEN).exists()
    rows = (await session.execute(select(*_COLUMNS).where(QueueEntry.status.in_(OPEN), ~raised))).all()
    entries = cast("Sequence[QueueEntry]", rows)  # they have what is read here
    dues = [(entry.id, due_at(entry, queues)) for entry in entries]
    return [Due(AlarmKind.SLA_BROKEN, entry_id, at) for entry_id, at in dues if at is not None]


def _promised_answers(silent: Sequence[unanswered.Silent], queues: Queues) -> Sequence[Due]:
    """Who was given a customer is to say something within the time that the queue promises anyway."""
    dues = [(each, _after(each.entry, each.taken_at, queues)) for each in silent if not each.is_raised]
    return [Due(AlarmKind.UNANSWERED, each.entry.id, at, each.agent_id) for each, at in dues if at is not None]


async def _list_over(session: AsyncSession) -> Sequence[UUID]:
    """Open alarms whose reason is gone: the customer waits no longer, the lost agent is back."""
    wanted = (
        select(Alarm.id)
        .outerjoin(QueueEntry, QueueEntry.id == Alarm.entry_id)
        .outerjoin(Agent, Agent.id == Alarm.agent_id)
        .where(
            Alarm.ended_at.is_(None),
            or_(
                (Alarm.kind == AlarmKind.SLA_BROKEN) & QueueEntry.status.not_in(OPEN),
                (Alarm.kind == AlarmKind.AGENT_LOST) & (Agent.presence != Presence.OFFLINE),
            ),
        )
    )
    return (await session.scalars(wanted)).all()


async def _raise(session: AsyncSession, due: Due, now: datetime) -> None:
    """Unless it was answered or left meanwhile."""
    entry = await session.get_one(QueueEntry, due.entry_id)
    expected = (EntryStatus.TAKEN,) if due.kind is AlarmKind.UNANSWERED else OPEN
    if entry.status in expected:
        await raise_alarm(session, due.kind, now, entry=entry, agent_id=due.agent_id, due_at=due.at)
