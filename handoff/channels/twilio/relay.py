"""One phone call's socket: what the caller says becomes a message, what is answered is spoken.

Everything that happens in a call passes one queue and is dealt with in its order. A turn of the caller ends with
exactly one `last: true`, whatever became of it: without it the caller would hear nothing more.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.websockets import WebSocket, WebSocketDisconnect

from handoff.channels.twilio import relay_frames
from handoff.channels.twilio.config import twilio_config
from handoff.channels.twilio.models import VoiceInterruption
from handoff.channels.twilio.relay_frames import Dtmf, Frame, Incoming, Interrupt, Prompt, Setup
from handoff.channels.twilio.signature import is_signed
from handoff.channels.twilio.texts import twilio_texts
from handoff.channels.twilio.voice import conversation_of_call, redeem_token
from handoff.conversations.models import Conversation, ConversationStatus, Message, Sender
from handoff.conversations.posting import lock
from handoff.conversations.service import receive_message
from handoff.db import reading, unbroken
from handoff.deps import Parts
from handoff.errors import ConversationClosed, EmptyMessage, MessageTooLong
from handoff.failure_log import log_failure
from handoff.live import Signal, conversation_stream

REFUSED = 1008
OUR_FAULT = 1011
SETUP_SECONDS = 10.0
FILLER_AFTER_SECONDS = 1.2
LONGEST_TURN_SECONDS = 12.0
STORE_TRIES = 3
END_OF_DIGITS, CLEAR_DIGITS, MOST_DIGITS = "#", "*", 32
WAITING = (ConversationStatus.QUEUED, ConversationStatus.OFFERED)
# When the agent has said goodbye the line is closed: a farewell must not bring the call back.
OVER = (ConversationStatus.WRAP_UP, ConversationStatus.CLOSED)
log = logging.getLogger(__name__)


class News:
    """Something in the conversation has changed; what, stands in the database."""


async def run_relay(websocket: WebSocket, parts: Parts) -> None:
    if not is_signed(websocket, twilio_config(parts.settings), FormData()):
        log.warning("relay socket refused, not signed")
        await websocket.close(REFUSED)
        return
    await websocket.accept()
    setup = await _first_frame(websocket)
    start = await _open(parts, setup) if setup else None
    if start is None:
        log.warning("relay socket refused, no valid setup")
        await websocket.close(REFUSED)
        return
    await RelayCall(websocket, parts, start).run()


async def _first_frame(websocket: WebSocket) -> Setup | None:
    with contextlib.suppress(TimeoutError, WebSocketDisconnect, KeyError):
        first = relay_frames.find_incoming(await asyncio.wait_for(websocket.receive_text(), SETUP_SECONDS))
        return first if isinstance(first, Setup) else None
    return None


@dataclass(frozen=True)
class Start:
    """Where a socket begins: at the start of a call, or where a lost one left it."""

    session_id: str
    language: str
    conversation_id: UUID
    heard_seq: int


@unbroken
async def _open(parts: Parts, setup: Setup) -> Start | None:
    if setup.account_sid != parts.settings.twilio_account_sid:
        return None
    now = parts.clock.now()
    async with parts.sessions.begin() as session:
        call = await redeem_token(session, setup, now=now)
        if call is None:
            return None
        conversation = await conversation_of_call(session, call, setup, now)
        heard_seq = await _last_customer_seq(session, conversation.id)
    return Start(setup.session_id, call.language, conversation.id, heard_seq)


async def _last_customer_seq(session: AsyncSession, conversation_id: UUID) -> int:
    """What followed the caller's last words may have been lost with the socket; it is spoken again."""
    asked = (Message.conversation_id == conversation_id, Message.sender == Sender.CUSTOMER)
    return await session.scalar(select(func.max(Message.seq)).where(*asked)) or 0


@dataclass(frozen=True)
class Unspoken:
    """Where the conversation stands and what in it the caller has not heard yet."""

    status: ConversationStatus
    language: str
    messages: Sequence[Message]


