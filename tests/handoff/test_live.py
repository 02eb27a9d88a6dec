"""Signals to the sockets of one process."""

import asyncio

import pytest

from handoff.live import LiveEvents, Signal


async def test_signals_reach_the_streams_subscribers_and_nobody_else():
    live = LiveEvents()
    async with live.subscribe("one", "both") as first, live.subscribe("two", "both") as second:
        live.notify("one")
        live.notify("both", Signal("queue"))

        assert [(await anext(first)).kind, (await anext(first)).kind] == ["events", "queue"]
        assert (await anext(second)).kind == "queue"


async def test_a_slow_subscriber_is_told_once_of_many_changes():
    live = LiveEvents()
    async with live.subscribe("one") as signals:
        for _ in range(1000):
            live.notify("one")
        await anext(signals)

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(signals), 0.01)
        live.notify("one")
        assert (await anext(signals)).kind == "events"
