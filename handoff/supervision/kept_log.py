"""Today's log, kept for all boards of the process: only what is new is read."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.supervision.day import Day
from handoff.supervision.day_log import DayLog, told_since
from handoff.supervision.metrics import PromiseOf
from handoff.supervision.reading import AT_ONCE, count_gathered, day_rows, last_numbers, rows_after, rows_of

# A number is given before its transaction is over: so many of the last are looked for until they come.
_LOOKED_FOR: Final = 500


class KeptLog:
    """A day holds what it is made of: under two kilobytes for each contact, until the next day begins."""

    def __init__(self) -> None:
        self._log: DayLog | None = None
        self._last = 0
        self._missing: set[int] = set()
        self._turn = asyncio.Lock()

    async def read(self, session: AsyncSession, day: Day, promise_of: PromiseOf, now: datetime) -> DayLog:
        """The same as `read_day`; it goes on growing as others read."""
        async with self._turn:
            if self._log is None or self._log.day != day:
                self._log = await self._read_first(session, day, promise_of, now)
            else:
                await self._read_new(session, self._log)
            return self._log

    async def _read_first(self, session: AsyncSession, day: Day, promise_of: PromiseOf, now: datetime) -> DayLog:
        self._log, self._last, self._missing = None, 0, set()
        self._note(await last_numbers(session, _LOOKED_FOR))
        log = DayLog(day, promise_of)
        async for rows in day_rows(session, day, told_since(now)):
            log.gather(rows)
            self._note([row.number for row in rows])
        await count_gathered(log)
        return log

    async def _read_new(self, session: AsyncSession, log: DayLog) -> None:
        while rows := await rows_after(session, self._last, self._missing):
            strangers = log.strangers(rows)
            whole = await rows_of(session, strangers, rows[-1].number) if strangers else ()
            log.add(rows, whole)
            self._note([row.number for row in rows])
            if len(rows) < AT_ONCE:
                return

    def _note(self, numbers: Sequence[int]) -> None:
        """Remember the last number, and which before it have not come yet."""
        last = max(self._last, *numbers, 0)
        skipped = range(max(self._last, last - _LOOKED_FOR) + 1, last + 1)
        self._missing = {each for each in self._missing.union(skipped) if each > last - _LOOKED_FOR}
        self._missing.difference_update(numbers)
        self._last = last
