"""The line as every agent may see it, to take somebody by hand."""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.console.schemas import WaitingRow
from handoff.console.summary import find_wish
from handoff.routing import queue
from handoff.routing.models import EntryStatus, QueueEntry

MOST_SHOWN: Final = 50


async def list_waiting(session: AsyncSession, now: datetime) -> list[WaitingRow]:
    """Return who waits and is not on offer to anybody, the oldest request first."""
    wanted = select(QueueEntry).where(QueueEntry.status == EntryStatus.WAITING)
    oldest = wanted.order_by(QueueEntry.requested_at, QueueEntry.id).limit(MOST_SHOWN)
    entries = (await session.scalars(oldest)).all()
    places = await queue.positions(session, now) if entries else {}
    return [
        WaitingRow(
            entry_id=entry.id,
            conversation_id=entry.conversation_id,
            queue=entry.queue,
            language=entry.language,
            channel=entry.channel,
            topic=entry.topic,
            wish=await find_wish(session, entry.conversation_id, entry.requested_seq),
            waited_seconds=max(0, int((now - entry.requested_at).total_seconds())),
            position=places.get(entry.conversation_id),
            kind=entry.kind,
        )
        for entry in entries
    ]
