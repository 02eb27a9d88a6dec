"""What a dialogue turn costs: fresh, deep in a conversation, and under load. Knows nothing of who answers."""

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

WARM_UP_TURNS = 10
BLOCK = 50
TURNS_UNDER_LOAD = 12


class Speaker(Protocol):
    """One conversation with an assistant, over a connection that stays open."""

    def say(self, text: str) -> int:
        """Return how many replies came; raise if the turn failed."""
        ...


@dataclass
class Timings:
    """Milliseconds of turns that were answered, and how many were not."""

    milliseconds: list[float] = field(default_factory=list)
    failed: int = 0
    silent: int = 0

    def take(self, speaker: Speaker, text: str) -> None:
        started = time.perf_counter()
        try:
            self.silent += speaker.say(text) == 0
        except OSError:
            self.failed += 1
            return
        self.milliseconds.append((time.perf_counter() - started) * 1000)


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    fresh: int
    depth: int
    conversations_at_once: Sequence[int]


def measure(new_conversation: Callable[[], Speaker], texts: Sequence[str], plan: Plan) -> dict[str, Any]:
    """Return figures as JSON; conversations are prepared outside the time that is measured."""
    _timed(new_conversation, texts, WARM_UP_TURNS)
    fresh = _timed(new_conversation, texts, plan.fresh)
    deep = _talk(new_conversation(), texts, plan.depth)
    load = {str(number): _under_load(new_conversation, texts, number) for number in plan.conversations_at_once}
    blocks = [deep.milliseconds[start : start + BLOCK] for start in range(0, len(deep.milliseconds), BLOCK)]
    medians = [round(statistics.median(block), 1) for block in blocks]
    return {
        "fresh": summary(fresh),
        "median_ms_by_depth": medians,
        "growth": round(medians[-1] / medians[0], 2),
        "load": load,
        "failed": fresh.failed + deep.failed + sum(each["failed"] for each in load.values()),
        "silent": fresh.silent + deep.silent + sum(each["silent"] for each in load.values()),
    }


def summary(timings: Timings) -> dict[str, float]:
    ordered = sorted(timings.milliseconds)
    return {
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
    }


def _timed(new_conversation: Callable[[], Speaker], texts: Sequence[str], turns: int) -> Timings:
    """Time the first turn of as many conversations."""
    timings = Timings()
    for number in range(turns):
        timings.take(new_conversation(), texts[number % len(texts)])
    return timings


def _talk(speaker: Speaker, texts: Sequence[str], turns: int) -> Timings:
    timings = Timings()
    for number in range(turns):
        timings.take(speaker, texts[number % len(texts)])
    return timings


def _under_load(new_conversation: Callable[[], Speaker], texts: Sequence[str], conversations: int) -> dict[str, Any]:
    results: list[Timings] = []
    speakers = [new_conversation() for _ in range(conversations)]
    threads = [
        threading.Thread(target=lambda speaker=speaker: results.append(_talk(speaker, texts, TURNS_UNDER_LOAD)))
        for speaker in speakers
    ]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    everything = Timings([each for result in results for each in result.milliseconds])
    return {
        "turns_per_second": round(len(everything.milliseconds) / seconds, 1),
        **summary(everything),
        "failed": sum(result.failed for result in results),
        "silent": sum(result.silent for result in results),
    }
