"""Offers, rows and the snapshot of a console, and the content of the events on an agent's stream."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.db import JsonObject
from handoff.agents.models import Agent
from handoff.agents.reading import agent_out
from handoff.callbacks.finding import find_calling
from handoff.console.access import may_read
from handoff.console.customer import find_audit, find_customer_name
from handoff.console.delivery import list_with_states
from handoff.console.models import ConversationNote
from handoff.console.notes import NOTE_ADDED, note_out
from handoff.console.schemas import CallOut, ConsoleOut, ConversationRow, EndedOfferOut, OfferOut, QueueOut
from handoff.console.summary import summarise
from handoff.console.viewing import Viewing
from handoff.conversations.models import Conversation, ConversationStatus, Message, Sender
from handoff.conversations.posting import MESSAGE_POSTED
from handoff.conversations.reading import get_conversation, seq_of
from handoff.conversations.schemas import SeenOut
from handoff.events import StreamEvent, last_event_number
from handoff.live import agent_stream
from handoff.routing import pending, queue
from handoff.routing.models import Offer, OfferStatus, QueueEntry
from handoff.wrap_up.reading import wrap_up_out

_ANSWERING = (Sender.BOT, Sender.AGENT)
_HELD = (ConversationStatus.ACTIVE, ConversationStatus.WRAP_UP)


@dataclass(frozen=True)
class Reader:
    """For whom a console's news are worded."""

    agent: Agent
    viewing: Viewing


async def console_out(session: AsyncSession, agent: Agent, viewing: Viewing, now: datetime) -> ConsoleOut:
    """Return the agent's state; the event number is read first, so nothing that follows it can be missed."""
    last_event = await last_event_number(session, agent_stream(agent.id))
    offer = await pending.find_offer_to(session, agent.id)
    held = select(Conversation).where(Conversation.agent_id == agent.id, Conversation.status.in_(_HELD))
    conversations = (await session.scalars(held.order_by(Conversation.opened_at))).all()
    return ConsoleOut(
        agent=await agent_out(session, agent),
        last_event=last_event,
        offer=await offer_out(session, offer, agent.language, now) if offer else None,
        conversations=[await conversation_row(session, one, now, viewing) for one in conversations],
        queue=await queue_out(session, now),
    )


async def queue_out(session: AsyncSession, now: datetime) -> QueueOut:
    return QueueOut.model_validate(await queue.summary(session, now))


async def offer_out(session: AsyncSession, offer: Offer, language: str, now: datetime) -> OfferOut:
    """Return the pending offer with everything that an agent decides by."""
    entry = await session.get_one(QueueEntry, offer.entry_id)
    conversation = await get_conversation(session, offer.conversation_id)
    audit = await find_audit(session, conversation.id, now)
    packet = await summarise(session, conversation, language, now, audit)
    return OfferOut(
        id=offer.id,
        conversation_id=offer.conversation_id,
        status=offer.status,
        expires_at=offer.expires_at,
        seconds_left=max(0, int((offer.expires_at - now).total_seconds())),
        language=entry.language,
        channel=conversation.channel,
        topic=entry.topic,
        reason=entry.reason,
        verified_level=packet.verified_level,
        waited_seconds=int((now - entry.requested_at).total_seconds()),
        wish=packet.wish,
        queue=entry.queue,
        kind=entry.kind,
        customer_name=await find_customer_name(session, conversation.id, now),
        summary=packet.line,
        findings=audit.count if audit else 0,
        note=packet.transfer.note if packet.transfer else None,
    )


async def row_for(
    session: AsyncSession, agent: Agent, conversation: Conversation, now: datetime, viewing: Viewing | None = None
) -> ConversationRow:
    """Return the row as this agent may see it, who has asked for something that was theirs once."""
    if may_read(agent, conversation, now):
        return await conversation_row(session, conversation, now, viewing)
    return _gone(conversation)


