"""What the customers' and the agents' sockets share: origin, size and rate of frames, and the pushing of events."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from billing.clock import Clock
from billing.db import JsonObject
from billing.errors import SaldoError
from handoff.errors import InvalidFrame, TooManyMessages, error_body
from handoff.events import PAGE
from handoff.failure_log import log_failure
from handoff.rate_limit import TokenBucket

log = logging.getLogger(__name__)

FRAME_LIMIT: Final = 256 * 1024
HELLO_SECONDS: Final = 10.0
CLOSE_UNAUTHORISED: Final = 4401
CLOSE_TOO_BIG: Final = 1009
CLOSE_POLICY: Final = 1008
CLOSE_OUR_FAULT: Final = 1011
_FRAMES_BURST: Final = 120
_FRAMES_PER_SECOND: Final = 20.0

HelloT = TypeVar("HelloT", bound=BaseModel)
FrameT = TypeVar("FrameT")
LoadPage = Callable[[int], Awaitable[Sequence[JsonObject]]]


class FrameTooBig(Exception):
    """The client sent more than FRAME_LIMIT bytes at once."""


class JsonSocket:
    """A WebSocket that speaks JSON objects; frames go out whole, whoever sends them."""

    def __init__(self, websocket: WebSocket, clock: Clock) -> None:
        self._websocket = websocket
        self._clock = clock
        self._sending = asyncio.Lock()
        self._frames = TokenBucket(_FRAMES_BURST, _FRAMES_PER_SECOND, clock.now())

    async def accept(self, origins: frozenset[str]) -> bool:
        """Refuse a page that may not connect; a socket without Origin comes from no page and is refused too."""
        if self._websocket.headers.get("origin") not in origins:
            await self._websocket.close(CLOSE_POLICY)
            return False
        await self._websocket.accept()
        return True

    async def receive(self) -> JsonObject:
        """Return the next frame; raise WebSocketDisconnect, InvalidFrame, TooManyMessages or FrameTooBig."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))
        text = message.get("text")
        if text is None:
            raise InvalidFrame
        if len(text) > FRAME_LIMIT or len(text.encode("utf-8", "replace")) > FRAME_LIMIT:
            raise FrameTooBig
        if not self._frames.take(self._clock.now()):
            raise TooManyMessages
        return _parse(text)

    async def receive_hello(self, frame: type[HelloT]) -> HelloT | None:
        """Return the first frame if it comes in time and is what it must be."""
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                return frame.model_validate(await self.receive())
        except (TimeoutError, ValidationError, InvalidFrame):
            return None

    async def send(self, frame: JsonObject) -> None:
        async with self._sending:
            if self._websocket.application_state is not WebSocketState.CONNECTED:
                raise WebSocketDisconnect
            await self._websocket.send_json(frame)

    async def send_error(self, error: SaldoError, language: str, client_msg_id: object = None) -> None:
        frame = {"type": "error", **error_body(error, language)}
        if isinstance(client_msg_id, str):
            frame["client_msg_id"] = client_msg_id
        await self.send(frame)

    async def close(self, code: int) -> None:
        if self._websocket.application_state is not WebSocketState.DISCONNECTED:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await self._websocket.close(code)


class EventPusher:
    """Sends a stream page by page from where the client stands, and again whenever the stream has grown."""

    def __init__(self, socket: JsonSocket, load_page: LoadPage, after: int) -> None:
        self._socket = socket
        self._load_page = load_page
        self._after = after

    async def push(self) -> None:
        while await self.push_page():
            pass

    async def push_page(self) -> bool:
        """Send the next page, if there is any; say whether more may follow."""
        events = await self._load_page(self._after)
        if events:
            self._after = events[-1]["number"]
            await self.send_page(events)
        return len(events) == PAGE

    async def send_page(self, events: Sequence[JsonObject]) -> None:
        await self._socket.send({"type": "events", "events": list(events), "more": len(events) == PAGE})


async def run_both(
    socket: JsonSocket, reader: Awaitable[None], pusher: Awaitable[None], *others: Awaitable[None]
) -> None:
    """Read and push until the client leaves; when anything fails, the client is disconnected and comes back."""
    tasks = [asyncio.ensure_future(work) for work in (reader, pusher, *others)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    await socket.close(_close_code([result for result in results if isinstance(result, Exception)]))


def read_frame(frames: TypeAdapter[FrameT], content: JsonObject) -> FrameT:
    try:
        return frames.validate_python(content)
    except ValidationError:
        raise InvalidFrame from None


def _close_code(failures: Sequence[Exception]) -> int:
    unexpected = [failure for failure in failures if not isinstance(failure, (WebSocketDisconnect, FrameTooBig))]
    for failure in unexpected:
        log_failure(log, failure, "socket failed")
    if any(isinstance(failure, FrameTooBig) for failure in failures):
        return CLOSE_TOO_BIG
    return CLOSE_OUR_FAULT if unexpected else 1000


def _parse(text: str) -> JsonObject:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidFrame from None
    if not isinstance(content, dict):
        raise InvalidFrame
    return content
