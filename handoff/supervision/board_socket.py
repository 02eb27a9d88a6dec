"""The board's socket: the whole board anew when something changed, at most once a second, and every two anyway."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from billing.db import JsonObject
from billing.errors import SaldoError
from handoff.agents.models import Agent, Role
from handoff.agents.sessions import find_signed_in
from handoff.db import reading, unbroken
from handoff.deps import Parts
from handoff.live import CONSOLES_STREAM, ROUTING_STREAM, Signal
from handoff.sockets import CLOSE_UNAUTHORISED, FrameTooBig, JsonSocket, run_both
from handoff.supervision.schemas import BoardFrame
from handoff.supervision.snapshot import load_board

AT_MOST_EVERY: Final = 1.0
# Waits grow and promises break without any event, and another process's events are not heard here.
AT_LEAST_EVERY: Final = 2.0


class BoardHello(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)

    type: Literal["hello"]


class BoardReader:
    """One reading for all boards of the process: they show the same."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @unbroken
    async def read(self) -> JsonObject:
        parts = self._parts
        async with reading(parts.sessions) as session:
            board = await load_board(session, parts.queues, parts.clock.now(), parts.board_log)
        return await asyncio.to_thread(BoardFrame(board=board).model_dump, mode="json")


class BoardSocket:
    """One open board; the session is checked again before each sending."""

    def __init__(self, socket: JsonSocket, parts: Parts, token: str | None) -> None:
        self._socket = socket
        self._parts = parts
        self._token = token

    async def run(self) -> None:
        if await self._find_supervisor() is None or await self._receive_hello() is None:
            await self._socket.close(CLOSE_UNAUTHORISED)
            return
        await run_both(self._socket, self._read(), self._push())

    async def _receive_hello(self) -> BoardHello | None:
        try:
            return await self._socket.receive_hello(BoardHello)
        except (FrameTooBig, SaldoError):
            return None

    @unbroken
    async def _find_supervisor(self) -> Agent | None:
        async with reading(self._parts.sessions) as session:
            agent = await find_signed_in(session, self._token, self._parts.clock.now())
        return agent if agent is not None and agent.role is Role.SUPERVISOR else None

    async def _push(self) -> None:
        shared = self._parts.live.shared("board", BoardReader(self._parts).read, AT_MOST_EVERY)
        async with self._parts.live.subscribe(CONSOLES_STREAM, ROUTING_STREAM) as signals:
            await self._socket.send({"type": "ready"})
            while await self._find_supervisor() is not None:
                await self._socket.send(await shared.get())
                await asyncio.sleep(AT_MOST_EVERY)
                await _next_within(signals, AT_LEAST_EVERY - AT_MOST_EVERY)
        await self._socket.close(CLOSE_UNAUTHORISED)

    async def _read(self) -> None:
        """Nothing is asked through the socket but whether it lives."""
        while True:
            try:
                frame = await self._socket.receive()
            except SaldoError as error:
                await self._socket.send_error(error, "en")
                continue
            if frame.get("type") == "ping":
                await self._socket.send({"type": "pong"})


async def _next_within(signals: AsyncIterator[Signal], seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await anext(signals)
    except TimeoutError:
        return
