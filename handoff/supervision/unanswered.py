"""Customers who were given to an agent and have not been said a word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from handoff.alarms.models import Alarm, AlarmKind
from handoff.conversations.models import Conversation, ConversationStatus, Message, Sender
from handoff.routing.models import EntryKind, EntryStatus, QueueEntry


@dataclass(frozen=True)
class Silent:
    """An agent who has written nothing since they got the conversation by this entry."""

    entry: QueueEntry
    agent_id: UUID
    taken_at: datetime
    is_raised: bool


async def list_unanswered(session: AsyncSession) -> Sequence[Silent]:
    """Who is called back is spoken to, and nothing of it is written here."""
    later = aliased(QueueEntry)
    has_later = select(later.id).where(
        later.conversation_id == QueueEntry.conversation_id, later.entered_at > QueueEntry.entered_at
    )
    said = select(Message.seq).where(
        Message.conversation_id == QueueEntry.conversation_id,
        Message.sender == Sender.AGENT,
        Message.sent_at >= QueueEntry.ended_at,
    )
    raised = select(Alarm.id).where(Alarm.entry_id == QueueEntry.id, Alarm.kind == AlarmKind.UNANSWERED)
    wanted = (
        select(
            QueueEntry.id,
            QueueEntry.queue,
            QueueEntry.channel,
            QueueEntry.ended_at,
            Conversation.agent_id,
            raised.exists().label("is_raised"),
        )
        .join(Conversation, Conversation.id == QueueEntry.conversation_id)
        .where(
            Conversation.status == ConversationStatus.ACTIVE,
            QueueEntry.status == EntryStatus.TAKEN,
            QueueEntry.kind != EntryKind.CALLBACK,
            ~has_later.exists(),
            ~said.exists(),
        )
    )
    rows = (await session.execute(wanted)).all()
    # The rows have what is read of an entry.
    return [Silent(cast("QueueEntry", row), row.agent_id, row.ended_at, row.is_raised) for row in rows]


async def list_over(session: AsyncSession, silent: Sequence[Silent]) -> Sequence[UUID]:
    """Open alarms about agents who have answered, or have the customer no more."""
    wanted = select(Alarm.id, Alarm.entry_id).where(Alarm.kind == AlarmKind.UNANSWERED, Alarm.ended_at.is_(None))
    still = {each.entry.id for each in silent}
    return [alarm_id for alarm_id, entry_id in await session.execute(wanted) if entry_id not in still]
