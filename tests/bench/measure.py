"""What a dialogue turn costs: fresh, deep in a conversation, and under load. Knows nothing of who answers."""

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

WARM_UP_TURNS = 10
BLOCK = 50
# As many for each number of conversations: half of what is left for two numbers.
TURNS_UNDER_LOAD = 224


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
    at_once: Sequence[int]
    with_training: bool = True


def measure(new_conversation: Callable[[], Speaker], texts: Sequence[str], plan: Plan) -> dict[str, Any]:
    """Return figures as JSON; conversations are prepared outside the time that is measured.

    No process hears a text twice: one that was heard before is understood for nothing. Growth compares the last
    turns of the long conversation with the same texts at the beginning of another, as texts differ in what they cost.
    """
    fresh_texts, deep_texts = texts[: plan.fresh], texts[plan.fresh : plan.fresh + plan.depth]
    left = texts[plan.fresh + plan.depth :]
    _timed(new_conversation, left[:WARM_UP_TURNS])
    fresh = _timed(new_conversation, fresh_texts)
    deep = _talk(new_conversation(), deep_texts)
    # Where there are several processes this is another one, which has not heard these texts either.
    begun = _talk(new_conversation(), deep_texts[-BLOCK:])
    # The last texts, so that they are the same however deep the talk was.
    load = _under_loads(new_conversation, texts[-TURNS_UNDER_LOAD * len(plan.at_once) :], plan.at_once)
    blocks = [deep.milliseconds[start : start + BLOCK] for start in range(0, len(deep.milliseconds), BLOCK)]
    medians = [round(statistics.median(block), 1) for block in blocks]
    return {
        "fresh": summary(fresh),
        "median_ms_by_depth": medians,
        "growth": round(medians[-1] / statistics.median(begun.milliseconds), 2),
        "load": load,
        "failed": fresh.failed + deep.failed + begun.failed + sum(each["failed"] for each in load.values()),
        "silent": fresh.silent + deep.silent + begun.silent + sum(each["silent"] for each in load.values()),
    }


def summary(timings: Timings) -> dict[str, float]:
    ordered = sorted(timings.milliseconds)
    return {
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
    }


def _timed(new_conversation: Callable[[], Speaker], texts: Sequence[str]) -> Timings:
    """Time the first turn of as many conversations."""
    timings = Timings()
    for text in texts:
        timings.take(new_conversation(), text)
    return timings


def _talk(speaker: Speaker, texts: Sequence[str]) -> Timings:
    timings = Timings()
    for text in texts:
        timings.take(speaker, text)
    return timings


def _under_loads(
    new_conversation: Callable[[], Speaker], texts: Sequence[str], at_once: Sequence[int]
) -> dict[str, dict[str, Any]]:
    """Load with each number of conversations, one number after another, each with texts of its own."""
    shares = [texts[start * TURNS_UNDER_LOAD : (start + 1) * TURNS_UNDER_LOAD] for start in range(len(at_once))]
    return {
        str(number): _under_load(new_conversation, share, number) for number, share in zip(at_once, shares, strict=True)
    }


def _under_load(new_conversation: Callable[[], Speaker], texts: Sequence[str], conversations: int) -> dict[str, Any]:
    """Let as many talk at once; each has texts of its own, and goes on as soon as it is answered."""
    results: list[Timings] = []
    speakers = [new_conversation() for _ in range(conversations)]
    shares = [texts[place::conversations] for place in range(conversations)]
    threads = [
        threading.Thread(target=lambda pair=pair: results.append(_talk(*pair)))
        for pair in zip(speakers, shares, strict=True)
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
