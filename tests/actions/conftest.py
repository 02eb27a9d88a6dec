"""Actions over a migrated database, on SQLite and on PostgreSQL, at a clock that stands still."""

from collections.abc import Iterator

import pytest
from rasa_sdk.executor import ActionExecutor
from sqlalchemy.orm import Session, sessionmaker

from actions.base import Runtime
from actions.server import make_executor
from billing.db import make_session_factory
from tests.actions.conversation import PEPPER, TURN_SECRET, Conversation
from tests.databases import database_url, engine_of
from tests.fakes.clock import FixedClock

__all__ = ["database_url"]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def sessions(database_url: str) -> Iterator[sessionmaker[Session]]:
    engine = engine_of(database_url)
    yield make_session_factory(engine)
    engine.dispose()


@pytest.fixture
def executor(sessions: sessionmaker[Session], clock: FixedClock) -> ActionExecutor:
    return make_executor(Runtime(sessions, clock, TURN_SECRET, PEPPER))


@pytest.fixture
def conversation(executor: ActionExecutor, sessions: sessionmaker[Session], clock: FixedClock) -> Conversation:
    return Conversation(executor, sessions, clock)
