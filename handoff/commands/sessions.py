"""Sessions for a command that ends: whatever happens, no connection is left open."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy.orm import Session, sessionmaker

from billing.db import make_engine, make_session_factory
from handoff.db import Sessions, make_async_engine, make_sessions
from handoff.live import LiveEvents


@contextmanager
def open_sessions(database: str) -> Iterator[sessionmaker[Session]]:
    engine = make_engine(database)
    try:
        yield make_session_factory(engine)
    finally:
        engine.dispose()


@asynccontextmanager
async def open_async_sessions(database: str) -> AsyncIterator[Sessions]:
    engine = make_async_engine(database)
    try:
        yield make_sessions(engine, LiveEvents())
    finally:
        await engine.dispose()
