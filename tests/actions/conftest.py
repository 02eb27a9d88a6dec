"""Actions over a migrated database, on SQLite and on PostgreSQL, at a clock that stands still.

The cases of one test differ in words and languages, hardly ever in what the database is asked: PostgreSQL runs the
first case of each test, and every case of a test that is marked `every_case_on_both`; in `make test-long` all.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa_sdk.executor import ActionExecutor
from sqlalchemy.orm import Session, sessionmaker

from actions.base import Runtime
from actions.server import make_executor
from billing.db import make_session_factory
from tests.actions.conversation import PEPPER, TURN_SECRET, Conversation
from tests.databases import database_url, engine_of
from tests.effort import LONG
from tests.fakes.clock import FixedClock

__all__ = ["database_url"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "every_case_on_both: each case asks the database something of its own")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if LONG:
        return
    seen: set[str] = set()
    repeats: list[pytest.Item] = []
    for item in items:
        if item.path.parent == Path(__file__).parent and "postgresql" in item.name:
            test = item.nodeid.partition("[")[0]
            if test in seen and item.get_closest_marker("every_case_on_both") is None:
                repeats.append(item)
            seen.add(test)
    config.hook.pytest_deselected(items=repeats)
    left_out = set(repeats)
    items[:] = [item for item in items if item not in left_out]


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
