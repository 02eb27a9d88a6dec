"""Answers come whole, however long they are, and each statement lets others go on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from handoff.db import make_async_engine
from handoff.sqlite_trips import PIECE

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :last) SELECT i FROM n"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = make_async_engine(f"sqlite:///{tmp_path}/saldo.db")
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE bill (number INTEGER PRIMARY KEY, amount INTEGER NOT NULL)"))
    yield engine
    await engine.dispose()


@pytest.mark.parametrize("last", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
async def test_an_answer_has_all_its_rows(engine: AsyncEngine, last: int) -> None:
    async with engine.connect() as connection:
        # The recursion gives its first number before it looks at the last.
        rows = (await connection.execute(text(NUMBERS), {"last": last})).scalars().all()

    assert rows == list(range(1, max(last, 1) + 1))


async def test_a_long_answer_can_be_read_in_pieces_and_left(engine: AsyncEngine) -> None:
    seen = []
    async with engine.connect() as connection:
        async with connection.stream(text(NUMBERS), {"last": 5 * PIECE}) as rows:
            async for row in rows:
                seen.append(row.i)
        async with connection.stream(text(NUMBERS), {"last": 5 * PIECE}) as rows:
            await rows.fetchmany(PIECE + 1)
        left = (await connection.execute(text("SELECT 1"))).scalar_one()

    assert seen == list(range(1, 5 * PIECE + 1))
    assert left == 1


async def test_what_is_written_counts_its_rows_and_returns_them(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("INSERT INTO bill VALUES (:number, 10)"), [{"number": n} for n in range(5)])
        changed = await connection.execute(text("UPDATE bill SET amount = 20 WHERE number > 1"))
        returned = await connection.execute(text("UPDATE bill SET amount = amount + 1 RETURNING amount"))

    assert changed.rowcount == 3
    assert sorted(returned.scalars()) == [11, 11, 21, 21, 21]


async def test_a_refused_statement_leaves_the_connection_of_use(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        with pytest.raises(IntegrityError):
            await connection.execute(text("INSERT INTO bill VALUES (1, NULL)"))
        await connection.execute(text("INSERT INTO bill VALUES (1, 10)"))

    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM bill"))).scalar_one() == 1


async def test_others_go_on_while_a_statement_runs(engine: AsyncEngine) -> None:
    others = 0

    async def count() -> None:
        nonlocal others
        while True:
            others += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    async with engine.connect() as connection:
        await connection.execute(text(NUMBERS), {"last": 100_000})
    counting.cancel()

    assert others > 1
