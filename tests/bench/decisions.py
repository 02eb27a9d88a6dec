"""What a routing decision costs with 500 agents and 5,000 contacts in line.

Run as `python -m tests.bench.decisions [decisions]`. A decision follows every event, so most find one agent with room.
"""

import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from handoff.conversations.models import Channel
from handoff.routing.policy import PERSON, SPARE_FOR_CALLS, Server, Waiting, choose

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LANGUAGES = ("de", "en", "fi")
TOPICS = ("bills", "payments", "contracts", "general")


def make_line(random: Random, length: int) -> list[Waiting]:
    """Contacts of every channel, language, topic and class, the oldest first."""
    waits = sorted((random.uniform(0, 1800) for _ in range(length)), reverse=True)
    return [_contact(random, number, wait) for number, wait in enumerate(waits)]


def _contact(random: Random, number: int, wait: float) -> Waiting:
    topic = random.choice(TOPICS)
    return Waiting(
        entry_id=UUID(int=number),
        queue=topic,
        language=random.choice(LANGUAGES),
        channel=random.choice(list(Channel)),
        priority=random.choice((2, 3, 3, 3, 4)),
        requested_at=NOW - timedelta(seconds=wait),
        required=frozenset(),
        preferred=frozenset({f"topic:{topic}"}),
        relax_after=(0, 0),
        ageing_seconds=300,
    )


def make_busy_crew(random: Random, size: int) -> list[Server]:
    return [_agent(random, number) for number in range(size)]


def _agent(random: Random, number: int) -> Server:
    spoken = random.sample(LANGUAGES, random.choice((1, 1, 1, 2)))
    known = random.sample(TOPICS, random.choice((2, 3)))
    skills = frozenset([f"language:{each}" for each in spoken] + [f"topic:{each}" for each in known])
    return Server(UUID(int=number), skills, PERSON, 3, NOW - timedelta(seconds=random.uniform(0, 600)))


def time_decisions(line: Sequence[Waiting], crew: Sequence[Server], free: int, decisions: int) -> list[float]:
    """Return milliseconds of the processor for decisions, each with as many other agents who have become free."""
    random = Random(1)
    taken = []
    for _ in range(decisions):
        lucky = set(random.sample(range(len(crew)), free))
        servers = [replace(server, load=0) if place in lucky else server for place, server in enumerate(crew)]
        started = time.thread_time()
        pairs = choose(line, servers, NOW, spare_for_calls=SPARE_FOR_CALLS)
        taken.append((time.thread_time() - started) * 1000)
        assert len(pairs) == free
    return taken


def main() -> None:
    random = Random(0)
    line, crew = make_line(random, 5_000), make_busy_crew(random, 500)
    decisions = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    for free in (0, 1, 10, 500):
        taken = time_decisions(line, crew, free, decisions if free < 500 else 20)
        cuts = statistics.quantiles(taken, n=100)
        print(f"{free:3d} free: p50 {cuts[49]:.2f} ms, p99 {cuts[98]:.2f} ms")


if __name__ == "__main__":
    main()
