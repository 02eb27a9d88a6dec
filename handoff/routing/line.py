"""Reads who waits and who is free, for the matching."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, Presence
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.routing.matching import FreeAgent, Waiting
from handoff.routing.models import EntryStatus, Offer, OfferStatus, QueueEntry

DECLINE_HOLDS = timedelta(seconds=60)
_LOOK_AHEAD = 50


async def list_waiting(session: AsyncSession, now: datetime) -> Sequence[Waiting]:
    """Return the head of the line, oldest request first."""
    wanted = select(QueueEntry).where(QueueEntry.status == EntryStatus.WAITING)
    entries = (await session.scalars(wanted.order_by(QueueEntry.requested_at, QueueEntry.id).limit(_LOOK_AHEAD))).all()
    offers = (await session.scalars(select(Offer).where(Offer.entry_id.in_([entry.id for entry in entries])))).all()
    return [_waiting(entry, [offer for offer in offers if offer.entry_id == entry.id], now) for entry in entries]


async def list_free_agents(session: AsyncSession) -> Sequence[FreeAgent]:
    agents = (await session.scalars(_free_agents())).all()
    return [FreeAgent(agent.id, agent.language, agent.last_offer_at) for agent in agents]


async def is_free(session: AsyncSession, agent_id: UUID) -> bool:
    return await session.scalar(_free_agents().where(Agent.id == agent_id)) is not None


def _waiting(entry: QueueEntry, offers: Sequence[Offer], now: datetime) -> Waiting:
    declined = {
        offer.agent_id
        for offer in offers
        if offer.status is OfferStatus.DECLINED and offer.ended_at and offer.ended_at > now - DECLINE_HOLDS
    }
    missed = {offer.agent_id for offer in offers if offer.status is OfferStatus.EXPIRED}
    return Waiting(entry.id, entry.language, frozenset(declined), frozenset(missed))


def _free_agents() -> Select[Agent]:
    """Available, nothing on offer to them, and room for one more."""
    held = (
        select(func.count())
        .select_from(Conversation)
        .where(Conversation.agent_id == Agent.id, Conversation.status == ConversationStatus.ACTIVE)
        .scalar_subquery()
    )
    has_offer = select(Offer.id).where(Offer.agent_id == Agent.id, Offer.status == OfferStatus.PENDING).exists()
    return select(Agent).where(Agent.presence == Presence.AVAILABLE, ~has_offer, held < Agent.capacity)
