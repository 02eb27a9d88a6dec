"""Whoever listens hears of a change when it is committed: not before, and not of what was undone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from handoff.db import Sessions, make_async_engine, make_sessions, touch
from handoff.live import LiveEvents

STREAM = "routing"


@pytest.fixture
def live() -> LiveEvents:
    return LiveEvents()


@pytest.fixture
async def sessions(live: LiveEvents) -> AsyncIterator[Sessions]:
    engine = make_async_engine("sqlite:///:memory:")
    yield make_sessions(engine, live)
    await engine.dispose()


async def hears(signals: AsyncIterator[object]) -> bool:
    try:
        async with asyncio.timeout(0.01):
            await anext(signals)
    except TimeoutError:
        return False
    return True


async def test_the_end_of_a_savepoint_is_no_commit(sessions: Sessions, live: LiveEvents) -> None:
    async with live.subscribe(STREAM) as signals:
        async with sessions.begin() as session:
            touch(session, STREAM)
            async with session.begin_nested():
                pass
            early = await hears(signals)
        assert (early, await hears(signals)) == (False, True)


async def test_what_a_savepoint_undoes_takes_nothing_else_along(sessions: Sessions, live: LiveEvents) -> None:
    async with live.subscribe(STREAM) as signals:
        async with sessions.begin() as session:
            touch(session, STREAM)
            await (await session.begin_nested()).rollback()
        assert await hears(signals)


async def test_a_transaction_that_is_undone_is_not_heard_of(sessions: Sessions, live: LiveEvents) -> None:
    async with live.subscribe(STREAM) as signals:
        with contextlib.suppress(LookupError):
            async with sessions.begin() as session:
                touch(session, STREAM)
                raise LookupError
        assert not await hears(signals)
