"""Writers of one process take turns on SQLite: in order, whatever becomes of one of them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from handoff.db import Sessions, make_async_engine, make_sessions, reading
from handoff.live import LiveEvents
from handoff.sqlite_turns import Turns


@pytest.fixture
async def sessions(tmp_path) -> AsyncIterator[Sessions]:
    engine = make_async_engine(f"sqlite:///{tmp_path}/turns.db")
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE word (id INTEGER PRIMARY KEY, said INTEGER)"))
    yield make_sessions(engine, LiveEvents())
    await engine.dispose()


async def write(sessions: Sessions, number: int) -> None:
    async with sessions.begin() as session:
        await session.execute(text("INSERT INTO word (said) VALUES (:number)"), {"number": number})
        await asyncio.sleep(0.002)


async def said(sessions: Sessions) -> list[int]:
    async with reading(sessions) as session:
        return list(await session.scalars(text("SELECT said FROM word ORDER BY id")))


async def test_writers_come_in_the_order_in_which_they_asked(sessions: Sessions):
    # Connecting takes a while each time; the pool keeps this many.
    await asyncio.gather(*(said(sessions) for _ in range(5)))

    await asyncio.gather(*(write(sessions, number) for number in range(5)))

    assert await said(sessions) == list(range(5))


async def test_who_reads_waits_for_no_writer(sessions: Sessions):
    async with sessions.begin() as session:
        await session.execute(text("INSERT INTO word (said) VALUES (1)"))

        assert await said(sessions) == []


async def test_a_writer_that_fails_or_is_cancelled_holds_nobody_up(sessions: Sessions):
    async def fail() -> None:
        async with sessions.begin() as session:
            await session.execute(text("SELECT 1"))
            raise ZeroDivisionError

    async with sessions.begin() as session:
        await session.execute(text("SELECT 1"))
        cancelled = asyncio.create_task(write(sessions, 1))
        failing = asyncio.create_task(fail())
        last = asyncio.create_task(write(sessions, 2))
        await asyncio.sleep(0.01)
        cancelled.cancel()
    with pytest.raises(ZeroDivisionError):
        await failing
    await last

    assert await said(sessions) == [2]


async def test_a_turn_that_is_never_given_back_is_taken():
    turns = Turns(patience_seconds=0.01)
    lost = await turns.take()

    found = await turns.take()
    turns.give(lost)
    waiting = asyncio.create_task(turns.take())
    await asyncio.sleep(0)
    turns.give(found)

    assert await waiting is not None


async def test_who_is_cancelled_when_it_is_their_turn_passes_it_on():
    turns = Turns(patience_seconds=10)
    first = await turns.take()
    second, third = asyncio.create_task(turns.take()), asyncio.create_task(turns.take())
    await asyncio.sleep(0)
    turns.give(first)
    second.cancel()

    assert await third is not None