class RelayCall:
    """One call, from its setup to its end."""

    def __init__(self, websocket: WebSocket, parts: Parts, start: Start) -> None:
        self._websocket = websocket
        self._parts = parts
        self._session_id = start.session_id
        self._conversation_id = start.conversation_id
        self._language = start.language
        self._spoken_seq = start.heard_seq
        self._inputs: asyncio.Queue[Incoming | News] = asyncio.Queue()
        self._turns = 0
        self._digits = ""
        self._interrupted = False
        self._ended = False

    async def run(self) -> None:
        stream = conversation_stream(self._conversation_id)
        async with self._parts.live.subscribe(stream) as signals:
            self._inputs.put_nowait(News())  # What came before we listened.
            tasks = {asyncio.create_task(work) for work in (self._read(), self._listen(signals), self._work())}
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                await self._break_off_if_failed(done)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self) -> None:
        """Return when the socket is closed; what interrupts us is noted at once, before what follows in the queue."""
        while True:
            try:
                frame = relay_frames.find_incoming(await self._websocket.receive_text())
            except (WebSocketDisconnect, KeyError):
                return
            if isinstance(frame, Interrupt):
                self._interrupted = True
            if frame is not None:
                self._inputs.put_nowait(frame)

    async def _listen(self, signals: AsyncIterator[Signal]) -> None:
        async for signal in signals:
            if signal.kind == "events":
                self._inputs.put_nowait(News())

    async def _work(self) -> None:
        while True:
            match await self._inputs.get():
                case Prompt(text):
                    await self._take_turn(text)
                case Dtmf(digit):
                    await self._take_digit(digit)
                case Interrupt() as interrupt:
                    await self._note_interruption(interrupt)
                case News():
                    await self._speak_new()

    async def _take_digit(self, digit: str) -> None:
        if digit == CLEAR_DIGITS:
            self._digits = ""
        elif digit == END_OF_DIGITS:
            digits, self._digits = self._digits, ""
            await self._take_turn(digits)
        else:
            self._digits = (self._digits + digit)[:MOST_DIGITS]

    async def _take_turn(self, text: str) -> None:
        self._turns += 1
        try:
            await self._store_despite_trouble(text, f"{self._session_id}:{self._turns}")
        except (EmptyMessage, ConversationClosed):
            await self._end_turn("")
            return
        except MessageTooLong:
            await self._end_turn(twilio_texts().text("voice.too_long", self._language))
            return
        except DBAPIError as error:
            log_failure(log, error, "words of conversation %s not stored", self._conversation_id)
            await self._end_turn(twilio_texts().text("voice.say_again", self._language))
            return
        await self._settle()
        await self._speak_new(ends_turn=True)

    async def _store_despite_trouble(self, text: str, key: str) -> None:
        """A database may be busy; what was said once is not said again by itself."""
        for _ in range(STORE_TRIES - 1):
            with contextlib.suppress(DBAPIError):
                return await self._store(text, key)
        return await self._store(text, key)

    @unbroken
    async def _store(self, text: str, key: str) -> None:
        parts = self._parts
        pepper = parts.settings.code_pepper.get_secret_value()
        async with parts.sessions.begin() as session:
            conversation = await session.get_one(Conversation, self._conversation_id)
            await lock(session, conversation)
            if conversation.status in OVER:
                raise ConversationClosed
            now = parts.clock.now()
            await receive_message(session, conversation, client_msg_id=key, text=text, pepper=pepper, now=now)
        parts.runner.wake(self._conversation_id)

    async def _settle(self) -> None:
        """Wait for the bot's answer; after a while say that it is coming."""
        settled = asyncio.create_task(self._parts.runner.settled(self._conversation_id))
        done, _ = await asyncio.wait({settled}, timeout=FILLER_AFTER_SECONDS)
        if not done:
            await self._send(self._said("voice.one_moment", last=False))
            await asyncio.wait({settled}, timeout=LONGEST_TURN_SECONDS - FILLER_AFTER_SECONDS)
        settled.cancel()
        await asyncio.gather(settled, return_exceptions=True)

    async def _speak_new(self, *, ends_turn: bool = False) -> None:
        unspoken = await self._load_unspoken()
        if unspoken.language != self._language:
            self._language = unspoken.language
            await self._send(relay_frames.change_language(self._language))
        if unspoken.messages:
            await self._speak(unspoken.messages)
        elif ends_turn:
            await self._end_turn(self._instead_of_answer(unspoken.status))
        if unspoken.status in OVER and not self._ended:
            self._ended = True
            await self._send(relay_frames.end())

    @unbroken
    async def _load_unspoken(self) -> Unspoken:
        ours = (Message.conversation_id == self._conversation_id, Message.seq > self._spoken_seq)
        wanted = select(Message).where(*ours, Message.sender != Sender.CUSTOMER).order_by(Message.seq)
        async with reading(self._parts.sessions) as session:
            conversation = await session.get_one(Conversation, self._conversation_id)
            messages = (await session.scalars(wanted)).all()
        return Unspoken(conversation.status, conversation.language, messages)

    async def _speak(self, messages: Sequence[Message]) -> None:
        """Speak them as one answer. A caller who speaks meanwhile has heard enough of it."""
        self._interrupted = False
        self._spoken_seq = messages[-1].seq
        for message in messages[:-1]:
            await self._send(relay_frames.speech(message.text + "\n", self._language, last=False))
            if self._interrupted:
                await self._end_turn("")
                return
        await self._end_turn(messages[-1].text)

    def _instead_of_answer(self, status: ConversationStatus) -> str:
        """The bot has failed, or a person will answer: the caller must not be left wondering."""
        if status is ConversationStatus.WITH_BOT:
            return twilio_texts().text("voice.apology", self._language)
        return twilio_texts().text("voice.waiting", self._language) if status in WAITING else ""

    @unbroken
    async def _note_interruption(self, interrupt: Interrupt) -> None:
        """Keep how much was heard, not the words: they stand in the message already."""
        now = self._parts.clock.now()
        async with self._parts.sessions.begin() as session:
            session.add(
                VoiceInterruption(
                    conversation_id=self._conversation_id,
                    after_seq=self._spoken_seq,
                    heard_characters=len(interrupt.heard),
                    heard_milliseconds=interrupt.milliseconds,
                    interrupted_at=now,
                )
            )

    async def _break_off_if_failed(self, done: set[asyncio.Task[None]]) -> None:
        """Twilio takes the socket for lost and opens another one; the caller stays on the line and goes on."""
        failures = [error for task in done if (error := task.exception()) is not None]
        if not failures:
            return
        log_failure(log, failures[0], "relay call of conversation %s failed", self._conversation_id)
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await self._send(self._said("voice.one_moment", last=True))
            await self._websocket.close(OUR_FAULT)

    async def _end_turn(self, text: str) -> None:
        await self._send(relay_frames.speech(text, self._language, last=True))

    def _said(self, key: str, *, last: bool) -> Frame:
        return relay_frames.speech(twilio_texts().text(key, self._language), self._language, last=last)

    async def _send(self, frame: Frame) -> None:
        await self._websocket.send_json(frame)
