"""What a customer can do in a conversation. Functions flush; the caller commits and then wakes the turn runner."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.callbacks.live import note_words
from handoff.callbacks.ringing_again import take_former_place
from handoff.contact_log import ContactEventKind, record
from handoff.conversations.code_outcomes import tell_outcome
from handoff.conversations.codes import take_code
from handoff.conversations.courtesy import is_courtesy
from handoff.conversations.models import (
    Button,
    Channel,
    Conversation,
    ConversationStatus,
    DialogueState,
    Message,
    MessageKind,
    Sender,
    TurnState,
)
from handoff.conversations.posting import NewMessage, announce_change, lock, move, post_message
from handoff.conversations.redaction import redact_numbers
from handoff.conversations.topics import find_topic
from handoff.conversations.welcome import greeting, is_handoff_payload
from handoff.db import touch
from handoff.errors import ConversationClosed, EmptyMessage, InvalidFrame, MessageTooLong, UnknownButton
from handoff.events import open_stream
from handoff.language import LANGUAGES
from handoff.live import ROUTING_STREAM, conversation_stream
from handoff.opening_hours import is_open
from handoff.routing import announcements, claims, queue
from handoff.routing.errors import ReopeningOver
from handoff.routing.queues import queues_of
from handoff.texts import server_texts
from handoff.wrap_up import service as wrap_up

MAX_LENGTH = 2000
ASKED_FOR_PERSON = "asked_for_person"
_WAITING = (ConversationStatus.QUEUED, ConversationStatus.OFFERED)

_CLIENT_MSG_ID = re.compile(r"[\x21-\x7e]{1,100}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff\u00ad]+")


@dataclass(frozen=True)
class StoredMessage:
    """Where the message stands; `repeated` when it stood there before."""

    seq: int
    repeated: bool


async def open_conversation(
    session: AsyncSession, *, channel: Channel, language: str, address: str | None, now: datetime
) -> tuple[Conversation, str]:
    """Open a conversation with the bot and return it with its secret token, of which only the hash is stored."""
    token = secrets.token_urlsafe(32)
    conversation = Conversation(
        status=ConversationStatus.WITH_BOT,
        channel=channel,
        address=address,
        language=language if language in LANGUAGES else "en",
        token_hash=hash_token(token),
        opened_at=now,
        last_seq=0,
        language_chosen=False,
    )
    session.add(conversation)
    await session.flush()
    open_stream(session, conversation_stream(conversation.id))
    session.add(DialogueState(conversation_id=conversation.id, version=0, state=None))
    return conversation, token


async def greet(session: AsyncSession, conversation: Conversation, company: str, now: datetime) -> None:
    """Open with the assistant's own words; for channels on which a greeting costs the customer nothing."""
    await post_message(session, conversation, greeting(conversation.language, company), now)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


async def find_by_token(session: AsyncSession, token: str) -> Conversation | None:
    return await session.scalar(select(Conversation).where(Conversation.token_hash == hash_token(token)))


async def find_open_by_address(session: AsyncSession, channel: Channel, address: str) -> Conversation | None:
    wanted = select(Conversation).where(Conversation.channel == channel, Conversation.address == address)
    still_open = wanted.where(Conversation.status != ConversationStatus.CLOSED)
    return await session.scalar(still_open.order_by(Conversation.opened_at.desc()).limit(1))


async def receive_message(
    session: AsyncSession, conversation: Conversation, *, client_msg_id: str, text: str, pepper: str, now: datetime
) -> StoredMessage:
    """Store what the customer wrote, once; a code is checked here and goes no further."""
    clean = clean_text(text)
    repeated = await begin_write(session, conversation, client_msg_id)
    if repeated:
        return repeated
    new = await take_code(session, conversation, clean, pepper=pepper, now=now)
    if new is None:
        new = NewMessage(Sender.CUSTOMER, redact_numbers(clean))
    stored = await _post_from_customer(session, conversation, new, client_msg_id, now)
    await tell_outcome(session, conversation, new, now)
    return stored


