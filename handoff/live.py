"""Tells open sockets of this process that something is new. What is new stands in the database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

from handoff.console.viewing import Viewing
from handoff.shared_reading import Shared

T = TypeVar("T")

SignalKind = Literal["events", "typing", "queue", "presence", "viewers", "seen", "delivery", "actions", "approvals"]
# Of these the next one says it all again; any other that is lost would be missed until the socket is opened anew.
_PASSING: Final[frozenset[SignalKind]] = frozenset({"typing", "viewers"})
_BACKLOG = 32


def conversation_stream(conversation_id: object) -> str:
    return f"conversation:{conversation_id}"


def agent_stream(agent_id: object) -> str:
    return f"agent:{agent_id}"


ROUTING_STREAM = "routing"
CONSOLES_STREAM = "consoles"


@dataclass(frozen=True)
class Signal:
    """A hint, never a fact: "events" says that a stream has grown, the others are not numbered."""

    kind: SignalKind = "events"
    sender: str = ""
    conversation_id: str = ""


class _Mailbox(AsyncIterator[Signal]):
    """The signals that one subscriber has not taken yet; equal ones are kept once. Waiting may be cancelled."""

    def __init__(self) -> None:
        self._waiting: list[Signal] = []
        self._arrived = asyncio.Event()

    def put(self, signal: Signal) -> None:
        if signal in self._waiting:
            return
        if signal.kind in _PASSING and len(self._waiting) >= _BACKLOG:
            return
        self._waiting.append(signal)
        self._arrived.set()

    async def __anext__(self) -> Signal:
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.pop(0)


class LiveEvents:
    """Fan-out inside one process; a lost signal costs nothing, because clients ask by number."""

    def __init__(self) -> None:
        self.viewing = Viewing()
        self._mailboxes: dict[str, set[_Mailbox]] = {}
        self._shared: dict[str, Shared[Any]] = {}  # Any: each name stands for a reading of its own type

    @asynccontextmanager
    async def subscribe(self, *streams: str) -> AsyncIterator[AsyncIterator[Signal]]:
        mailbox = _Mailbox()
        for stream in streams:
            self._mailboxes.setdefault(stream, set()).add(mailbox)
        try:
            yield mailbox
        finally:
            for stream in streams:
                self._leave(stream, mailbox)

    def _leave(self, stream: str, mailbox: _Mailbox) -> None:
        listeners = self._mailboxes.get(stream, set())
        listeners.discard(mailbox)
        if not listeners:
            self._mailboxes.pop(stream, None)

    def is_heard(self, stream: str) -> bool:
        """Whether anybody in this process listens to the stream."""
        return stream in self._mailboxes

    def listeners(self, stream: str) -> int:
        return len(self._mailboxes.get(stream, ()))

    def shared(self, name: str, read: Callable[[], Awaitable[T]], at_most_every: float) -> Shared[T]:
        """Return the one reading of this name in this process; the first who asks says how it is read."""
        if name not in self._shared:
            self._shared[name] = Shared(read, at_most_every)
        return self._shared[name]

    def notify(self, stream: str, signal: Signal | None = None) -> None:
        for mailbox in self._mailboxes.get(stream, ()):
            mailbox.put(signal or Signal())
