"""Lets the writers of one process take turns on SQLite, in the order in which they came.

SQLite lets who waits for its lock sleep and look again, in no order: many writers waste its time, and one of them may
be unlucky until its patience ends. Other processes are still kept apart by the lock itself.
"""

import asyncio
from collections import deque
from typing import Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import await_only

from billing.db import BUSY_TIMEOUT_MS, READ_ONLY

_TURN: Final = "saldo_turn"


class Turns:
    """Who waits too long takes the turn: its holder may be gone with its event loop."""

    def __init__(self, patience_seconds: float) -> None:
        self._patience = patience_seconds
        self._holder: object | None = None
        self._waiting: deque[tuple[object, asyncio.Future[None]]] = deque()

    async def take(self) -> object:
        """Return the turn, to be given back."""
        turn = object()
        if self._holder is None:
            self._holder = turn
            return turn
        place = (turn, asyncio.get_running_loop().create_future())
        self._waiting.append(place)
        try:
            async with asyncio.timeout(self._patience):
                await place[1]
        except TimeoutError:
            self._holder = turn
        except asyncio.CancelledError:
            self.give(turn)
            raise
        finally:
            if place in self._waiting:
                self._waiting.remove(place)
        return turn

    def give(self, turn: object) -> None:
        """Let the next one begin; nothing if the turn was lost meanwhile."""
        if self._holder is not turn:
            return
        self._holder = None
        while self._waiting and self._holder is None:
            following, called = self._waiting.popleft()
            if not called.done() and not called.get_loop().is_closed():
                self._holder = following
                called.set_result(None)


def take_turns(engine: Engine, patience_seconds: float = BUSY_TIMEOUT_MS / 1000) -> None:
    """Must come before whatever else listens to the beginning of a transaction: the lock is taken in one's turn."""
    turns = Turns(patience_seconds)

    @event.listens_for(engine, "begin")
    def wait(connection: Connection) -> None:
        if not connection.get_execution_options().get(READ_ONLY, False):
            connection.info[_TURN] = await_only(turns.take())

    @event.listens_for(engine, "checkin")
    def give_back(_dbapi_connection: object, entry: ConnectionPoolEntry) -> None:
        if _TURN in entry.info:
            turns.give(entry.info.pop(_TURN))
