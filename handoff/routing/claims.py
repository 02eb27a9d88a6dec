"""Gives a waiting conversation to an agent. All ways lead through `claim`: of any number who try, one has it.

Locks are always taken in the order conversation, agents by their id, conversation's stream, agents' streams.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, Presence
from handoff.contact_log import ContactEventKind, record
from handoff.conversations.models import Conversation, ConversationStatus, Sender
from handoff.conversations.posting import NewMessage, lock, move, post_message
from handoff.errors import IllegalMove
from handoff.routing import pending, queue
from handoff.routing.errors import AgentNotThere, AlreadyTaken, NoRoom, NotWaiting
from handoff.routing.limits import has_room
from handoff.routing.models import EntryStatus, QueueEntry
from handoff.texts import server_texts

How = Literal["accepted", "taken", "assigned", "transferred"]


async def claim(
    session: AsyncSession, entry_id: UUID, agent_id: UUID, now: datetime, *, how: How, by: UUID | None = None
) -> Conversation:
    """Give the waiting conversation to the agent, who must be there and have room; claiming twice is claiming once.

    The loser gets AlreadyTaken with the winner's name, or NotWaiting when nobody has it. `by` is who decided, if that
    was somebody else.
    """
    entry, conversation = await _lock_conversation(session, entry_id)
    offer = await pending.find_offer_of(session, entry.id)
    agents = await lock_agents(session, [agent_id, *([offer.agent_id] if offer else [])])
    agent = agents[agent_id]
    if not await _win(session, entry, now):
        if conversation.status is ConversationStatus.ACTIVE and conversation.agent_id == agent_id:
            return conversation
        raise await refusal(session, conversation)
    if agent.presence is Presence.OFFLINE:
        raise AgentNotThere(agent.name)
    if not await has_room(session, agent, entry.channel, now, but_entry=entry.id):
        raise NoRoom(agent.name)
    if offer is not None:
        await pending.withdraw(session, offer, entry, now, why="taken")
    await _hand_over(session, conversation, agent, now)
    waited = int((now - entry.requested_at).total_seconds())
    by_whom = str(by) if by else None
    record(session, ContactEventKind.TAKEN, now, subject=entry, agent_id=agent_id, how=how, by=by_whom, waited=waited)
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
    by: UUID | None = None,
) -> QueueEntry:
    """Pass a held conversation on: to a colleague at once, or to a line with the age of the first request.

    `by` is who decided, if not the agent who holds it. Whoever has it from somebody else meanwhile keeps it.
    """
    giver = conversation.agent_id
    await lock(session, conversation)
    if conversation.agent_id != giver:
        raise await refusal(session, conversation)
    await lock_agents(session, [agent_id for agent_id in (giver, to_agent) if agent_id])
    before = await _taken_entry(session, conversation)
    facts = {"to_agent": str(to_agent) if to_agent else None, "to_queue": to_queue, "to_language": to_language}
    record(session, ContactEventKind.TRANSFERRED, now, subject=before, agent_id=giver, **facts)
    entry = await _back_in_line(session, conversation, now, to_queue=to_queue, to_language=to_language)
    if to_agent is not None:
        await claim(session, entry.id, to_agent, now, how="transferred", by=by or giver)
        return entry
    record(session, ContactEventKind.REQUEUED, now, subject=entry, why="transferred")
    if giver is not None:
        pending.remember_refusal(session, entry, giver, now)
    text = server_texts().text("conversation.transferred", conversation.language)
    await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)
    return entry


async def leave_line(session: AsyncSession, conversation: Conversation, now: datetime, *, why: str) -> None:
    """The customer waits no longer; the conversation must be locked. `why`: abandoned, to_bot or closed."""
    entry = await queue.find_open_entry(session, conversation.id)
    if entry is None:
        return
    offer = await pending.find_offer_of(session, entry.id)
    if offer is not None:
        await lock_agents(session, [offer.agent_id])
        await pending.withdraw(session, offer, entry, now, why="left")
    entry.status, entry.ended_at = EntryStatus.LEFT, now
    record(session, ContactEventKind.LEFT, now, subject=entry, why=why)
    queue.line_changed(session)


async def lock_agents(session: AsyncSession, agent_ids: Sequence[UUID]) -> dict[UUID, Agent]:
    """Hold the agents until the end of the transaction and read them as they are now."""
    wanted = select(Agent).where(Agent.id.in_(set(agent_ids))).order_by(Agent.id).with_for_update()
    agents = await session.scalars(wanted.execution_options(populate_existing=True))
    return {agent.id: agent for agent in agents}


async def refusal(session: AsyncSession, conversation: Conversation) -> AlreadyTaken | NotWaiting:
    """Say why this conversation cannot be had."""
    if conversation.agent_id is None or conversation.status is ConversationStatus.CLOSED:
        return NotWaiting()
    winner = await session.get_one(Agent, conversation.agent_id)
    return AlreadyTaken(winner.name)


async def _lock_conversation(session: AsyncSession, entry_id: UUID) -> tuple[QueueEntry, Conversation]:
    entry = await session.get(QueueEntry, entry_id)
    if entry is None:
        raise NotWaiting
    conversation = await session.get_one(Conversation, entry.conversation_id)
    await lock(session, conversation)
    return entry, conversation


async def _taken_entry(session: AsyncSession, conversation: Conversation) -> QueueEntry:
    """The entry by which the present agent got the conversation; what ends their time is logged of it."""
    entry = await queue.find_last_entry(session, conversation.id)
    if entry is None or entry.status is not EntryStatus.TAKEN:
        raise NotWaiting
    return entry


async def _win(session: AsyncSession, entry: QueueEntry, now: datetime) -> bool:
    """Take the entry out of the line if it still stands there; exactly one caller succeeds."""
    taken = update(QueueEntry).where(QueueEntry.id == entry.id, QueueEntry.status.in_(queue.OPEN))
    won = await session.scalar(taken.values(status=EntryStatus.TAKEN, ended_at=now).returning(QueueEntry.id))
    await session.refresh(entry)
    return won is not None


async def _hand_over(session: AsyncSession, conversation: Conversation, agent: Agent, now: datetime) -> None:
    conversation.agent_id = agent.id
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
