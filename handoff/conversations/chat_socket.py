"""The customer's socket: hello, messages with acknowledgement, and every event of the conversation."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing.db import JsonObject
from billing.errors import SaldoError
from handoff.callbacks import wishes
from handoff.conversations import leaving, service
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.conversations.reading import conversation_out, get_conversation, load_chat_events
from handoff.conversations.reopening import receive_or_reopen
from handoff.conversations.schemas import (
    AskForPerson,
    CancelCallback,
    ChatFrame,
    GetEvents,
    Hello,
    LeaveQueue,
    Ping,
    PressButton,
    RequestCallback,
    Seen,
    SendMessage,
    SetLanguage,
    Typing,
    WaitingWish,
    chat_frames,
)
from handoff.conversations.seen import Side, mark_seen
from handoff.conversations.service import StoredMessage
from handoff.db import reading, unbroken
from handoff.deps import Parts
from handoff.errors import InternalError, TooManyMessages
from handoff.events import last_event_number, list_events
from handoff.failure_log import log_failure
from handoff.live import Signal, agent_stream, conversation_stream
from handoff.rate_limit import REQUESTS_OF_ADDRESS, REQUESTS_OF_CONVERSATION, TokenBucket
from handoff.sockets import CLOSE_UNAUTHORISED, EventPusher, FrameTooBig, JsonSocket, read_frame, run_both

log = logging.getLogger(__name__)

MESSAGES_BURST: Final = 20
MESSAGES_PER_SECOND: Final = 1.0
# Of one conversation: more tabs than anybody has, and no flood by whoever has a token.
MOST_SOCKETS: Final = 20

Write = SendMessage | PressButton | AskForPerson | WaitingWish


class ChatSocket:
    """One open widget. Holds no state of the conversation: whatever it shows stands in the database."""

    def __init__(self, socket: JsonSocket, parts: Parts, address: str | None) -> None:
        self._socket = socket
        self._address = address
        self._parts = parts
        self._messages = TokenBucket(MESSAGES_BURST, MESSAGES_PER_SECOND, parts.clock.now())

    async def run(self) -> None:
        try:
            hello = await self._socket.receive_hello(Hello)
        except (FrameTooBig, SaldoError):
            hello = None
        conversation = await self._find(hello.token) if hello else None
        if hello is None or conversation is None:
            await self._socket.close(CLOSE_UNAUTHORISED)
            return
        self._conversation_id = conversation.id
        self._language = conversation.language
        pusher = EventPusher(self._socket, self._load_page, hello.after)
        await run_both(self._socket, self._read(pusher), self._push(pusher))

    @unbroken
    async def _find(self, token: str) -> Conversation | None:
        async with reading(self._parts.sessions) as session:
            return await service.find_by_token(session, token)

    async def _push(self, pusher: EventPusher) -> None:
        async with self._parts.live.subscribe(conversation_stream(self._conversation_id)) as signals:
            if self._parts.live.listeners(conversation_stream(self._conversation_id)) > MOST_SOCKETS:
                return
            await leaving.welcome(self._parts.sessions, self._conversation_id, self._parts.clock.now())
            await self._socket.send(await self._ready())
            await pusher.push()
            async for signal in signals:
                if signal.kind == "events":
                    await pusher.push()
                elif signal.kind == "typing" and signal.sender != "customer":
                    await self._socket.send({"type": "typing", "sender": signal.sender})
                elif signal.kind == "seen":
                    await self._socket.send(await self._seen())

    @unbroken
    async def _ready(self) -> JsonObject:
        async with reading(self._parts.sessions) as session:
            last = await last_event_number(session, conversation_stream(self._conversation_id))
            conversation = await get_conversation(session, self._conversation_id)
            shown = await conversation_out(session, conversation, self._parts.clock.now())
        return {"type": "ready", "conversation": shown.model_dump(mode="json"), "last_event": last}

    @unbroken
    async def _load_page(self, after: int) -> Sequence[JsonObject]:
        async with reading(self._parts.sessions) as session:
            events = await list_events(session, conversation_stream(self._conversation_id), after)
            if not events:
                return []
            conversation = await get_conversation(session, self._conversation_id)
            self._language = conversation.language
            return await load_chat_events(session, conversation, events, self._parts.clock.now())

    async def _read(self, pusher: EventPusher) -> None:
        while True:
            content: JsonObject = {}
            try:
                content = await self._socket.receive()
                await self._handle(read_frame(chat_frames, content), pusher)
            except SaldoError as error:
                await self._socket.send_error(error, self._language, content.get("client_msg_id"))

    async def _handle(self, frame: ChatFrame, pusher: EventPusher) -> None:
        match frame:
            case SendMessage() | PressButton() | AskForPerson():
                await self._store(frame)
            case RequestCallback() | CancelCallback() | LeaveQueue():
                await self._store(frame)
            case SetLanguage():
                await self._set_language(frame.language)
            case GetEvents():
                await pusher.send_page(await self._load_page(frame.after))
            case Ping():
                await self._socket.send({"type": "pong"})
            case Typing():
                await self._pass_typing_on()
            case Seen():
                await self._see(frame.seq)

    async def _store(self, frame: Write) -> None:
        if not self._messages.take(self._parts.clock.now()):
            raise TooManyMessages
        stored = await self._commit(frame)
        answer = {"type": "message.stored", "client_msg_id": frame.client_msg_id, "seq": stored.seq}
        await self._socket.send(answer)

    @unbroken
    async def _commit(self, frame: Write) -> StoredMessage:
        try:
            async with self._parts.sessions.begin() as session:
                stored = await self._write(session, frame)
        except SaldoError:
            raise
        except Exception as error:
            # The customer keeps the text and sends it again under the same id.
            log_failure(log, error, "message of conversation %s not stored", self._conversation_id)
            raise InternalError from None
        self._parts.runner.wake(self._conversation_id)
        return stored

    async def _write(self, session: AsyncSession, frame: Write) -> StoredMessage:
        conversation = await get_conversation(session, self._conversation_id)
        now, key = self._parts.clock.now(), frame.client_msg_id
        match frame:
            case SendMessage():
                pepper = self._parts.settings.code_pepper.get_secret_value()
                return await receive_or_reopen(
                    session, conversation, client_msg_id=key, text=frame.text, pepper=pepper, now=now
                )
            case PressButton():
                return await service.press_button(
                    session, conversation, client_msg_id=key, button_id=frame.button_id, now=now
                )
            case AskForPerson():
                if conversation.status is ConversationStatus.WITH_BOT:
                    self._count_request(now)
                return await service.ask_for_person(session, conversation, client_msg_id=key, now=now)
            case RequestCallback() | CancelCallback() | LeaveQueue():
                return await wishes.grant(session, conversation, frame, now)

    def _count_request(self, now: datetime) -> None:
        """A person's time is asked for: room for everybody behind one address, and none for a flood."""
        self._parts.limits.take(REQUESTS_OF_CONVERSATION, self._conversation_id, now)
        self._parts.limits.take(REQUESTS_OF_ADDRESS, self._address, now)

    @unbroken
    async def _set_language(self, language: str) -> None:
        async with self._parts.sessions.begin() as session:
            conversation = await get_conversation(session, self._conversation_id)
            await service.choose_language(session, conversation, language, self._parts.clock.now())
        self._language = language

    @unbroken
    async def _see(self, seq: int) -> None:
        async with reading(self._parts.sessions) as session:
            conversation = await get_conversation(session, self._conversation_id)
        if conversation.customer_seen_seq >= seq:
            return
        async with self._parts.sessions.begin() as session:
            await mark_seen(session, self._conversation_id, Side.CUSTOMER, seq)

    @unbroken
    async def _seen(self) -> JsonObject:
        async with reading(self._parts.sessions) as session:
            conversation = await get_conversation(session, self._conversation_id)
        return {"type": "seen", "customer": conversation.customer_seen_seq, "agent": conversation.agent_seen_seq}

    @unbroken
    async def _pass_typing_on(self) -> None:
        async with reading(self._parts.sessions) as session:
            conversation = await get_conversation(session, self._conversation_id)
        if conversation.status is ConversationStatus.ACTIVE and conversation.agent_id is not None:
            signal = Signal("typing", sender="customer", conversation_id=str(conversation.id))
            self._parts.live.notify(agent_stream(conversation.agent_id), signal)

    _conversation_id: UUID
    _language: str
