"""How many files may be on their way at once: each is held in memory until it is known to be one that we take."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Hashable
from contextlib import asynccontextmanager
from typing import Final

from handoff.console.errors import FileTooSlow
from handoff.console.file_store import read_limited
from handoff.errors import TooManyRequests

AT_ONCE: Final = 16
AT_ONCE_OF_CONVERSATION: Final = 2
AT_ONCE_OF_ADDRESS: Final = 8
LONGEST_SECONDS: Final = 120.0
_SOON: Final = 5


class Uploads:
    """Files on their way to this process."""

    def __init__(self, seconds: float = LONGEST_SECONDS) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)
        self._under_way: Counter[Hashable] = Counter()
        self._seconds = seconds

    @asynccontextmanager
    async def place(self, conversation: Hashable, address: str | None) -> AsyncIterator[None]:
        """Wait for a place; whoever has several already is sent away, so that nobody has them all."""
        if self._under_way[conversation] >= AT_ONCE_OF_CONVERSATION:
            raise TooManyRequests(_SOON)
        if address is not None and self._under_way[address] >= AT_ONCE_OF_ADDRESS:
            raise TooManyRequests(_SOON)
        whose = [conversation] if address is None else [conversation, address]
        self._under_way.update(whose)
        try:
            async with self._places:
                yield
        finally:
            self._under_way.subtract(whose)
            self._under_way += Counter()  # Forgets those of whom nothing is left.

    async def read(self, chunks: AsyncIterable[bytes]) -> bytes:
        """Return the whole file, or raise when it is too big or takes too long."""
        try:
            async with asyncio.timeout(self._seconds):
                return await read_limited(chunks)
        except TimeoutError:
            raise FileTooSlow from None
