"""Gives a waiting conversation to an agent. All ways lead through `claim`: of any number who try, one has it.

Locks are always taken in the order conversation, agents by their id, conversation's stream, agents' streams.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, AgentSkill, Presence
from handoff.agents.presence import is_live
from handoff.contact_log import ContactEventKind, record
from handoff.conversations.models import Conversation, ConversationStatus, Sender
from handoff.conversations.posting import NewMessage, lock, move, post_message
from handoff.errors import IllegalMove
from handoff.routing import pending, queue
from handoff.routing.errors import AgentNotThere, AlreadyTaken, LanguageNotSpoken, NoRoom, NotWaiting, SkillMissing
from handoff.routing.limits import has_room
from handoff.routing.models import EntryStatus, QueueEntry
from handoff.routing.queues import queues_of
from handoff.texts import server_texts

How = Literal["accepted", "taken", "assigned", "transferred"]
# Somebody else decided, so that no press of a key shows that the agent is there.
BY_OTHERS: Final = ("assigned", "transferred")


@dataclass(frozen=True)
class Decision:
    """Who decided, if not an agent who has or gets it; `override`: although the new one does not speak the language."""

    by: UUID | None = None
    override: bool = False


OWN: Final = Decision()


async def claim(
    session: AsyncSession, entry_id: UUID, agent_id: UUID, now: datetime, *, how: How, decision: Decision = OWN
) -> Conversation:
    """Give the waiting conversation to an agent who is there, may serve it and has room; twice is once.

    The loser gets AlreadyTaken with the winner's name, or NotWaiting when nobody has it.
    """
    conversation = await _lock_conversation(session, entry_id)
    return await give(session, conversation, entry_id, agent_id, now, how=how, decision=decision)


async def give(
    session: AsyncSession,
    conversation: Conversation,
    entry_id: UUID,
    agent_id: UUID,
    now: datetime,
    *,
    how: How,
    decision: Decision = OWN,
) -> Conversation:
    """The same where the conversation is locked already."""
    offer = None if how == "accepted" else await pending.find_offer_of(session, entry_id)
    agents = await lock_agents(session, [agent_id, *([offer.agent_id] if offer else [])])
    agent = agents[agent_id]
    entry = await _win(session, entry_id, now)
    if entry is None:
        if conversation.status is ConversationStatus.ACTIVE and conversation.agent_id == agent_id:
            return conversation
        raise await refusal(session, conversation)
    if how == "taken" and entry.not_before is not None and entry.not_before > now:
        raise NotWaiting
    if agent.presence is Presence.OFFLINE or (how in BY_OTHERS and not is_live(agent, now)):
        raise AgentNotThere(agent.name)
    if how != "accepted":
        await _require_skills(session, agent, entry, override=decision.override)
    if not await has_room(session, agent, entry.channel, now, but_entry=entry.id):
        raise NoRoom(agent.name)
    if offer is not None:
        await pending.withdraw(session, offer, entry, now, why="taken")
    await _hand_over(session, conversation, agent, now)
    waited = int((now - entry.requested_at).total_seconds())
    facts = {"how": how, "by": _text(decision.by), "waited": waited}
    record(session, ContactEventKind.TAKEN, now, subject=entry, agent_id=agent_id, **facts)
    queue.line_changed(session)
    return conversation


async def requeue(session: AsyncSession, conversation: Conversation, now: datetime, *, why: str) -> QueueEntry:
    """Put a conversation that an agent held back in line, as old as it is; it must be locked."""
    before = await _taken_entry(session, conversation)
    record(session, ContactEventKind.REQUEUED, now, subject=before, agent_id=conversation.agent_id, why=why)
    return await _back_in_line(session, conversation, now)


async def transfer(
    session: AsyncSession,
    conversation: Conversation,
    now: datetime,
    *,
    to_queue: str | None = None,
    to_language: str | None = None,
    to_agent: UUID | None = None,
    decision: Decision = OWN,
) -> QueueEntry:
    """Pass a held conversation on: to a colleague at once, or to a line with the age of the first request.

    Whoever has it from somebody else meanwhile keeps it.
    """
    giver = conversation.agent_id
    await lock(session, conversation)
    if conversation.agent_id != giver:
        raise await refusal(session, conversation)
    await lock_agents(session, [agent_id for agent_id in (giver, to_agent) if agent_id])
    before = await _taken_entry(session, conversation)
    facts = {"to_agent": _text(to_agent), "to_queue": to_queue, "to_language": to_language, "by": _text(decision.by)}
    record(session, ContactEventKind.TRANSFERRED, now, subject=before, agent_id=giver, **facts)
    entry = await _back_in_line(session, conversation, now, to_queue=to_queue, to_language=to_language)
    if to_agent is not None:
        decided = Decision(decision.by or giver, decision.override)
        await claim(session, entry.id, to_agent, now, how="transferred", decision=decided)
        return entry
    record(session, ContactEventKind.REQUEUED, now, subject=entry, why="transferred")
    if giver is not None:
        pending.remember_refusal(session, entry, giver, now)
    text = server_texts().text("conversation.transferred", conversation.language)
    await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)
    return entry


async def leave_line(
    session: AsyncSession, conversation: Conversation, now: datetime, *, why: str, left_at: datetime | None = None
) -> None:
    """The customer waits no longer, or since `left_at`; it must be locked. `why`: abandoned, to_bot or closed."""
    entry = await queue.find_open_entry(session, conversation.id)
    if entry is None:
        return
    offer = await pending.find_offer_of(session, entry.id)
    if offer is not None:
        await lock_agents(session, [offer.agent_id])
        await pending.withdraw(session, offer, entry, now, why="left")
    entry.status, entry.ended_at = EntryStatus.LEFT, left_at or now
    record(session, ContactEventKind.LEFT, now, subject=entry, why=why, left_at=entry.ended_at.isoformat())
    queue.line_changed(session)


async def follow_language(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    """Who waits stands in the line of their language; the conversation must be locked.

    An offer to somebody who does not speak the new one is taken back.
    """
    entry = await queue.find_open_entry(session, conversation.id)
    if entry is None or entry.language == conversation.language:
        return
    offer = await pending.find_offer_of(session, entry.id)
    if offer is not None and f"language:{conversation.language}" not in await _skills_of(session, offer.agent_id):
        await lock_agents(session, [offer.agent_id])
        if await pending.withdraw(session, offer, entry, now, why="language"):
            entry.status = EntryStatus.WAITING
            record(session, ContactEventKind.REQUEUED, now, subject=entry, why="language")
            await move(session, conversation, ConversationStatus.QUEUED, now)
    await queue.change_language(session, entry, conversation.language, now)


async def lock_agents(session: AsyncSession, agent_ids: Sequence[UUID]) -> dict[UUID, Agent]:
    """Hold the agents until the end of the transaction and read them as they are now.

    Rows that only name a held agent can still be written: whoever writes one may hold a stream already.
    """
    wanted = select(Agent).where(Agent.id.in_(set(agent_ids))).order_by(Agent.id).with_for_update(key_share=True)
    agents = await session.scalars(wanted.execution_options(populate_existing=True))
    return {agent.id: agent for agent in agents}


async def refusal(session: AsyncSession, conversation: Conversation) -> AlreadyTaken | NotWaiting:
    """Say why this conversation cannot be had."""
    if conversation.agent_id is None or conversation.status is ConversationStatus.CLOSED:
        return NotWaiting()
    winner = await session.get_one(Agent, conversation.agent_id)
    return AlreadyTaken(winner.name)


async def _lock_conversation(session: AsyncSession, entry_id: UUID) -> Conversation:
    of_entry = select(Conversation).join(QueueEntry, QueueEntry.conversation_id == Conversation.id)
    locked = of_entry.where(QueueEntry.id == entry_id).with_for_update(of=Conversation)
    conversation = await session.scalar(locked.execution_options(populate_existing=True))
    if conversation is None:
        raise NotWaiting
    return conversation


async def _taken_entry(session: AsyncSession, conversation: Conversation) -> QueueEntry:
    """The entry by which the present agent got the conversation; what ends their time is logged of it."""
    entry = await queue.find_last_entry(session, conversation.id)
    if entry is None or entry.status is not EntryStatus.TAKEN:
        raise NotWaiting
    return entry


async def _win(session: AsyncSession, entry_id: UUID, now: datetime) -> QueueEntry | None:
    """Take the entry out of the line if it still stands there; exactly one caller gets it."""
    taken = update(QueueEntry).where(QueueEntry.id == entry_id, QueueEntry.status.in_(queue.OPEN))
    returned = taken.values(status=EntryStatus.TAKEN, ended_at=now).returning(QueueEntry)
    return await session.scalar(returned.execution_options(populate_existing=True, synchronize_session=False))


async def _require_skills(session: AsyncSession, agent: Agent, entry: QueueEntry, *, override: bool) -> None:
    """What a queue requires is never given up; the language only by somebody who knows it."""
    skills = await _skills_of(session, agent.id)
    missing = [skill for skill in queues_of(session)[entry.queue].required if skill not in skills]
    if missing:
        raise SkillMissing(agent.name, missing[0])
    if not override and f"language:{entry.language}" not in skills:
        raise LanguageNotSpoken(agent.name, entry.language)


async def _skills_of(session: AsyncSession, agent_id: UUID) -> set[str]:
    return set(await session.scalars(select(AgentSkill.skill).where(AgentSkill.agent_id == agent_id)))


async def _hand_over(session: AsyncSession, conversation: Conversation, agent: Agent, now: datetime) -> None:
    conversation.agent_id = agent.id
    with session.no_autoflush:  # written together with the message
        await move(session, conversation, ConversationStatus.ACTIVE, now)
    joined = server_texts().text("agent.joined", conversation.language, name=agent.name)
    await post_message(session, conversation, NewMessage(Sender.SYSTEM, joined), now)


async def _back_in_line(
    session: AsyncSession,
    conversation: Conversation,
    now: datetime,
    *,
    to_queue: str | None = None,
    to_language: str | None = None,
) -> QueueEntry:
    """The old agent still hears of this change; afterwards the conversation is nobody's."""
    if conversation.status is not ConversationStatus.ACTIVE:
        raise IllegalMove(conversation.status, ConversationStatus.QUEUED)  # a closed one is reopened, never passed on
    await move(session, conversation, ConversationStatus.QUEUED, now)
    conversation.agent_id = None
    return await queue.enter_again(session, conversation, now, to_queue=to_queue, to_language=to_language)


def _text(known: UUID | None) -> str | None:
    return str(known) if known else None
