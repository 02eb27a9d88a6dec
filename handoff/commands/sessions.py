"""Sessions for a command that ends: whatever happens, no connection is left open."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from billing.db import READ_ONLY, make_engine, make_session_factory
from handoff.commands.terminal import fail
from handoff.db import Sessions, make_async_engine, make_sessions
from handoff.live import LiveEvents


@contextmanager
def open_sessions(database: str) -> Iterator[sessionmaker[Session]]:
    """Say in one sentence, and without what was asked for, when the database has no tables or is busy."""
    engine = make_engine(database)
    try:
        yield make_session_factory(engine)
    except (OperationalError, ProgrammingError) as error:
        fail(_sentence(str(error.orig).splitlines()[0]))
    finally:
        engine.dispose()


@contextmanager
def open_reading(database: str) -> Iterator[Session]:
    """Open a session that only reads, so that it waits for no writer."""
    with open_sessions(database) as sessions, sessions() as session:
        session.connection(execution_options={READ_ONLY: True})
        yield session
        session.rollback()


def _sentence(reason: str) -> str:
    if "locked" in reason:
        return "Another command is writing to the database; try again when it is done."
    # Most often the tables are not there yet, or not all of them.
    return f"The database cannot be used ({reason}); run `saldo db upgrade`, then try again."


@asynccontextmanager
async def open_async_sessions(database: str) -> AsyncIterator[Sessions]:
    engine = make_async_engine(database)
    try:
        yield make_sessions(engine, LiveEvents())
    finally:
        await engine.dispose()
