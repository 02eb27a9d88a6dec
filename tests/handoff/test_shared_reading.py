"""Many who want the same share one reading, and get nothing that was read before they asked."""

import asyncio

from handoff.shared_reading import Shared


class Source:
    def __init__(self) -> None:
        self.readings = 0
        self.at_once = 0
        self.worst = 0

    async def read(self) -> int:
        self.readings += 1
        number = self.readings
        self.at_once += 1
        self.worst = max(self.worst, self.at_once)
        await asyncio.sleep(0.01)
        self.at_once -= 1
        return number


async def test_who_asks_together_shares_one_reading():
    source = Source()
    shared = Shared(source.read, at_most_every=0.02)

    assert await asyncio.gather(*(shared.get() for _ in range(50))) == [1] * 50


async def test_who_asks_while_it_is_read_gets_the_next_reading():
    source = Source()
    shared = Shared(source.read, at_most_every=0.0)
    early = asyncio.create_task(shared.get())
    while not source.at_once:
        await asyncio.sleep(0)

    assert await asyncio.gather(shared.get(), shared.get()) == [2, 2]
    assert (await early, source.worst) == (1, 1)


async def test_who_leaves_takes_the_reading_from_nobody():
    source = Source()
    shared = Shared(source.read, at_most_every=0.0)
    leaving, staying = asyncio.create_task(shared.get()), asyncio.create_task(shared.get())
    await asyncio.sleep(0)
    leaving.cancel()

    assert await staying == 1


async def test_a_reading_that_fails_fails_nobody_who_asked():
    answers = iter([ZeroDivisionError(), 7])

    async def read() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    shared = Shared(read, at_most_every=0.0, pause_after_error=0.0)

    assert await asyncio.gather(shared.get(), shared.get()) == [7, 7]