async def conversation_row(
    session: AsyncSession, conversation: Conversation, now: datetime, viewing: Viewing | None = None
) -> ConversationRow:
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
        unread=await _count_unread(session, conversation),
        queue=entry.queue if entry else None,
        wrap_up=await wrap_up_out(session, conversation, now),
        callback=await _call_out(session, conversation.id),
        seen=SeenOut(customer=conversation.customer_seen_seq, agent=conversation.agent_seen_seq),
        viewers=viewing.names(conversation.id, now, without=conversation.agent_id) if viewing else [],
        last_seq=conversation.last_seq,
        since=entry.ended_at if entry else None,
    )


async def load_console_events(
    session: AsyncSession, events: Sequence[StreamEvent], reader: Reader, now: datetime
) -> list[JsonObject]:
    """Give each event its content as the rows stand now, of what the reader may still read; the rest is only named."""
    contents = [await _content(session, event, reader, now) for event in events]
    return [
        {"number": event.number, "name": event.name, **content} for event, content in zip(events, contents, strict=True)
    ]


async def _content(session: AsyncSession, event: StreamEvent, reader: Reader, now: datetime) -> JsonObject:
    if event.name.startswith("offer."):
        offer = await session.get_one(Offer, UUID(event.ref))
        if offer.status is not OfferStatus.PENDING:
            return {"offer": EndedOfferOut.model_validate(offer).model_dump(mode="json")}
        return {"offer": (await offer_out(session, offer, reader.agent.language, now)).model_dump(mode="json")}
    note = await session.get_one(ConversationNote, UUID(event.ref)) if event.name == NOTE_ADDED else None
    conversation_id = note.conversation_id if note else UUID(event.ref.partition("/")[0])
    conversation = await get_conversation(session, conversation_id)
    if event.name not in (NOTE_ADDED, MESSAGE_POSTED):
        row = await row_for(session, reader.agent, conversation, now, reader.viewing)
        return {"conversation": row.model_dump(mode="json")}
    is_readable = may_read(reader.agent, conversation, now)
    content: JsonObject = {"conversation_id": str(conversation_id)}
    if is_readable and note is not None:
        content["note"] = (await note_out(session, note, reader.agent.id)).model_dump(mode="json")
    elif is_readable:
        [message] = await list_with_states(session, conversation, [seq_of(event.ref)])
        content["message"] = message.model_dump(mode="json")
    return content


def _gone(conversation: Conversation) -> ConversationRow:
    """Return the row of a conversation that is no longer the reader's: that it is not, and nothing of the customer."""
    return ConversationRow(
        id=conversation.id,
        status=conversation.status,
        language=conversation.language,
        channel=conversation.channel,
        customer_name=None,
        verified=False,
        last_text=None,
        last_sender=None,
        unanswered_since=None,
        topic=None,
        agent_id=conversation.agent_id,
        unread=0,
        queue=None,
        wrap_up=None,
        callback=None,
        seen=SeenOut(customer=0, agent=0),
        viewers=[],
        last_seq=conversation.last_seq,
        since=None,
    )


async def _call_out(session: AsyncSession, conversation_id: UUID) -> CallOut | None:
    callback = await find_calling(session, conversation_id)
    if callback is None:
        return None
    return CallOut(id=callback.id, way=callback.way.value, phone=callback.phone, attempts=callback.attempts)


async def _unanswered_since(session: AsyncSession, conversation_id: UUID) -> datetime | None:
    """Return when the customer first wrote something that neither bot nor agent has answered."""
    in_it = Message.conversation_id == conversation_id
    answered = select(func.max(Message.seq)).where(in_it, Message.sender.in_(_ANSWERING)).scalar_subquery()
    waiting = select(func.min(Message.sent_at)).where(
        in_it, Message.sender == Sender.CUSTOMER, Message.seq > func.coalesce(answered, 0)
    )
    return await session.scalar(waiting)


async def _count_unread(session: AsyncSession, conversation: Conversation) -> int:
    said = (Message.conversation_id == conversation.id, Message.sender == Sender.CUSTOMER)
    unread = select(func.count()).select_from(Message).where(*said, Message.seq > conversation.agent_seen_seq)
    return await session.scalar(unread) or 0
