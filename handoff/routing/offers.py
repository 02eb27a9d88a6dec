"""Offers: made to one agent, answered in time or returned to the line with the age kept.

Locks are always taken in the order conversation, agent, conversation's stream, agent's stream.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, Presence, PresenceReason
from handoff.agents.presence import is_live, presence_changed
from handoff.contact_log import ContactEventKind, record
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.conversations.posting import lock, move
from handoff.db import touch
from handoff.errors import OfferExpired, OfferNotFound, OfferWithdrawn
from handoff.live import ROUTING_STREAM
from handoff.routing import pending, queue
from handoff.routing.claims import give, leave_line, lock_agents, refusal
from handoff.routing.errors import AlreadyTaken
from handoff.routing.limits import WHOLE_PERSON, count_held, has_room, load_of
from handoff.routing.models import EntryStatus, Offer, OfferStatus, QueueEntry
from handoff.routing.pending import find_offer_to as find_pending_offer

__all__ = ["find_pending_offer", "leave_line"]

MISSES_ALLOWED: Final = 2


async def accept_offer(session: AsyncSession, offer_id: UUID, agent: Agent, now: datetime) -> Conversation:
    """Give the conversation to the agent. Who comes too late learns why; accepting twice is accepting once."""
    offer, conversation = await _lock_own_offer(session, offer_id, agent.id)
    if not await pending.end_offer(session, offer, OfferStatus.ACCEPTED, now, Offer.expires_at > now):
        if offer.status is OfferStatus.ACCEPTED or _has(agent.id, conversation):
            return conversation
        raise await _too_late(session, offer, conversation)
    conversation = await give(session, conversation, offer.entry_id, agent.id, now, how="accepted")
    (await session.get_one(Agent, agent.id)).missed_in_row = 0
    pending.tell_agent(session, offer, "offer.accepted", now)
    return conversation


async def decline_offer(session: AsyncSession, offer_id: UUID, agent: Agent, now: datetime) -> None:
    offer, conversation = await _lock_own_offer(session, offer_id, agent.id)
    stored = (await lock_agents(session, [agent.id]))[agent.id]
    if await pending.end_offer(session, offer, OfferStatus.DECLINED, now):
        stored.missed_in_row = 0
        await _return_to_line(session, offer, conversation, ContactEventKind.DECLINED, now)
        pending.tell_agent(session, offer, "offer.withdrawn", now)
    elif offer.status is not OfferStatus.DECLINED:
        raise await _too_late(session, offer, conversation)


async def expire_offer(session: AsyncSession, offer_id: UUID, now: datetime) -> bool:
    """Take back an offer whose time is over; who misses two in a row counts as away.

    It is no miss when the agent could not have accepted: the limit was lowered meanwhile, or no console was open.
    """
    offer, conversation = await _lock_offer(session, offer_id)
    agent = (await lock_agents(session, [offer.agent_id]))[offer.agent_id]
    if not await pending.end_offer(session, offer, OfferStatus.EXPIRED, now, Offer.expires_at <= now):
        return False
    entry = await session.get_one(QueueEntry, offer.entry_id)
    if is_live(agent, now) and await has_room(session, agent, entry.channel, now):
        _count_miss(session, agent, now)
    await _return_to_line(session, offer, conversation, ContactEventKind.MISSED, now)
    pending.tell_agent(session, offer, "offer.expired", now)
    presence_changed(session, offer.agent_id)
    return True


async def withdraw_from_agent(
    session: AsyncSession,
    agent_id: UUID,
    now: datetime,
    *,
    why: str = "agent_left",
    if_still: Callable[[Agent], bool] = lambda _: True,
) -> None:
    """What was just offered to the agent goes back to the line at once, if the locked agent is `if_still` so."""
    offer = await find_pending_offer(session, agent_id)
    if offer is None:
        return
    conversation = await session.get_one(Conversation, offer.conversation_id)
    await lock(session, conversation)
    agent = (await lock_agents(session, [agent_id]))[agent_id]
    if if_still(agent):
        await take_back(session, offer, conversation, now, why=why)


async def withdraw_late(session: AsyncSession, agent_id: UUID, now: datetime) -> None:
    """The same for an offer that came while the agent was leaving, whose row is locked by now.

    The lock on the conversation comes too late in the order to be waited for. While somebody else has it, the offer
    ends at once by its time, and whoever is gone has missed nothing.
    """
    offer = await find_pending_offer(session, agent_id)
    if offer is None:
        return
    free = select(Conversation).where(Conversation.id == offer.conversation_id).with_for_update(skip_locked=True)
    conversation = await session.scalar(free.execution_options(populate_existing=True))
    if conversation is not None:
        await take_back(session, offer, conversation, now, why="agent_left")
    else:
        offer.expires_at = now
        touch(session, ROUTING_STREAM)


async def take_back(
    session: AsyncSession, offer: Offer, conversation: Conversation, now: datetime, *, why: str
) -> None:
    """Withdraw the offer and let the customer wait on; conversation and agent must be locked."""
    entry = await session.get_one(QueueEntry, offer.entry_id)
    if await pending.withdraw(session, offer, entry, now, why=why):
        await _wait_again(session, entry, conversation, why, now)


async def keep_to_limit(session: AsyncSession, agent_id: UUID, capacity: int, now: datetime) -> None:
    """Take back what is on offer to the agent if it does not fit with this limit, before the limit is set."""
    offer = await find_pending_offer(session, agent_id)
    if offer is None:
        return
    conversation = await session.get_one(Conversation, offer.conversation_id)
    await lock(session, conversation)
    await lock_agents(session, [agent_id])
    held = await count_held(session, [agent_id], now)
    if load_of(held.get(agent_id, {}), capacity) > WHOLE_PERSON:
        await take_back(session, offer, conversation, now, why="limit")


async def _lock_own_offer(session: AsyncSession, offer_id: UUID, agent_id: UUID) -> tuple[Offer, Conversation]:
    offer, conversation = await _lock_offer(session, offer_id)
    if offer.agent_id != agent_id:
        raise OfferNotFound
    return offer, conversation


async def _lock_offer(session: AsyncSession, offer_id: UUID) -> tuple[Offer, Conversation]:
    """Hold the conversation and read it as it is now; who wants to end the offer learns from that whether they can."""
    wanted = select(Offer, Conversation).join(Conversation, Conversation.id == Offer.conversation_id)
    locked = wanted.where(Offer.id == offer_id).with_for_update(of=Conversation)
    found = (await session.execute(locked.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise OfferNotFound
    return found


def _count_miss(session: AsyncSession, agent: Agent, now: datetime) -> None:
    if agent.presence is not Presence.AVAILABLE:
        return
    agent.missed_in_row += 1
    if agent.missed_in_row < MISSES_ALLOWED:
        return
    agent.presence, agent.presence_since, agent.presence_reason = Presence.AWAY, now, PresenceReason.MISSED
    agent.missed_in_row = 0
    record(session, ContactEventKind.PRESENCE, now, agent_id=agent.id, presence="away", reason="missed")


async def _return_to_line(
    session: AsyncSession, offer: Offer, conversation: Conversation, why: ContactEventKind, now: datetime
) -> None:
    entry = await session.get_one(QueueEntry, offer.entry_id)
    record(session, why, now, subject=entry, agent_id=offer.agent_id)
    await _wait_again(session, entry, conversation, why.value, now)


async def _wait_again(
    session: AsyncSession, entry: QueueEntry, conversation: Conversation, why: str, now: datetime
) -> None:
    entry.status = EntryStatus.WAITING
    record(session, ContactEventKind.REQUEUED, now, subject=entry, why=why)
    await move(session, conversation, ConversationStatus.QUEUED, now)
    queue.line_changed(session)


def _has(agent_id: UUID, conversation: Conversation) -> bool:
    return conversation.status is ConversationStatus.ACTIVE and conversation.agent_id == agent_id


async def _too_late(
    session: AsyncSession, offer: Offer, conversation: Conversation
) -> AlreadyTaken | OfferExpired | OfferWithdrawn:
    """Name the winner where there is one; else say how the offer ended."""
    reason = await refusal(session, conversation)
    if isinstance(reason, AlreadyTaken):
        return reason
    if offer.status in (OfferStatus.EXPIRED, OfferStatus.PENDING):
        return OfferExpired(offer.id, offer.expires_at)
    return OfferWithdrawn(offer.id)