async def press_button(
    session: AsyncSession, conversation: Conversation, *, client_msg_id: str, button_id: str, now: datetime
) -> StoredMessage:
    """Store the button's title as the customer's message; its payload stays on our side."""
    repeated = await begin_write(session, conversation, client_msg_id)
    if repeated:
        return repeated
    button = await session.get(Button, button_id)
    if button is None or button.conversation_id != conversation.id:
        raise UnknownButton
    if is_handoff_payload(button.payload):
        return await _ask_for_person(session, conversation, button.title, client_msg_id, now)
    new = NewMessage(Sender.CUSTOMER, button.title, kind=MessageKind.BUTTON, intent=button.payload)
    return await _post_from_customer(session, conversation, new, client_msg_id, now)


async def ask_for_person(
    session: AsyncSession, conversation: Conversation, *, client_msg_id: str, now: datetime
) -> StoredMessage:
    """Queue the conversation at the customer's wish; needs no bot."""
    repeated = await begin_write(session, conversation, client_msg_id)
    if repeated:
        return repeated
    title = server_texts().text("button.person", conversation.language)
    return await _ask_for_person(session, conversation, title, client_msg_id, now)


async def choose_language(session: AsyncSession, conversation: Conversation, language: str, now: datetime) -> None:
    """The customer's own choice: from now on texts are not searched for another language."""
    if language not in LANGUAGES:
        raise InvalidFrame
    await lock(session, conversation)
    if (conversation.language, conversation.language_chosen) == (language, True):
        return
    conversation.language, conversation.language_chosen = language, True
    await claims.follow_language(session, conversation, now)
    await announce_change(session, conversation, now)


async def request_handoff(
    session: AsyncSession, conversation: Conversation, *, reason: str, topic: str, now: datetime
) -> None:
    """Take the conversation from the bot to the queue and tell the place in line; when it waits already, only tell."""
    await lock(session, conversation)
    if conversation.status is ConversationStatus.WITH_BOT:
        await move(session, conversation, ConversationStatus.QUEUED, now)
        await _release_from_bot(session, conversation.id)
        former = await take_former_place(session, conversation, topic, now)
        await queue.enter(session, conversation, reason=reason, topic=topic, now=now, as_old_as=former)
    if conversation.status in _WAITING:
        await announcements.tell_first(session, conversation, now)


async def close_conversation(
    session: AsyncSession, conversation: Conversation, now: datetime, *, why: str = "closed"
) -> None:
    """Say goodbye and close; what the bot still owed is owed no longer. `why` says how a waiting customer left."""
    await lock(session, conversation)
    await claims.leave_line(session, conversation, now, why=why)
    text = server_texts().text("conversation.closed", conversation.language)
    await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)
    await _release_from_bot(session, conversation.id)
    await move(session, conversation, ConversationStatus.CLOSED, now)
    touch(session, ROUTING_STREAM)
    entry = await queue.find_last_entry(session, conversation.id)
    if entry is not None:
        record(session, ContactEventKind.CLOSED, now, subject=entry, agent_id=conversation.agent_id)


async def return_to_bot(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    """Give the conversation back to the assistant: by the agent who holds it, or by the customer who waits no longer.

    Who asks for a person again soon gets the old place.
    """
    await lock(session, conversation)
    await claims.leave_line(session, conversation, now, why="to_bot")
    was_active, agent_id = conversation.status is ConversationStatus.ACTIVE, conversation.agent_id
    await move(session, conversation, ConversationStatus.WITH_BOT, now)
    conversation.agent_id = None
    text = server_texts().text("conversation.with_bot", conversation.language)
    await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)
    if was_active:
        touch(session, ROUTING_STREAM)
        entry = await queue.find_last_entry(session, conversation.id)
        record(session, ContactEventKind.RETURNED_TO_BOT, now, subject=entry, agent_id=agent_id)


