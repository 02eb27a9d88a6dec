"""The agent's socket: every event of the agent's stream, and the unnumbered news of presence, queue and typing."""

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from billing.db import JsonObject
from billing.errors import SaldoError
from handoff.agents.models import Agent
from handoff.agents.presence import PING_SECONDS, mark_seen
from handoff.agents.reading import agent_out
from handoff.agents.sessions import find_signed_in
from handoff.console.desk_frames import Desk
from handoff.console.reading import Reader, load_console_events, queue_out
from handoff.console.schemas import (
    ConsoleFrame,
    ConsoleGetEvents,
    ConsoleHello,
    ConsolePing,
    ConsoleSeen,
    ConsoleTyping,
    ConsoleViewing,
    console_frames,
)
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.db import reading, unbroken
from handoff.deps import Parts
from handoff.errors import InvalidFrame, NotSignedIn
from handoff.events import last_event_number, list_events
from handoff.failure_log import log_failure
from handoff.live import CONSOLES_STREAM, Signal, agent_stream, conversation_stream
from handoff.sockets import CLOSE_UNAUTHORISED, EventPusher, FrameTooBig, JsonSocket, read_frame, run_both

log = logging.getLogger(__name__)

# Seconds; with many agents and customers the line changes all the time.
LINE_AT_MOST_EVERY: Final = 1.0


class AgentSocket:
    """One open console. With every page, ping and signal the session is checked again: signing out ends the news."""

    def __init__(self, socket: JsonSocket, parts: Parts, token: str | None) -> None:
        self._socket = socket
        self._parts = parts
        self._token = token

    async def run(self) -> None:
        agent = await self._find_agent()
        hello = await self._receive_hello() if agent else None
        if agent is None or hello is None:
            await self._socket.close(CLOSE_UNAUTHORISED)
            return
        self._agent_id = agent.id
        self._language = agent.language
        self._desk = Desk(self._parts, agent)
        await self._hear(agent)
        pusher = EventPusher(self._socket, self._load_page, hello.after)
        read, push = self._while_signed_in(self._read(pusher)), self._while_signed_in(self._push(pusher))
        try:
            await run_both(self._socket, read, push, self._pulse(), self._show_line())
        finally:
            self._desk.leave()

    async def _while_signed_in(self, work: Awaitable[None]) -> None:
        try:
            await work
        except NotSignedIn:
            await self._socket.close(CLOSE_UNAUTHORISED)

    async def _receive_hello(self) -> ConsoleHello | None:
        try:
            return await self._socket.receive_hello(ConsoleHello)
        except (FrameTooBig, SaldoError):
            return None

    @unbroken
    async def _find_agent(self) -> Agent | None:
        async with reading(self._parts.sessions) as session:
            return await find_signed_in(session, self._token, self._parts.clock.now())

    @unbroken
    async def _hear(self, agent: Agent) -> None:
        """Note the sign of life; the next one mends what could not be written now."""
        try:
            await mark_seen(self._parts.sessions, agent, self._parts.clock.now())
        except SQLAlchemyError as error:
            log_failure(log, error, "sign of life of agent %s not stored", agent.id)

    async def _pulse(self) -> None:
        """Ask for a ping: browsers slow down the timers of a page in the background, but not its answers."""
        while True:
            await asyncio.sleep(PING_SECONDS)
            await self._socket.send({"type": "pulse"})

    async def _push(self, pusher: EventPusher) -> None:
        async with self._parts.live.subscribe(agent_stream(self._agent_id), CONSOLES_STREAM) as signals:
            await self._socket.send({"type": "ready", "last_event": await self._last_event()})
            await pusher.push()
            async for signal in signals:
                if signal.kind == "events":
                    await pusher.push()
                elif signal.kind != "queue":
                    await self._pass_on(signal)

    async def _show_line(self) -> None:
        """All consoles show the same line: it is read once for all of them. It says nothing about anybody."""
        shared = self._parts.live.shared("line", self._line, LINE_AT_MOST_EVERY)
        async with self._parts.live.subscribe(CONSOLES_STREAM) as signals:
            async for signal in signals:
                if signal.kind == "queue":
                    await self._socket.send({"type": "queue.changed", "queue": await shared.get()})

    async def _pass_on(self, signal: Signal) -> None:
        """Send what the unnumbered signal stands for."""
        agent = await self._require_agent()
        if signal.kind == "presence":
            await self._socket.send({"type": "presence.changed", "agent": await self._shown(agent)})
        elif frame := await self._desk.frame_of(signal):
            await self._socket.send(frame)
        elif signal.sender == "customer":
            frame = {"type": "typing", "conversation_id": signal.conversation_id, "sender": signal.sender}
            await self._socket.send(frame)

    @unbroken
    async def _shown(self, agent: Agent) -> JsonObject:
        async with reading(self._parts.sessions) as session:
            return (await agent_out(session, agent)).model_dump(mode="json")

    @unbroken
    async def _line(self) -> JsonObject:
        async with reading(self._parts.sessions) as session:
            return (await queue_out(session, self._parts.clock.now())).model_dump(mode="json")

    @unbroken
    async def _last_event(self) -> int:
        async with reading(self._parts.sessions) as session:
            return await last_event_number(session, agent_stream(self._agent_id))

    @unbroken
    async def _load_page(self, after: int) -> Sequence[JsonObject]:
        now = self._parts.clock.now()
        async with reading(self._parts.sessions) as session:
            agent = await find_signed_in(session, self._token, now)
            if agent is None:
                raise NotSignedIn
            events = await list_events(session, agent_stream(agent.id), after)
            return await load_console_events(session, events, Reader(agent, self._parts.live.viewing), now)

    async def _read(self, pusher: EventPusher) -> None:
        while True:
            try:
                await self._handle(read_frame(console_frames, await self._socket.receive()), pusher)
            except NotSignedIn:
                raise
            except SaldoError as error:
                await self._socket.send_error(error, self._language)

    async def _handle(self, frame: ConsoleFrame, pusher: EventPusher) -> None:
        match frame:
            case ConsoleGetEvents():
                await pusher.send_page(await self._load_page(frame.after))
            case ConsolePing():
                agent = await self._require_agent()
                await self._socket.send({"type": "pong"})
                await self._hear(agent)
            case ConsoleTyping():
                await self._pass_typing_on(_uuid(frame.conversation_id))
            case ConsoleViewing():
                await self._desk.look(_uuid(frame.conversation_id) if frame.conversation_id else None)
            case ConsoleSeen():
                await self._desk.see(_uuid(frame.conversation_id), frame.seq)

    async def _require_agent(self) -> Agent:
        agent = await self._find_agent()
        if agent is None:
            raise NotSignedIn
        return agent

    @unbroken
    async def _pass_typing_on(self, conversation_id: UUID) -> None:
        async with reading(self._parts.sessions) as session:
            conversation = await session.get(Conversation, conversation_id)
        is_mine = conversation is not None and conversation.agent_id == self._agent_id
        if conversation is not None and is_mine and conversation.status is ConversationStatus.ACTIVE:
            self._parts.live.notify(conversation_stream(conversation_id), Signal("typing", sender="agent"))

    _agent_id: UUID
    _language: str
    _desk: Desk


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidFrame from None
