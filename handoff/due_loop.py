"""Runs work when it falls due: at the time that the database names, or at once when a signal says that it changed."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from billing.clock import Clock
from handoff.failure_log import log_failure
from handoff.live import LiveEvents, Signal

log = logging.getLogger(__name__)

PAUSE_AFTER_ERROR: Final = 1.0
SHORTEST_PAUSE: Final = 0.01

Work = Callable[[], Awaitable[datetime | None]]
Step = Callable[[], Awaitable[object]]


class DueLoop:
    """One task. `work` does all that is due and returns when it wants to be called again, None for only on a signal.

    The work must be safe to repeat and to run in several processes at once: the rows decide. `longest_pause`, in
    seconds, bounds the sleep, because a signal of another process does not arrive here. However many signals come, work
    begins no sooner than `at_most_every` seconds after it began before.
    """

    def __init__(
        self,
        name: str,
        work: Work,
        live: LiveEvents,
        clock: Clock,
        *streams: str,
        longest_pause: float,
        at_most_every: float = 0.0,
    ) -> None:
        self._name = name
        self._work = work
        self._live = live
        self._clock = clock
        self._streams = streams
        self._longest_pause = longest_pause
        self._at_most_every = at_most_every
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        async with self._live.subscribe(*self._streams) as signals:
            while True:
                next_at = asyncio.get_running_loop().time() + self._at_most_every
                await _next_signal(signals, await self.turn())
                await asyncio.sleep(next_at - asyncio.get_running_loop().time())

    async def turn(self) -> float:
        """Work, and return how many seconds to sleep."""
        try:
            due = await self._work()
        except Exception as error:
            log_failure(log, error, "%s stumbled; it goes on", self._name)
            return PAUSE_AFTER_ERROR
        if due is None:
            return self._longest_pause
        return min(self._longest_pause, max(SHORTEST_PAUSE, (due - self._clock.now()).total_seconds()))


async def do_each(steps: Iterable[Step], now: datetime) -> datetime | None:
    """Do every step although another fails; return when to try again, None if all went well."""
    again: datetime | None = None
    for step in steps:
        try:
            await step()
        except Exception as error:
            log_failure(log, error, "a step stumbled; the others go on")
            again = now + timedelta(seconds=PAUSE_AFTER_ERROR)
    return again


async def _next_signal(signals: AsyncIterator[Signal], seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await anext(signals)
    except TimeoutError:
        return
