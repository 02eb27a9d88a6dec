"""SQLite without the errands: a statement and its rows cost one walk to the connection's thread instead of four.

The driver walks there for a cursor, for the statement, for the rows and to close. Each walk wakes two threads, which
costs more than most of our statements.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import aiosqlite
from aiosqlite.context import contextmanager
from sqlalchemy import Engine, event

PIECE: Final = 1000
T = TypeVar("T")
Rows = list[Any]  # Any: tuples of what the columns hold
Values = Sequence[Any]  # Any: what a column takes


class _Cursor(aiosqlite.Cursor):
    def __init__(self, conn: aiosqlite.Connection) -> None:
        self._conn = conn
        self._rows: Rows = []
        self._has_more = False

    async def execute(self, sql: str, parameters: Any = None) -> "_Cursor":
        await self._walk(self._run, sql, parameters or ())
        return self

    async def executemany(self, sql: str, parameters: Any) -> "_Cursor":
        await self._walk(self._run_many, sql, parameters)
        return self

    async def fetchall(self) -> Rows:
        if self._has_more:
            self._has_more = False
            self._rows += await self._walk(self._cursor.fetchall)
        return self._rows

    async def fetchmany(self, size: int | None = None) -> Rows:
        """A long answer is read in pieces."""
        wanted = size or PIECE
        if self._has_more and len(self._rows) < wanted:
            piece = await self._walk(self._cursor.fetchmany, max(wanted, PIECE))
            self._has_more = len(piece) == max(wanted, PIECE)
            self._rows += piece
        found, self._rows = self._rows[:wanted], self._rows[wanted:]
        return found

    async def close(self) -> None:
        """A cursor whose rows were all read holds nothing."""
        if self._has_more:
            self._has_more = False
            await self._walk(self._cursor.close)

    async def _walk(self, work: Callable[..., T], *values: object) -> T:
        result: T = await self._conn._execute(work, *values)  # type: ignore[no-untyped-call]  # as the driver has it
        return result

    def _run(self, sql: str, parameters: Values) -> None:
        self._cursor: sqlite3.Cursor = self._conn._conn.execute(sql, parameters)
        self._rows = self._cursor.fetchmany(PIECE) if self._cursor.description else []
        self._has_more = len(self._rows) == PIECE

    def _run_many(self, sql: str, parameters: Sequence[Values]) -> None:
        self._cursor = self._conn._conn.executemany(sql, parameters)


class _Connection(aiosqlite.Connection):
    @contextmanager
    async def cursor(self) -> aiosqlite.Cursor:
        return _Cursor(self)


def save_trips(engine: Engine) -> None:
    """For an asynchronous engine's `sync_engine` on SQLite."""
    event.listen(engine, "do_connect", _connect_thus)


def _connect_thus(_dialect: object, _record: object, _arguments: object, options: dict[str, Any]) -> None:
    options["async_creator_fn"] = _connect


def _connect(database: str, **options: Any) -> _Connection:
    connection = _Connection(lambda: sqlite3.connect(database, **options), iter_chunk_size=64)
    connection._thread.daemon = True
    return connection
