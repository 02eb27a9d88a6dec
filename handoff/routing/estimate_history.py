"""Lets the estimate learn from this installation's own contacts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import nan
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.contact_log import ContactEvent, ContactEventKind
from handoff.routing.estimate_fit import fit
from handoff.routing.estimate_model import as_json
from handoff.routing.estimate_past import OVER
from handoff.routing.models import EntryKind, EntryStatus, EstimateModel, QueueEntry
from handoff.routing.queues import Queues, load_queues
from handoff.staffing.calls import Calls, code
from handoff.staffing.replay import basis_of, lesson_of
from handoff.staffing.sweep import observe

_PAST: Final = timedelta(days=90)
_MOST_CONTACTS: Final = 100_000


async def refit(session: AsyncSession, now: datetime, queues: Queues | None = None) -> EstimateModel:
    """Learn from the contacts of the last 90 days and store what was learnt; without any it is the theory."""
    calls = await read_history(session, now, queues or load_queues())
    basis = basis_of(calls)
    observed = observe(calls, basis)
    waited = calls.was_answered & (calls.wait > 0)
    model = fit(lesson_of(calls, observed, waited[observed.call]), basis.hazard)
    row = EstimateModel(fitted_at=now, contacts=model.contacts, parameters=as_json(model))
    session.add(row)
    await session.flush()
    return row


async def read_history(session: AsyncSession, now: datetime, queues: Queues) -> Calls:
    """Return the live contacts that are through the line, as a log: called-back ones waited by appointment."""
    wanted = (
        select(QueueEntry)
        .where(
            QueueEntry.status.in_((EntryStatus.TAKEN, EntryStatus.LEFT)),
            QueueEntry.kind == EntryKind.LIVE,
            QueueEntry.not_before.is_(None),
            QueueEntry.ended_at.is_not(None),
            QueueEntry.entered_at > now - _PAST,
        )
        .order_by(QueueEntry.entered_at.desc())
        .limit(_MOST_CONTACTS)
    )
    entries = (await session.scalars(wanted)).all()
    agents, ends = await _read_work(session, now)
    return _calls(entries, queues, agents, ends)


async def _read_work(session: AsyncSession, now: datetime) -> tuple[dict[UUID, str], dict[UUID, datetime]]:
    """Return who took each entry, and when they were through with it."""
    kinds = (ContactEventKind.TAKEN, *OVER)
    wanted = select(ContactEvent.kind, ContactEvent.entry_id, ContactEvent.agent_id, ContactEvent.happened_at).where(
        ContactEvent.kind.in_(kinds), ContactEvent.entry_id.is_not(None), ContactEvent.happened_at > now - _PAST
    )
    agents: dict[UUID, str] = {}
    ends: dict[UUID, datetime] = {}
    for kind, entry_id, agent_id, happened_at in await session.execute(wanted.order_by(ContactEvent.number)):
        if entry_id is None:
            continue
        if kind is ContactEventKind.TAKEN:
            agents[entry_id] = str(agent_id)
        elif entry_id in agents:
            ends.setdefault(entry_id, happened_at)
    return agents, ends


def _calls(entries: Sequence[QueueEntry], queues: Queues, agents: dict[UUID, str], ends: dict[UUID, datetime]) -> Calls:
    queue, queue_names = code([entry.queue for entry in entries])
    agent, agent_names = code([agents.get(entry.id, "") for entry in entries])
    taken = [entry.status is EntryStatus.TAKEN for entry in entries]
    left = [entry.ended_at.timestamp() if entry.ended_at else nan for entry in entries]
    clocks = [entry.entered_at.astimezone(ZoneInfo(queues[entry.queue].time_zone)) for entry in entries]
    arrived = np.array([entry.entered_at.timestamp() for entry in entries], dtype=float)
    gone = np.maximum(np.array(left, dtype=float), arrived)
    was_taken = np.array(taken, dtype=bool)
    ended = np.array([ends[entry.id].timestamp() if entry.id in ends else nan for entry in entries], dtype=float)
    return Calls(
        queue=queue,
        priority=np.array([entry.priority for entry in entries], dtype=np.int32),
        agent=agent,
        arrived=arrived,
        answered=np.where(was_taken, gone, nan),
        abandoned=np.where(was_taken, nan, gone),
        ended=np.where(was_taken & (ended >= gone), ended, nan),
        hour=np.array([clock.hour + 24 * (clock.weekday() >= 5) for clock in clocks], dtype=np.int32),
        day=np.array([clock.toordinal() for clock in clocks], dtype=np.int32),
        offset=np.array([_offset(clock) for clock in clocks], dtype=float),
        queue_names=queue_names,
        agent_names=agent_names,
    ).in_order()


def _offset(clock: datetime) -> float:
    offset = clock.utcoffset()
    return offset.total_seconds() if offset else 0.0
