"""Ends offers: whoever ends one, exactly one succeeds, and the agent hears of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.contact_log import ContactEventKind, record
from handoff.events import append_event
from handoff.live import agent_stream
from handoff.routing.models import Offer, OfferStatus, QueueEntry


async def find_offer_to(session: AsyncSession, agent_id: UUID) -> Offer | None:
    wanted = select(Offer).where(Offer.agent_id == agent_id, Offer.status == OfferStatus.PENDING)
    return await session.scalar(wanted.execution_options(populate_existing=True))


async def find_offer_of(session: AsyncSession, entry_id: UUID) -> Offer | None:
    wanted = select(Offer).where(Offer.entry_id == entry_id, Offer.status == OfferStatus.PENDING)
    return await session.scalar(wanted.execution_options(populate_existing=True))


async def end_offer(
    session: AsyncSession, offer: Offer, status: OfferStatus, now: datetime, *conditions: object
) -> bool:
    """End the offer if it is still pending; exactly one caller succeeds. Reads the offer again in any case."""
    ended = update(Offer).where(Offer.id == offer.id, Offer.status == OfferStatus.PENDING, *conditions)  # type: ignore[arg-type]  # column expressions
    returned = ended.values(status=status, ended_at=now).returning(Offer)
    if await session.scalar(returned.execution_options(populate_existing=True, synchronize_session=False)) is not None:
        return True
    await session.refresh(offer)
    return False


async def withdraw(session: AsyncSession, offer: Offer, entry: QueueEntry, now: datetime, *, why: str) -> bool:
    """Take the offer back from the agent, whose row must be locked; the entry is left as it is."""
    if not await end_offer(session, offer, OfferStatus.WITHDRAWN, now):
        return False
    record(session, ContactEventKind.WITHDRAWN, now, subject=entry, agent_id=offer.agent_id, why=why)
    tell_agent(session, offer, "offer.withdrawn", now)
    return True


def remember_refusal(session: AsyncSession, entry: QueueEntry, agent_id: UUID, now: datetime) -> None:
    """Who passes a conversation on is not asked for it, as if they had declined it."""
    declined = Offer(
        entry_id=entry.id,
        conversation_id=entry.conversation_id,
        agent_id=agent_id,
        status=OfferStatus.DECLINED,
        made_at=now,
        expires_at=now,
        ended_at=now,
    )
    session.add(declined)


def tell_agent(session: AsyncSession, offer: Offer, name: str, now: datetime) -> None:
    append_event(session, agent_stream(offer.agent_id), name, str(offer.id), now=now)