async def reopen(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    """Bring back what a person had closed, in the same line, about the same topic, best to the same agent.

    Of several who do so at once the first one does it. Raises ReopeningOver where the customer must begin anew.
    """
    await lock(session, conversation)
    if conversation.status is not ConversationStatus.CLOSED:
        return
    had, entry = conversation.agent_id, await queue.find_last_entry(session, conversation.id)
    if had is None or entry is None or not await _may_reopen(session, conversation, entry.queue, now):
        raise ReopeningOver
    await move(session, conversation, ConversationStatus.QUEUED, now)
    conversation.agent_id = None
    again = await queue.reenter(session, conversation, now, sticky_agent_id=had)
    record(session, ContactEventKind.REOPENED, now, subject=again, agent_id=had)
    if not is_open(queues_of(session)[again.queue], now):
        await announcements.tell_first(session, conversation, now)
        return
    text = server_texts().text("conversation.reopened", conversation.language)
    await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)


async def _may_reopen(session: AsyncSession, conversation: Conversation, queue_key: str, now: datetime) -> bool:
    """In time, and by text only while the same number has not begun another conversation."""
    ended, hours = conversation.closed_at, queues_of(session)[queue_key].reopen_hours
    if ended is None or now - ended > timedelta(hours=hours):
        return False
    if conversation.channel is not Channel.SMS or conversation.address is None:
        return conversation.channel is Channel.WEBCHAT
    return await find_open_by_address(session, Channel.SMS, conversation.address) is None


async def begin_write(session: AsyncSession, conversation: Conversation, client_msg_id: str) -> StoredMessage | None:
    """Lock the conversation and return the message that already came under this id, if any."""
    require_client_msg_id(client_msg_id)
    await lock(session, conversation)
    known = select(Message.seq).where(
        Message.conversation_id == conversation.id,
        Message.sender == Sender.CUSTOMER,
        Message.client_msg_id == client_msg_id,
    )
    seq = await session.scalar(known)
    if seq is not None:
        return StoredMessage(seq, repeated=True)
    if conversation.status is ConversationStatus.CLOSED:
        raise ConversationClosed
    return None


async def _post_from_customer(
    session: AsyncSession, conversation: Conversation, new: NewMessage, client_msg_id: str, now: datetime
) -> StoredMessage:
    if not is_courtesy(new.text):  # "Thanks, bye" asks for nothing more.
        await wrap_up.reopen(session, conversation, now)
    turn = TurnState.WAITING if conversation.status is ConversationStatus.WITH_BOT else TurnState.NONE
    numbered = NewMessage(
        Sender.CUSTOMER, new.text, kind=new.kind, intent=new.intent, client_msg_id=client_msg_id, turn=turn
    )
    message = await post_message(session, conversation, numbered, now)
    await note_words(session, conversation, new.text, now)
    return StoredMessage(message.seq, repeated=False)


async def _ask_for_person(
    session: AsyncSession, conversation: Conversation, title: str, client_msg_id: str, now: datetime
) -> StoredMessage:
    await wrap_up.reopen(session, conversation, now)
    new = NewMessage(Sender.CUSTOMER, title, kind=MessageKind.HANDOFF, client_msg_id=client_msg_id)
    message = await post_message(session, conversation, new, now)
    topic = await find_topic(session, conversation.id)
    await request_handoff(session, conversation, reason=ASKED_FOR_PERSON, topic=topic, now=now)
    return StoredMessage(message.seq, repeated=False)


async def _release_from_bot(session: AsyncSession, conversation_id: UUID) -> None:
    waiting = (Message.conversation_id == conversation_id, Message.turn == TurnState.WAITING)
    await session.execute(update(Message).where(*waiting).values(turn=TurnState.NONE))


def require_client_msg_id(client_msg_id: str) -> None:
    if not _CLIENT_MSG_ID.fullmatch(client_msg_id):
        raise InvalidFrame


def clean_text(text: str) -> str:
    """Drop what no database or reader can hold; raise when nothing or too much is left."""
    sound = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    clean = _CONTROL.sub("", sound).strip()
    if not _INVISIBLE.sub("", clean):
        raise EmptyMessage
    if len(clean) > MAX_LENGTH:
        raise MessageTooLong(MAX_LENGTH)
    return clean
