"""The line as an agent may see it, to take somebody by hand: those they may serve, whose time has come."""

from datetime import datetime
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, AgentSkill
from handoff.console.schemas import WaitingRow
from handoff.console.summary import find_wish
from handoff.routing import queue
from handoff.routing.models import EntryStatus, QueueEntry
from handoff.routing.queue import is_due
from handoff.routing.queues import queues_of

MOST_SHOWN: Final = 50
_LANGUAGE: Final = "language:"


async def list_waiting(session: AsyncSession, agent: Agent, now: datetime) -> list[WaitingRow]:
    """Return who waits, is not on offer to anybody and could be taken by this agent, the oldest request first."""
    oldest = (await _servable(session, agent, now)).order_by(QueueEntry.requested_at, QueueEntry.id).limit(MOST_SHOWN)
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


async def _servable(session: AsyncSession, agent: Agent, now: datetime) -> Select[QueueEntry]:
    """What `claim` would not refuse for a skill; of others not even the wish is theirs to read."""
    skills = set(await session.scalars(select(AgentSkill.skill).where(AgentSkill.agent_id == agent.id)))
    languages = [skill.removeprefix(_LANGUAGE) for skill in skills if skill.startswith(_LANGUAGE)]
    closed = [queue.key for queue in queues_of(session) if not skills.issuperset(queue.required)]
    return select(QueueEntry).where(
        QueueEntry.status == EntryStatus.WAITING,
        QueueEntry.language.in_(languages),
        QueueEntry.queue.not_in(closed),
        is_due(now),
    )
