"""Passing a conversation on, to a colleague or to another line. The customer repeats nothing."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, AgentSkill, Presence
from handoff.agents.presence import is_live
from handoff.agents.sessions import MAY_SIGN_IN
from handoff.console.access import refuse_others
from handoff.console.errors import ColleagueUnavailable
from handoff.console.models import ConversationNote
from handoff.console.notes import TRANSFER, announce_note, store_note
from handoff.console.schemas import ColleagueOut, TransferIn
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.conversations.posting import lock
from handoff.errors import ConversationNotFound, InvalidRequest, NotYourConversation
from handoff.routing import claims
from handoff.routing.limits import WHOLE_PERSON, has_room, held_load
from handoff.routing.policy import weight
from handoff.routing.queues import Queues
from handoff.wrap_up.service import find_taken_entry

_LANGUAGE = "language:"


async def lock_held(session: AsyncSession, agent: Agent, conversation_id: UUID) -> Conversation:
    """Return the conversation that the agent answers, locked; raise when it is somebody else's or nobody's.

    Who had it a moment ago learns who has it now.
    """
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None:
        raise ConversationNotFound
    was_mine = conversation.agent_id == agent.id
    await lock(session, conversation)
    await refuse_others(session, agent, conversation_id)
    if conversation.agent_id == agent.id and conversation.status is ConversationStatus.ACTIVE:
        return conversation
    raise NotYourConversation if was_mine or conversation.agent_id == agent.id else ConversationNotFound


async def hand_on(
    session: AsyncSession, agent: Agent, conversation: Conversation, wish: TransferIn, queues: Queues, now: datetime
) -> None:
    """Transfer a conversation that `lock_held` returned; the note is written in the same moment and read first."""
    _check(wish, agent, queues)
    if wish.agent_id is not None:
        await _require_available(session, wish.agent_id, conversation, queues, now)
    # The note names its author's row, so that the row must be held before any stream is.
    await claims.lock_agents(session, [agent.id, *([wish.agent_id] if wish.agent_id else [])])
    note = await _write_note(session, agent, conversation, wish.note, now)
    await claims.transfer(
        session, conversation, now, to_queue=wish.queue, to_language=wish.language, to_agent=wish.agent_id
    )
    if note is not None:
        await announce_note(session, note, wish.agent_id or agent.id, now)


async def list_colleagues(session: AsyncSession, agent: Agent, now: datetime) -> list[ColleagueOut]:
    """Return all other agents who may sign in, those who can take something first."""
    wanted = select(Agent).where(Agent.id != agent.id, MAY_SIGN_IN).order_by(Agent.name, Agent.id)
    others = (await session.scalars(wanted)).all()
    skills = await _skills(session, [other.id for other in others])
    loads = await held_load(session, others, now)
    shown = [_colleague(other, skills.get(other.id, []), loads[other.id], now) for other in others]
    return sorted(shown, key=lambda one: not (one.live and one.presence is Presence.AVAILABLE and one.free > 0))


def _colleague(agent: Agent, skills: Sequence[str], load: int, now: datetime) -> ColleagueOut:
    return ColleagueOut(
        id=agent.id,
        name=agent.name,
        presence=agent.presence,
        live=is_live(agent, now),
        free=max(0, (WHOLE_PERSON - load) // weight(Channel.WEBCHAT, agent.capacity)),
        languages=[skill.removeprefix(_LANGUAGE) for skill in skills if skill.startswith(_LANGUAGE)],
        skills=[skill for skill in skills if not skill.startswith(_LANGUAGE)],
    )


async def _write_note(
    session: AsyncSession, agent: Agent, conversation: Conversation, text: str | None, now: datetime
) -> ConversationNote | None:
    if text is None or not text.strip():
        return None
    key = f"{TRANSFER}{uuid4()}"
    return await store_note(session, agent, conversation, client_note_id=key, text=text, now=now)


def _check(wish: TransferIn, agent: Agent, queues: Queues) -> None:
    """Either a colleague or a line; never oneself, never a line that does not exist."""
    to_line = wish.queue is not None or wish.language is not None
    known = wish.queue is None or wish.queue in {queue.key for queue in queues}
    if to_line == (wish.agent_id is not None) or wish.agent_id == agent.id or not known:
        raise InvalidRequest


async def _require_available(
    session: AsyncSession, colleague_id: UUID, conversation: Conversation, queues: Queues, now: datetime
) -> None:
    colleague = await session.get(Agent, colleague_id, populate_existing=True)
    if colleague is None:
        raise InvalidRequest
    if colleague.presence is Presence.OFFLINE or not is_live(colleague, now):
        raise ColleagueUnavailable(colleague.name, "offline")
    if colleague.presence is not Presence.AVAILABLE:
        raise ColleagueUnavailable(colleague.name, "away")
    skills = (await _skills(session, [colleague.id])).get(colleague.id, [])
    if f"{_LANGUAGE}{conversation.language}" not in skills:
        raise ColleagueUnavailable(colleague.name, "language")
    entry = await find_taken_entry(session, conversation.id)
    if entry is not None and not set(queues[entry.queue].required) <= set(skills):
        raise ColleagueUnavailable(colleague.name, "skills")
    if not await has_room(session, colleague, conversation.channel, now):
        raise ColleagueUnavailable(colleague.name, "full")


async def _skills(session: AsyncSession, agent_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    wanted = select(AgentSkill).where(AgentSkill.agent_id.in_(agent_ids)).order_by(AgentSkill.skill)
    skills: dict[UUID, list[str]] = {}
    for row in await session.scalars(wanted):
        skills.setdefault(row.agent_id, []).append(row.skill)
    return skills
