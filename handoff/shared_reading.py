"""What many want at once is read once for all of them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from handoff.failure_log import log_failure

log = logging.getLogger(__name__)

T = TypeVar("T")


class Shared(Generic[T]):
    """Reads at most every so many seconds, one reading at a time; whoever asks gets what was read after they asked.

    A reading that fails is tried again until it succeeds: it would fail all who ask at the same moment.
    """

    def __init__(self, read: Callable[[], Awaitable[T]], at_most_every: float, pause_after_error: float = 1.0) -> None:
        self._read = read
        self._pause_after_error = pause_after_error
        self._at_most_every = at_most_every
        self._next_at = 0.0
        self._reading = asyncio.Lock()
        self._coming: asyncio.Future[T] | None = None

    async def get(self) -> T:
        if self._coming is None:
            self._coming = asyncio.ensure_future(self._read_soon())
        return await asyncio.shield(self._coming)

    async def _read_soon(self) -> T:
        clock = asyncio.get_running_loop()
        async with self._reading:
            await asyncio.sleep(self._next_at - clock.time())
            self._coming = None  # who asks from now on wants something newer
            self._next_at = clock.time() + self._at_most_every
            while True:
                try:
                    return await self._read()
                except Exception as error:
                    log_failure(log, error, "what many look at could not be read; it is tried again")
                    await asyncio.sleep(self._pause_after_error)
