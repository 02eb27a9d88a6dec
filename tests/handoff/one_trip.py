"""SQLite without the errands: each statement goes to its connection's thread once, and not four times.

The driver walks there for a cursor, for the statement, for the rows and to close; most of a test's time was that. What
a test can see stays: every statement lets others go on meanwhile.
"""

import sqlite3
from collections.abc import Iterable
from typing import Any

import aiosqlite
from aiosqlite.context import contextmanager
from sqlalchemy import event
from sqlalchemy.engine import Engine

Rows = list[Any]  # Any: tuples of what the columns hold


class OneTripCursor(aiosqlite.Cursor):
    def __init__(self, conn: aiosqlite.Connection) -> None:
        self._conn = conn
        self._rows: Rows = []

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> "OneTripCursor":
        await self._conn._execute(self._run, sql, parameters or ())
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> "OneTripCursor":
        await self._conn._execute(self._run_many, sql, parameters)
        return self

    async def fetchall(self) -> Rows:
        return self._rows

    async def fetchmany(self, size: int) -> Rows:
        """A long answer is read in pieces."""
        found, self._rows = self._rows[:size], self._rows[size:]
        return found

    async def close(self) -> None:
        """All rows were read, so nothing is open."""

    def _run(self, sql: str, parameters: Iterable[Any]) -> None:
        self._cursor: sqlite3.Cursor = self._conn._conn.execute(sql, parameters)
        self._rows = self._cursor.fetchall() if self._cursor.description else []

    def _run_many(self, sql: str, parameters: Iterable[Iterable[Any]]) -> None:
        self._cursor = self._conn._conn.executemany(sql, parameters)


class OneTripConnection(aiosqlite.Connection):
    @contextmanager
    async def cursor(self) -> OneTripCursor:
        return OneTripCursor(self)


def save_trips(engine: Engine) -> None:
    """For an asynchronous engine's `sync_engine`; nothing on PostgreSQL."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", _connect_thus)


def _connect_thus(_dialect: object, _record: object, _arguments: object, options: dict[str, Any]) -> None:
    options["async_creator_fn"] = _connect


def _connect(database: str, **options: Any) -> OneTripConnection:
    connection = OneTripConnection(lambda: sqlite3.connect(database, **options), iter_chunk_size=64)
    connection._thread.daemon = True
    return connection
