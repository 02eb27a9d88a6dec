"""The life of a wrap-up: it begins when the agent ends the conversation, and ends in exactly one way.

The conversation must be locked: its row keeps two endings apart.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, Presence
from handoff.agents.presence import is_live
from handoff.contact_log import ContactEventKind, record
from handoff.conversations.models import Channel, Conversation, ConversationStatus, Sender
from handoff.conversations.posting import NewMessage, lock, move, post_message
from handoff.db import touch
from handoff.live import ROUTING_STREAM
from handoff.routing import claims
from handoff.routing.limits import WHOLE_PERSON, held_load
from handoff.routing.models import EntryStatus, QueueEntry
from handoff.routing.policy import weight
from handoff.texts import server_texts
from handoff.wrap_up.dispositions import Disposition
from handoff.wrap_up.models import WrapUp

WRAP_UP_STREAM = "wrap_ups"


class Ending(StrEnum):
    DONE = "done"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    REOPENED = "reopened"
    SIGNED_OUT = "signed_out"


async def begin(
    session: AsyncSession, conversation: Conversation, entry: QueueEntry, agent_id: UUID, seconds: int, now: datetime
) -> WrapUp:
    """Tell the customer that it is over; the agent has so many seconds for what must be noted.

    The row comes first: it names the agent, whose row is locked before any stream.
    """
    wrap_up = WrapUp(
        conversation_id=conversation.id,
        entry_id=entry.id,
        agent_id=agent_id,
        begun_at=now,
        ends_at=now + timedelta(seconds=seconds),
    )
    session.add(wrap_up)
    await session.flush()
    text = server_texts().text("conversation.closed", conversation.language)
    await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)
    await move(session, conversation, ConversationStatus.WRAP_UP, now)
    record(session, ContactEventKind.WRAP_UP_BEGUN, now, subject=entry, agent_id=agent_id, seconds=seconds)
    touch(session, WRAP_UP_STREAM)
    return wrap_up


async def end(
    session: AsyncSession,
    conversation: Conversation,
    wrap_up: WrapUp,
    how: Ending,
    now: datetime,
    *,
    disposition: Disposition | None = None,
    note: str | None = None,
) -> None:
    """End the open wrap-up, and with it the conversation unless the customer is back; the agent has room again.

    It never lasts longer than it was given, however late that is noticed.
    """
    wrap_up.finished_at = min(now, wrap_up.ends_at)
    wrap_up.disposition, wrap_up.note = disposition, note
    entry = await session.get_one(QueueEntry, wrap_up.entry_id)
    seconds = round((wrap_up.finished_at - wrap_up.begun_at).total_seconds())
    log_done(session, entry, wrap_up, how, seconds)
    if how is not Ending.REOPENED and conversation.status is ConversationStatus.WRAP_UP:
        await move(session, conversation, ConversationStatus.CLOSED, now)
        record(session, ContactEventKind.CLOSED, now, subject=entry, agent_id=wrap_up.agent_id, by="agent")
    touch(session, ROUTING_STREAM)


def log_done(session: AsyncSession, entry: QueueEntry, wrap_up: WrapUp, how: Ending, seconds: int) -> None:
    assert wrap_up.finished_at is not None
    facts = {"disposition": wrap_up.disposition, "how": how.value, "seconds": seconds}
    ended_at = wrap_up.finished_at
    record(session, ContactEventKind.WRAP_UP_DONE, ended_at, subject=entry, agent_id=wrap_up.agent_id, **facts)


async def reopen(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    """The customer writes although the agent has said goodbye: the two go on talking.

    An agent who has left the desk, or whose room is somebody else's already, is not the one: another agent goes on.
    A call that was ended is over: what is heard last is kept and opens nothing.
    """
    is_over = conversation.status is not ConversationStatus.WRAP_UP or conversation.channel is Channel.VOICE
    wrap_up = None if is_over else await find_open(session, conversation.id)
    if wrap_up is None:
        return
    entry = await session.get_one(QueueEntry, wrap_up.entry_id)
    obstacle = await _obstacle(session, wrap_up, entry, now)
    await end(session, conversation, wrap_up, Ending.REOPENED, now)
    await move(session, conversation, ConversationStatus.ACTIVE, now)
    record(session, ContactEventKind.REOPENED, now, subject=entry, agent_id=wrap_up.agent_id)
    if obstacle is not None:
        await claims.requeue(session, conversation, now, why=obstacle)
        text = server_texts().text("conversation.reopened", conversation.language)
        await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)


async def _obstacle(session: AsyncSession, wrap_up: WrapUp, entry: QueueEntry, now: datetime) -> str | None:
    """Why the agent cannot go on; None if they can.

    `now` may be a little old: a wrap-up that seems to last may be over for whoever has filled its room meanwhile, so
    that it counts what the agent really holds.
    """
    agent = (await claims.lock_agents(session, [wrap_up.agent_id]))[wrap_up.agent_id]
    if agent.presence is Presence.OFFLINE or _has_gone_away(agent, entry) or not is_live(agent, now):
        return "agent_away"
    load = (await held_load(session, [agent], now))[agent.id]
    own = 0 if wrap_up.ends_at > now else weight(entry.channel, agent.capacity)
    return "no_room" if load + own > WHOLE_PERSON else None


def _has_gone_away(agent: Agent, entry: QueueEntry) -> bool:
    """Who was away already and took the customer by hand is at the desk all the same."""
    return agent.presence is Presence.AWAY and (entry.ended_at is None or agent.presence_since > entry.ended_at)


async def end_all_of_agent(session: AsyncSession, agent_id: UUID, now: datetime) -> None:
    """The agent signs out; locks the conversations itself."""
    mine = select(WrapUp).where(WrapUp.agent_id == agent_id, WrapUp.finished_at.is_(None))
    for wrap_up in (await session.scalars(mine.order_by(WrapUp.conversation_id))).all():
        await end_if_open(session, wrap_up, Ending.SIGNED_OUT, now)


async def end_if_open(session: AsyncSession, wrap_up: WrapUp, how: Ending, now: datetime) -> bool:
    """Lock the conversation and end the wrap-up if nobody has done so meanwhile."""
    conversation = await session.get_one(Conversation, wrap_up.conversation_id)
    await lock(session, conversation)
    await session.refresh(wrap_up)
    if wrap_up.finished_at is not None:
        return False
    await end(session, conversation, wrap_up, how, now)
    return True


async def find_open(session: AsyncSession, conversation_id: UUID) -> WrapUp | None:
    wanted = select(WrapUp).where(WrapUp.conversation_id == conversation_id, WrapUp.finished_at.is_(None))
    return await session.scalar(wanted.execution_options(populate_existing=True))


async def find_last(session: AsyncSession, conversation_id: UUID, agent_id: UUID) -> WrapUp | None:
    wanted = select(WrapUp).where(WrapUp.conversation_id == conversation_id, WrapUp.agent_id == agent_id)
    newest = wanted.order_by(WrapUp.begun_at.desc(), WrapUp.finished_at.is_(None).desc()).limit(1)
    return await session.scalar(newest.execution_options(populate_existing=True))


async def find_taken_entry(session: AsyncSession, conversation_id: UUID) -> QueueEntry | None:
    """Return the entry through which the present agent got the conversation."""
    wanted = select(QueueEntry).where(QueueEntry.conversation_id == conversation_id)
    taken = wanted.where(QueueEntry.status == EntryStatus.TAKEN)
    return await session.scalar(taken.order_by(QueueEntry.ended_at.desc(), QueueEntry.entered_at.desc()).limit(1))
