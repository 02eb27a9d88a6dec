"""How long somebody who asks now would wait, for each queue and language."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations.models import Channel
from handoff.routing.models import EntryStatus, QueueEntry
from handoff.routing.queues import Queues
from handoff.routing.waits import estimates_of
from handoff.supervision.day import Line

_HIGHEST: Final = 2**128 - 1


async def expected_seconds(
    session: AsyncSession, queues: Queues, lines: Iterable[Line], now: datetime
) -> dict[Line, int | None]:
    """The middle of the estimate for a chat; None where nobody is there to answer."""
    newcomers = {line: _newcomer(line, place, queues, now) for place, line in enumerate(lines)}
    estimates = await estimates_of(session, list(newcomers.values()), queues, now)
    found = {line: estimates[entry.id] for line, entry in newcomers.items()}
    return {line: round(estimate.median_seconds) if estimate else None for line, estimate in found.items()}


def _newcomer(line: Line, place: int, queues: Queues, now: datetime) -> QueueEntry:
    """An entry that is asked about and never stored; its high number puts it behind whoever asked just now."""
    queue, language = line
    number = UUID(int=_HIGHEST - place)
    return QueueEntry(
        id=number,
        conversation_id=number,
        status=EntryStatus.WAITING,
        queue=queue,
        language=language,
        channel=Channel.WEBCHAT,
        priority=queues[queue].priority,
        requested_at=now,
        entered_at=now,
    )
