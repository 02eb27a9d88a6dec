"""Asynchronous engine and sessions. After each commit the touched streams are announced, never before."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker

from billing.db import configure_sqlite
from handoff.live import LiveEvents, Signal
from handoff.sqlite_trips import save_trips
from handoff.sqlite_turns import take_turns

P = ParamSpec("P")
T = TypeVar("T")
Sessions = async_sessionmaker[AsyncSession]
_TOUCHED = "touched_streams"


def make_async_engine(url: str) -> AsyncEngine:
    """Make the engine for a plain address such as sqlite:///var/saldo.db or postgresql+psycopg://…

    Its errors hide the values of a statement: they would carry what customers write into the log.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_async_engine(parsed.set(drivername="sqlite+aiosqlite"), hide_parameters=True)
        save_trips(engine.sync_engine)
        take_turns(engine.sync_engine)
        configure_sqlite(engine.sync_engine)
        return engine
    server = parsed.set(drivername="postgresql+psycopg")
    return create_async_engine(server, pool_size=10, max_overflow=20, hide_parameters=True)


def make_sessions(engine: AsyncEngine, live: LiveEvents) -> Sessions:
    sync_sessions = sessionmaker()

    @event.listens_for(sync_sessions, "after_commit")
    def announce(session: Session) -> None:
        # A savepoint's end is no commit.
        if session.in_nested_transaction():
            return
        for stream, signal in session.info.pop(_TOUCHED, {}):
            live.notify(stream, signal)

    @event.listens_for(sync_sessions, "after_rollback")
    def forget(session: Session) -> None:
        if session.in_nested_transaction():
            return
        session.info.pop(_TOUCHED, None)

    return async_sessionmaker(engine, sync_session_class=sync_sessions, expire_on_commit=False)


def touch(session: AsyncSession, stream: str, signal: Signal | None = None) -> None:
    """Announce the stream once this transaction has committed."""
    session.info.setdefault(_TOUCHED, {})[stream, signal or Signal()] = None


@asynccontextmanager
async def reading(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """Open a session that only reads: on SQLite it does not wait for writers."""
    async with sessions() as session:
        await session.connection(execution_options={"saldo_read_only": True})
        yield session


def unbroken(work: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Let database work finish although its caller is cancelled: a connection left in the middle is lost."""

    @wraps(work)
    async def finish(*args: P.args, **kwargs: P.kwargs) -> T:
        task = asyncio.ensure_future(work(*args, **kwargs))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])
            raise

    return finish
