"""Offers, rows and the snapshot of a console, and the content of the events on an agent's stream."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.db import JsonObject
from handoff.agents.models import Agent
from handoff.agents.schemas import AgentOut
from handoff.console.customer import find_customer_name
from handoff.console.schemas import ConsoleOut, ConversationRow, OfferOut, QueueOut
from handoff.console.summary import find_wish, verified_level
from handoff.conversations.models import Conversation, ConversationStatus, Message, Sender
from handoff.conversations.posting import MESSAGE_POSTED
from handoff.conversations.reading import get_conversation, list_messages, seq_of
from handoff.conversations.schemas import SeenOut
from handoff.events import StreamEvent, last_event_number
from handoff.live import agent_stream
from handoff.routing import offers, queue
from handoff.routing.models import Offer, QueueEntry

_ANSWERING = (Sender.BOT, Sender.AGENT)
_HELD = (ConversationStatus.ACTIVE, ConversationStatus.WRAP_UP)


async def console_out(session: AsyncSession, agent: Agent, now: datetime) -> ConsoleOut:
    """Return the agent's state; the event number is read first, so nothing that follows it can be missed."""
    last_event = await last_event_number(session, agent_stream(agent.id))
    offer = await offers.find_pending_offer(session, agent.id)
    held = select(Conversation).where(Conversation.agent_id == agent.id, Conversation.status.in_(_HELD))
    conversations = (await session.scalars(held.order_by(Conversation.opened_at))).all()
    return ConsoleOut(
        agent=AgentOut.from_model(agent),
        last_event=last_event,
        offer=await offer_out(session, offer, now) if offer else None,
        conversations=[await conversation_row(session, conversation, now) for conversation in conversations],
        queue=await queue_out(session, now),
        waiting=[],
    )


async def queue_out(session: AsyncSession, now: datetime) -> QueueOut:
    return QueueOut.model_validate(await queue.summary(session, now))


async def offer_out(session: AsyncSession, offer: Offer, now: datetime) -> OfferOut:
    entry = await session.get_one(QueueEntry, offer.entry_id)
    conversation = await get_conversation(session, offer.conversation_id)
    return OfferOut(
        id=offer.id,
        conversation_id=offer.conversation_id,
        status=offer.status,
        expires_at=offer.expires_at,
        seconds_left=max(0, int((offer.expires_at - now).total_seconds())),
        language=conversation.language,
        channel=conversation.channel,
        topic=entry.topic,
        reason=entry.reason,
        verified_level=await verified_level(session, conversation.id, now),
        waited_seconds=int((now - entry.requested_at).total_seconds()),
        wish=await find_wish(session, conversation.id, entry.requested_seq),
        queue=entry.queue,
        kind=entry.kind,
        customer_name=await find_customer_name(session, conversation.id, now),
        summary="",
        findings=0,
        note=None,
    )


async def conversation_row(session: AsyncSession, conversation: Conversation, now: datetime) -> ConversationRow:
    entry = await queue.find_last_entry(session, conversation.id)
    last = await session.get(Message, (conversation.id, conversation.last_seq))
    name = await find_customer_name(session, conversation.id, now)
    return ConversationRow(
        id=conversation.id,
        status=conversation.status,
        language=conversation.language,
        channel=conversation.channel,
        customer_name=name,
        verified=name is not None,
        last_text=last.text if last else None,
        last_sender=last.sender if last else None,
        unanswered_since=await _unanswered_since(session, conversation.id),
        topic=entry.topic if entry else None,
        agent_id=conversation.agent_id,
        unread=0,
        queue=entry.queue if entry else None,
        wrap_up=None,
        seen=SeenOut(customer=conversation.customer_seen_seq, agent=conversation.agent_seen_seq),
        viewers=[],
    )


async def load_console_events(session: AsyncSession, events: Sequence[StreamEvent], now: datetime) -> list[JsonObject]:
    """Give each event its content as the rows stand now."""
    return [{"number": event.number, "name": event.name, **await _content(session, event, now)} for event in events]


async def _content(session: AsyncSession, event: StreamEvent, now: datetime) -> JsonObject:
    if event.name.startswith("offer."):
        offer = await session.get_one(Offer, UUID(event.ref))
        return {"offer": (await offer_out(session, offer, now)).model_dump(mode="json")}
    conversation_id = UUID(event.ref.partition("/")[0])
    if event.name == MESSAGE_POSTED:
        [message] = await list_messages(session, conversation_id, [seq_of(event.ref)])
        return {"conversation_id": str(conversation_id), "message": message.model_dump(mode="json")}
    conversation = await get_conversation(session, conversation_id)
    return {"conversation": (await conversation_row(session, conversation, now)).model_dump(mode="json")}


async def _unanswered_since(session: AsyncSession, conversation_id: UUID) -> datetime | None:
    """Return when the customer first wrote something that neither bot nor agent has answered."""
    in_it = Message.conversation_id == conversation_id
    answered = select(func.max(Message.seq)).where(in_it, Message.sender.in_(_ANSWERING)).scalar_subquery()
    waiting = select(func.min(Message.sent_at)).where(
        in_it, Message.sender == Sender.CUSTOMER, Message.seq > func.coalesce(answered, 0)
    )
    return await session.scalar(waiting)
