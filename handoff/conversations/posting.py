"""Writing into a conversation: one function adds a message, one says that the conversation itself changed."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing import outbox
from billing.db import JsonObject
from handoff.conversations.models import (
    Button,
    Channel,
    Conversation,
    ConversationStatus,
    Message,
    MessageKind,
    Sender,
    TurnState,
)
from handoff.conversations.sms_characters import cheap_characters
from handoff.conversations.verification import keep_verified
from handoff.errors import IllegalMove
from handoff.events import append_event
from handoff.live import agent_stream, conversation_stream

MESSAGE_POSTED = "message.posted"
CONVERSATION_CHANGED = "conversation.changed"

S = ConversationStatus
_ALLOWED_MOVES: dict[ConversationStatus, set[ConversationStatus]] = {
    S.WITH_BOT: {S.QUEUED, S.CLOSED},
    S.QUEUED: {S.OFFERED, S.ACTIVE, S.WITH_BOT, S.CLOSED},
    S.OFFERED: {S.QUEUED, S.ACTIVE, S.WITH_BOT, S.CLOSED},
    S.ACTIVE: {S.QUEUED, S.WITH_BOT, S.WRAP_UP, S.CLOSED},
    S.WRAP_UP: {S.ACTIVE, S.CLOSED},
    S.CLOSED: {S.QUEUED},
}


@dataclass(frozen=True)
class NewButton:
    title: str
    payload: JsonObject


@dataclass(frozen=True)
class NewMessage:
    """A message before it has its number."""

    sender: Sender
    text: str
    kind: MessageKind = MessageKind.TEXT
    card: JsonObject | None = None
    intent: JsonObject | None = None
    buttons: tuple[NewButton, ...] = ()
    client_msg_id: str | None = None
    agent_id: UUID | None = None
    turn: TurnState = TurnState.NONE


async def lock(session: AsyncSession, conversation: Conversation) -> None:
    """Hold the conversation until the end of the transaction and read it as it is now."""
    await session.refresh(conversation, with_for_update=True)


async def post_message(session: AsyncSession, conversation: Conversation, new: NewMessage, now: datetime) -> Message:
    """Add the message with the next number; the conversation must be locked."""
    conversation.last_seq += 1
    message = Message(
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        sender=new.sender,
        kind=new.kind,
        text=new.text,
        card=new.card,
        intent=new.intent,
        client_msg_id=new.client_msg_id,
        agent_id=new.agent_id,
        turn=new.turn,
        sent_at=now,
    )
    session.add(message)
    await session.flush()
    session.add_all(_buttons(message, new.buttons))
    await _announce(session, conversation, MESSAGE_POSTED, f"{conversation.id}/{message.seq}", now)
    if new.sender is Sender.CUSTOMER:
        await keep_verified(session, conversation, now)
    if conversation.channel is Channel.SMS and new.sender is not Sender.CUSTOMER:
        await _send_by_sms(session, conversation, message, now)
    return message


async def announce_change(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    await _announce(session, conversation, CONVERSATION_CHANGED, str(conversation.id), now)


async def move(session: AsyncSession, conversation: Conversation, to: ConversationStatus, now: datetime) -> None:
    """Change the status along an allowed path, or raise IllegalMove; the conversation must be locked."""
    if to not in _ALLOWED_MOVES[conversation.status]:
        raise IllegalMove(conversation.status, to)
    conversation.status = to
    conversation.closed_at = now if to is S.CLOSED else None
    await keep_verified(session, conversation, now)
    await announce_change(session, conversation, now)


async def _announce(session: AsyncSession, conversation: Conversation, name: str, ref: str, now: datetime) -> None:
    append_event(session, conversation_stream(conversation.id), name, ref, now=now)
    if conversation.agent_id is not None:
        append_event(session, agent_stream(conversation.agent_id), name, ref, now=now)


def _buttons(message: Message, buttons: tuple[NewButton, ...]) -> list[Button]:
    return [
        Button(
            id=secrets.token_urlsafe(16),
            conversation_id=message.conversation_id,
            seq=message.seq,
            ordinal=ordinal,
            title=button.title,
            payload=button.payload,
        )
        for ordinal, button in enumerate(buttons)
    ]


async def _send_by_sms(session: AsyncSession, conversation: Conversation, message: Message, now: datetime) -> None:
    recipient = conversation.address
    if recipient is None:
        return
    key = f"message:{conversation.id}:{message.seq}"
    body = cheap_characters(message.text)
    await session.run_sync(
        lambda sync: outbox.enqueue_sms(sync, recipient=recipient, body=body, dedupe_key=key, now=now)
    )
