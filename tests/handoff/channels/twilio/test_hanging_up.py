"""A call that breaks off at any moment leaves the database free for the others."""

import asyncio
import contextlib
import gc
import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, text
from starlette.websockets import WebSocket

from handoff.channels.twilio import relay
from handoff.conversations.models import Message
from handoff.conversations.service import StoredMessage, receive_message
from handoff.db import make_async_engine
from tests.fakes.fake_twilio import sign
from tests.fakes.fake_twilio_call import FakeCall
from tests.handoff.channels.twilio.conftest import Line

CALLS = 30
LONGEST_CALL_SECONDS = 0.06
PROMPT = {"type": "prompt", "voicePrompt": "Hallo", "lang": "de-DE", "last": True}
INTERRUPT = {"type": "interrupt", "utteranceUntilInterrupt": "ech", "durationUntilInterruptMs": 90}


@pytest.fixture(autouse=True)
def uncollected() -> Iterator[None]:
    """A connection that is lost must not be found again by chance."""
    gc.disable()
    yield
    gc.enable()


class HastyCaller:
    """The far end of a relay socket: speaks without waiting for answers, then hangs up when told to."""

    def __init__(self, call: FakeCall, *frames: object) -> None:
        self._to_server: asyncio.Queue[dict[str, object]] = asyncio.Queue()
        self._to_server.put_nowait({"type": "websocket.connect"})
        for frame in (call.setup_frame(), *frames):
            self._to_server.put_nowait({"type": "websocket.receive", "text": json.dumps(frame)})
        headers = [(b"x-twilio-signature", sign(call.relay.attrib["url"]).encode())]
        scope = {"type": "websocket", "raw_path": b"/twilio/relay", "query_string": b"", "headers": headers}
        self.socket = WebSocket(scope, self._to_server.get, self._ignore)

    def hang_up(self) -> None:
        self._to_server.put_nowait({"type": "websocket.disconnect", "code": 1001})

    async def _ignore(self, message: object) -> None:
        await asyncio.sleep(0)


async def write_elsewhere(database_url: str) -> None:
    """Write as another process does; on SQLite this fails if someone holds the write lock for five seconds."""
    engine = make_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE voice_call SET reconnects = reconnects"))
    await engine.dispose()


def moments() -> list[float]:
    random = Random(7)
    return [random.uniform(0, LONGEST_CALL_SECONDS) for _ in range(CALLS)]


async def test_what_is_being_stored_when_the_caller_hangs_up_is_stored(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def receive_slowly(*args: Any, **kwargs: Any) -> StoredMessage:
        begun.set()
        await asyncio.sleep(0.2)
        return await receive_message(*args, **kwargs)

    monkeypatch.setattr(relay, "receive_message", receive_slowly)
    call = FakeCall(line.webhooks)
    await call.ring()
    caller = HastyCaller(call, PROMPT)
    socket = asyncio.create_task(relay.run_relay(caller.socket, line.parts))
    await begun.wait()
    caller.hang_up()
    await socket

    async with line.sessions() as session:
        assert "Hallo" in (await session.scalars(select(Message.text))).all()


async def test_a_caller_who_hangs_up_at_any_moment_leaves_nothing_locked(line: Line, database_url: str) -> None:
    for moment in moments():
        call = FakeCall(line.webhooks)
        await call.ring()
        caller = HastyCaller(call, PROMPT, INTERRUPT, INTERRUPT, PROMPT)
        socket = asyncio.create_task(relay.run_relay(caller.socket, line.parts))
        await asyncio.sleep(moment)
        caller.hang_up()
        await socket

        await write_elsewhere(database_url)


async def test_a_socket_that_is_cancelled_at_any_moment_leaves_nothing_locked(line: Line, database_url: str) -> None:
    for moment in moments():
        call = FakeCall(line.webhooks)
        await call.ring()
        caller = HastyCaller(call)
        socket = asyncio.create_task(relay.run_relay(caller.socket, line.parts))
        await asyncio.sleep(moment / 6)
        socket.cancel()
        caller.hang_up()  # Python 3.11's wait_for may swallow a cancellation that comes together with a frame.
        with contextlib.suppress(asyncio.CancelledError):
            await socket

        await write_elsewhere(database_url)
