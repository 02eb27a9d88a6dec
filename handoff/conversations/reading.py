"""Conversations and messages as the outside sees them; also the content of the events that name them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing import identity
from billing.db import JsonObject
from handoff.agents.models import Agent
from handoff.callbacks.wait_view import wait_out
from handoff.conversations.models import Button, Conversation, ConversationStatus, Message
from handoff.conversations.posting import MESSAGE_POSTED
from handoff.conversations.reopening import reopens_until
from handoff.conversations.schemas import AgentName, ButtonOut, ConversationOut, MessageOut, SeenOut
from handoff.errors import ConversationNotFound
from handoff.events import StreamEvent
from handoff.routing import queue

_WITH_AGENT = (ConversationStatus.ACTIVE, ConversationStatus.WRAP_UP)


async def get_conversation(session: AsyncSession, conversation_id: UUID) -> Conversation:
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None:
        raise ConversationNotFound
    return conversation


async def is_verified(session: AsyncSession, conversation_id: UUID, now: datetime) -> bool:
    found = await session.run_sync(lambda sync: identity.find_verification(sync, conversation_id, now))
    return found is not None


async def conversation_out(session: AsyncSession, conversation: Conversation, now: datetime) -> ConversationOut:
    agent_id = conversation.agent_id if conversation.status in _WITH_AGENT else None
    name = await session.scalar(select(Agent.name).where(Agent.id == agent_id)) if agent_id else None
    entry = await queue.find_open_entry(session, conversation.id)
    return ConversationOut(
        id=conversation.id,
        status=conversation.status,
        language=conversation.language,
        channel=conversation.channel,
        agent=AgentName(name=name) if name else None,
        verified=await is_verified(session, conversation.id, now),
        queue_position=entry.announced_position if entry else None,
        wait=await wait_out(session, conversation, entry, now),
        seen=SeenOut(customer=conversation.customer_seen_seq, agent=conversation.agent_seen_seq),
        reopens_until=await reopens_until(session, conversation),
    )


async def list_messages(
    session: AsyncSession, conversation_id: UUID, seqs: Iterable[int] | None = None
) -> Sequence[MessageOut]:
    """Return the messages in their order: all of them, or those with the given numbers."""
    wanted = select(Message).where(Message.conversation_id == conversation_id)
    offered = select(Button).where(Button.conversation_id == conversation_id)
    if seqs is not None:
        numbers = list(seqs)
        wanted, offered = wanted.where(Message.seq.in_(numbers)), offered.where(Button.seq.in_(numbers))
    messages = (await session.scalars(wanted.order_by(Message.seq))).all()
    buttons = (await session.scalars(offered.order_by(Button.seq, Button.ordinal))).all()
    names = await _agent_names(session, {message.agent_id for message in messages if message.agent_id})
    return [_message_out(message, buttons, names) for message in messages]


async def load_chat_events(
    session: AsyncSession, conversation: Conversation, events: Sequence[StreamEvent], now: datetime
) -> list[JsonObject]:
    """Give each event its content as the rows stand now."""
    refs = {event.number: seq_of(event.ref) for event in events if event.name == MESSAGE_POSTED}
    messages = {message.seq: message for message in await list_messages(session, conversation.id, refs.values())}
    # Most pages hold nothing but messages; the conversation itself costs three more questions.
    has_changed = len(refs) < len(events)
    shown = (await conversation_out(session, conversation, now)).model_dump(mode="json") if has_changed else None
    frames: list[JsonObject] = []
    for event in events:
        frame: JsonObject = {"number": event.number, "name": event.name}
        if event.number in refs:
            frame["message"] = messages[refs[event.number]].model_dump(mode="json")
        else:
            frame["conversation"] = shown
        frames.append(frame)
    return frames


def seq_of(ref: str) -> int:
    return int(ref.rpartition("/")[2])


async def _agent_names(session: AsyncSession, agent_ids: set[UUID]) -> dict[UUID, str]:
    if not agent_ids:
        return {}
    rows = await session.execute(select(Agent.id, Agent.name).where(Agent.id.in_(agent_ids)))
    return {row.id: row.name for row in rows}


def _message_out(message: Message, buttons: Sequence[Button], names: dict[UUID, str]) -> MessageOut:
    return MessageOut(
        seq=message.seq,
        sender=message.sender,
        text=message.text,
        card=message.card,
        buttons=[ButtonOut(id=button.id, title=button.title) for button in buttons if button.seq == message.seq],
        agent_name=names.get(message.agent_id) if message.agent_id else None,
        client_msg_id=message.client_msg_id,
        sent_at=message.sent_at,
    )
