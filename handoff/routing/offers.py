"""Offers: made to one agent, answered within 20 seconds or returned to the line with the age kept.

Locks are always taken in the order conversation, agent, conversation's stream, agent's stream.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, Presence
from handoff.agents.presence import presence_changed
from handoff.conversations.models import Conversation, ConversationStatus, Sender
from handoff.conversations.posting import NewMessage, lock, move, post_message
from handoff.errors import OfferExpired, OfferNotFound, OfferWithdrawn
from handoff.events import append_event
from handoff.live import agent_stream
from handoff.routing import line, queue
from handoff.routing.models import EntryStatus, Offer, OfferStatus, QueueEntry
from handoff.texts import server_texts

OFFER_SECONDS: Final = 20


async def make_offer(session: AsyncSession, entry_id: UUID, agent_id: UUID, now: datetime) -> Offer | None:
    """Offer the waiting conversation to the agent; None when either is not free any more."""
    entry = await session.get_one(QueueEntry, entry_id)
    conversation = await session.get_one(Conversation, entry.conversation_id)
    await lock(session, conversation)
    await session.refresh(entry)
    agent = await session.get_one(Agent, agent_id, with_for_update=True)
    is_free = await line.is_free(session, agent_id)
    if entry.status is not EntryStatus.WAITING or not is_free:
        return None
    offer = Offer(
        entry_id=entry.id,
        conversation_id=conversation.id,
        agent_id=agent_id,
        status=OfferStatus.PENDING,
        made_at=now,
        expires_at=now + timedelta(seconds=OFFER_SECONDS),
    )
    session.add(offer)
    entry.status = EntryStatus.OFFERED
    agent.last_offer_at = now
    await move(session, conversation, ConversationStatus.OFFERED, now)
    await _tell_agent(session, offer, "offer.made", now)
    queue.line_changed(session)
    return offer


async def accept_offer(session: AsyncSession, offer_id: UUID, agent: Agent, now: datetime) -> Conversation:
    """Give the conversation to the agent. Who comes too late learns why; accepting twice is accepting once."""
    offer, conversation = await _lock_own_offer(session, offer_id, agent.id)
    if not await _end(session, offer, OfferStatus.ACCEPTED, now, Offer.expires_at > now):
        if offer.status is OfferStatus.ACCEPTED:
            return conversation
        raise _refusal(offer)
    entry = await session.get_one(QueueEntry, offer.entry_id)
    entry.status, entry.ended_at = EntryStatus.TAKEN, now
    conversation.agent_id = agent.id
    await move(session, conversation, ConversationStatus.ACTIVE, now)
    joined = server_texts().text("agent.joined", conversation.language, name=agent.name)
    await post_message(session, conversation, NewMessage(Sender.SYSTEM, joined), now)
    await _tell_agent(session, offer, "offer.accepted", now)
    queue.line_changed(session)
    return conversation


async def decline_offer(session: AsyncSession, offer_id: UUID, agent: Agent, now: datetime) -> None:
    offer, conversation = await _lock_own_offer(session, offer_id, agent.id)
    if await _end(session, offer, OfferStatus.DECLINED, now):
        await _return_to_line(session, offer, conversation, now)
        await _tell_agent(session, offer, "offer.withdrawn", now)
    elif offer.status is not OfferStatus.DECLINED:
        raise _refusal(offer)


async def expire_offer(session: AsyncSession, offer_id: UUID, now: datetime) -> bool:
    """Take back an offer whose time is over; the agent who missed it counts as away."""
    offer = await session.get_one(Offer, offer_id)
    conversation = await session.get_one(Conversation, offer.conversation_id)
    await lock(session, conversation)
    if not await _end(session, offer, OfferStatus.EXPIRED, now, Offer.expires_at <= now):
        return False
    missed = update(Agent).where(Agent.id == offer.agent_id, Agent.presence == Presence.AVAILABLE)
    await session.execute(missed.values(presence=Presence.AWAY, presence_since=now))
    await _return_to_line(session, offer, conversation, now)
    await _tell_agent(session, offer, "offer.expired", now)
    presence_changed(session, offer.agent_id)
    return True


async def withdraw_from_agent(session: AsyncSession, agent_id: UUID, now: datetime) -> None:
    """The agent leaves: what was just offered to them goes back to the line at once."""
    offer = await find_pending_offer(session, agent_id)
    if offer is None:
        return
    conversation = await session.get_one(Conversation, offer.conversation_id)
    await lock(session, conversation)
    if await _end(session, offer, OfferStatus.WITHDRAWN, now):
        await _return_to_line(session, offer, conversation, now)
        await _tell_agent(session, offer, "offer.withdrawn", now)


async def leave_line(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    """The customer waits no longer; the conversation must be locked."""
    entry = await queue.find_open_entry(session, conversation.id)
    if entry is None:
        return
    entry.status, entry.ended_at = EntryStatus.LEFT, now
    pending = select(Offer).where(Offer.entry_id == entry.id, Offer.status == OfferStatus.PENDING)
    offer = await session.scalar(pending)
    if offer is not None and await _end(session, offer, OfferStatus.WITHDRAWN, now):
        await _tell_agent(session, offer, "offer.withdrawn", now)
    queue.line_changed(session)


async def find_pending_offer(session: AsyncSession, agent_id: UUID) -> Offer | None:
    wanted = select(Offer).where(Offer.agent_id == agent_id, Offer.status == OfferStatus.PENDING)
    return await session.scalar(wanted.execution_options(populate_existing=True))


async def _lock_own_offer(session: AsyncSession, offer_id: UUID, agent_id: UUID) -> tuple[Offer, Conversation]:
    offer = await session.get(Offer, offer_id)
    if offer is None or offer.agent_id != agent_id:
        raise OfferNotFound
    conversation = await session.get_one(Conversation, offer.conversation_id)
    await lock(session, conversation)
    return offer, conversation


async def _end(session: AsyncSession, offer: Offer, status: OfferStatus, now: datetime, *conditions: object) -> bool:
    """End the offer if it is still pending; exactly one caller succeeds. Reads the offer again in any case."""
    ended = update(Offer).where(Offer.id == offer.id, Offer.status == OfferStatus.PENDING, *conditions)  # type: ignore[arg-type]  # column expressions
    won = (await session.execute(ended.values(status=status, ended_at=now).returning(Offer.id))).first() is not None
    await session.refresh(offer)
    return won


async def _return_to_line(session: AsyncSession, offer: Offer, conversation: Conversation, now: datetime) -> None:
    entry = await session.get_one(QueueEntry, offer.entry_id)
    entry.status = EntryStatus.WAITING
    await move(session, conversation, ConversationStatus.QUEUED, now)
    queue.line_changed(session)


async def _tell_agent(session: AsyncSession, offer: Offer, name: str, now: datetime) -> None:
    await session.flush()
    await append_event(session, agent_stream(offer.agent_id), name, str(offer.id), now=now)


def _refusal(offer: Offer) -> OfferExpired | OfferWithdrawn:
    if offer.status in (OfferStatus.EXPIRED, OfferStatus.PENDING):
        return OfferExpired(offer.id, offer.expires_at)
    return OfferWithdrawn(offer.id)
