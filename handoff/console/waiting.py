"""The line as an agent may see it, to take somebody by hand: those they may serve, whose time has come."""

from datetime import datetime
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, AgentSkill
from handoff.console.questions import Questions, newest_wish, read_questions
from handoff.console.schemas import WaitingRow
from handoff.routing.models import EntryStatus, QueueEntry
from handoff.routing.queue import is_due
from handoff.routing.queues import queues_of

MOST_SHOWN: Final = 50
_LANGUAGE: Final = "language:"


async def list_waiting(session: AsyncSession, agent: Agent, now: datetime) -> list[WaitingRow]:
    """Return who waits, is not on offer to anybody and could be taken by this agent, the oldest request first."""
    oldest = (await _servable(session, agent, now)).order_by(QueueEntry.requested_at, QueueEntry.id).limit(MOST_SHOWN)
    entries = (await session.scalars(oldest)).all()
    questions = await session.run_sync(read_questions, [entry.conversation_id for entry in entries])
    return [
        WaitingRow(
            entry_id=entry.id,
            conversation_id=entry.conversation_id,
            queue=entry.queue,
            language=entry.language,
            channel=entry.channel,
            topic=entry.topic,
            wish=_wish(questions.get(entry.conversation_id, ()), entry),
            waited_seconds=max(0, int((now - entry.requested_at).total_seconds())),
            kind=entry.kind,
        )
        for entry in entries
    ]


def _wish(questions: Questions, entry: QueueEntry) -> str | None:
    return newest_wish([question for question in questions if question.message.seq <= entry.requested_seq])


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
