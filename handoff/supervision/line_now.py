"""Who stands in line now, which alarms are open and which approvals wait, from their tables."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.alarms.models import Alarm
from handoff.alarms.raising import list_open
from handoff.console.actions.models import AgentAction, AgentActionEnding
from handoff.routing.models import Offer, OfferStatus, QueueEntry
from handoff.routing.places import OPEN
from handoff.routing.queues import Queues
from handoff.supervision.alarms import due_at
from handoff.supervision.schemas import AlarmOut, ApprovalWaiting, WaitingRow


async def waiting_rows(
    session: AsyncSession, queues: Queues, names: Mapping[UUID, str], now: datetime
) -> list[WaitingRow]:
    in_line = select(QueueEntry).where(QueueEntry.status.in_(OPEN))
    entries = (await session.scalars(in_line.order_by(QueueEntry.requested_at, QueueEntry.id))).all()
    pending = select(Offer.entry_id, Offer.agent_id).where(Offer.status == OfferStatus.PENDING)
    offered = {entry_id: names.get(agent_id) for entry_id, agent_id in await session.execute(pending)}
    return [_waiting_row(entry, due_at(entry, queues), offered.get(entry.id), now) for entry in entries]


def _waiting_row(entry: QueueEntry, due: datetime | None, offered_to: str | None, now: datetime) -> WaitingRow:
    return WaitingRow(
        entry_id=entry.id,
        conversation_id=entry.conversation_id,
        queue=entry.queue,
        language=entry.language,
        channel=entry.channel,
        kind=entry.kind,
        requested_at=entry.requested_at,
        waited_seconds=max(0, int((now - entry.requested_at).total_seconds())),
        due_at=due,
        not_before=entry.not_before,
        broken=due is not None and due < now,
        offered_to=offered_to,
    )


async def alarm_rows(session: AsyncSession, names: Mapping[UUID, str]) -> list[AlarmOut]:
    alarms = await list_open(session)
    wanted = select(QueueEntry).where(QueueEntry.id.in_([alarm.entry_id for alarm in alarms if alarm.entry_id]))
    entries = {entry.id: entry for entry in await session.scalars(wanted)}
    return [_alarm_row(alarm, entries, names) for alarm in alarms]


async def approval_rows(session: AsyncSession, names: Mapping[UUID, str], now: datetime) -> list[ApprovalWaiting]:
    """What agents wait for, the longest first; a customer waits with each of them."""
    waiting = (
        select(AgentAction.id, AgentAction.agent_id, AgentAction.asked_at)
        .outerjoin(AgentActionEnding, AgentActionEnding.action_id == AgentAction.id)
        .where(AgentAction.expires_at > now, AgentActionEnding.action_id.is_(None))
        .order_by(AgentAction.asked_at, AgentAction.id)
    )
    rows = (await session.execute(waiting)).all()
    return [ApprovalWaiting(id=row.id, agent_name=names.get(row.agent_id), asked_at=row.asked_at) for row in rows]


def _alarm_row(alarm: Alarm, entries: Mapping[UUID, QueueEntry], names: Mapping[UUID, str]) -> AlarmOut:
    entry = entries.get(alarm.entry_id) if alarm.entry_id else None
    return AlarmOut(
        id=alarm.id,
        kind=alarm.kind,
        raised_at=alarm.raised_at,
        due_at=alarm.due_at,
        entry_id=alarm.entry_id,
        conversation_id=entry.conversation_id if entry else None,
        queue=entry.queue if entry else None,
        language=entry.language if entry else None,
        agent_name=names.get(alarm.agent_id) if alarm.agent_id else None,
    )
