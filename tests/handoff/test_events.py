"""Events get their numbers at the commit: without gaps, in the order in which they were appended."""

import asyncio
import contextlib

import pytest
from fastapi import FastAPI

from handoff.db import Sessions
from handoff.events import append_event, last_event_number, list_events, open_stream
from tests.fakes.clock import FixedClock

STREAM = "conversation:1"


@pytest.fixture
async def sessions(app: FastAPI) -> Sessions:
    found: Sessions = app.state.sessions
    return found


async def test_events_of_one_commit_stand_in_their_order(sessions: Sessions, clock: FixedClock) -> None:
    async with sessions.begin() as session:
        open_stream(session, STREAM)
        append_event(session, STREAM, "first", "1", now=clock.now())
    async with sessions.begin() as session:
        for name in ("second", "third"):
            append_event(session, STREAM, name, "1", now=clock.now())
    async with sessions() as session:
        events = await list_events(session, STREAM, 0)
        assert [(event.number, event.name) for event in events] == [(1, "first"), (2, "second"), (3, "third")]
        assert await last_event_number(session, STREAM) == 3


async def test_a_savepoint_that_is_undone_takes_its_events_along(sessions: Sessions, clock: FixedClock) -> None:
    async with sessions.begin() as session:
        open_stream(session, STREAM)
        append_event(session, STREAM, "before", "1", now=clock.now())
        inner = await session.begin_nested()
        append_event(session, STREAM, "undone", "1", now=clock.now())
        await inner.rollback()
        async with session.begin_nested():
            append_event(session, STREAM, "kept", "1", now=clock.now())
        append_event(session, STREAM, "after", "1", now=clock.now())
    async with sessions() as session:
        names = [event.name for event in await list_events(session, STREAM, 0)]
    assert names == ["before", "kept", "after"]


async def test_a_transaction_that_is_undone_numbers_nothing(sessions: Sessions, clock: FixedClock) -> None:
    async with sessions.begin() as session:
        open_stream(session, STREAM)
    with contextlib.suppress(LookupError):
        async with sessions.begin() as session:
            append_event(session, STREAM, "undone", "1", now=clock.now())
            raise LookupError
    async with sessions.begin() as session:
        append_event(session, STREAM, "kept", "1", now=clock.now())
    async with sessions() as session:
        assert [(event.number, event.name) for event in await list_events(session, STREAM, 0)] == [(1, "kept")]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_who_is_not_through_yet_keeps_nobody_from_a_stream(sessions: Sessions, clock: FixedClock) -> None:
    """Whoever holds a stream and then waits for an agent's row would block who holds the row and wants the stream."""
    async with sessions.begin() as session:
        open_stream(session, STREAM)
    async with sessions.begin() as slow:
        append_event(slow, STREAM, "slow", "1", now=clock.now())
        await slow.flush()
        async with asyncio.timeout(5), sessions.begin() as quick:
            append_event(quick, STREAM, "quick", "1", now=clock.now())
    async with sessions() as session:
        assert [event.name for event in await list_events(session, STREAM, 0)] == ["quick", "slow"]
