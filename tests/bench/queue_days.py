"""Simulated days under our routing and two others; tests/simulation says what is assumed.

Run as `python -m tests.bench.queue_days [--seeds 20] [--part rules|holding|staffed|calls|classes|callbacks]`.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from statistics import fmean

from rich.console import Console
from rich.table import Table

from tests.simulation.comparison import LONGEST_IDLE, OURS, POLLING, RULES, Row, Rule, compare, mean_of, seeds_no_worse
from tests.simulation.day import simulate
from tests.simulation.routers import Ours
from tests.simulation.scenarios import CALLS, CLASSES, STAFFED, answered_within, callback_gaps, longest_wait
from tests.simulation.telling import told_within
from tests.simulation.world import Day, Setup, make_day

console = Console(width=170)
COLUMNS = ("mean wait", "p95 wait", "gone", "in time", "of answered", "calls: mean", "p95", "gone", "80/20")
CHAT_COLUMNS = ("chats: mean", "p95", "gone", "80/60", "till done", "occupancy")


def show(title: str, rows: Mapping[str, Row]) -> None:
    table = Table("rule", *COLUMNS, *CHAT_COLUMNS, title=title)
    for name, row in rows.items():
        everybody, calls, chats = mean_of(row.everybody), mean_of(row.calls), mean_of(row.chats)
        cells = [f"{everybody.mean_wait:.1f}", f"{everybody.p95_wait:.0f}", f"{everybody.abandonment:.1%}"]
        cells += [f"{everybody.level:.1%}", f"{everybody.level_of_answered:.1%}"]
        for each in (calls, chats):
            cells += [f"{each.mean_wait:.1f}", f"{each.p95_wait:.0f}", f"{each.abandonment:.1%}", f"{each.level:.1%}"]
        table.add_row(name, *cells, f"{everybody.mean_total:.0f}", f"{row.occupancy:.1%}")
    console.print(table)


def rules(seeds: int) -> None:
    for unfamiliar in (0.1, 0.0):
        rows = compare(Setup(unfamiliar=unfamiliar), RULES, seeds)
        show(f"{seeds} days, load 85 %; who does not know the topic takes {unfamiliar:.0%} longer", rows)
        for rival in (LONGEST_IDLE, POLLING):
            mean = seeds_no_worse(rows[OURS], rows[rival], lambda each: each.mean_wait)
            p95 = seeds_no_worse(rows[OURS], rows[rival], lambda each: each.p95_wait)
            shorter = 1 - rows[OURS].mean_wait() / rows[rival].mean_wait()
            console.print(f"no worse than {rival}: mean in {mean}, p95 in {p95} of {seeds}; {shorter:.0%} shorter")


def holding(seeds: int) -> None:
    """Whether a customer should be held back for an agent who knows the topic."""
    variants: Mapping[str, Rule] = {
        f"held {after[0]}/{after[1]} s": lambda day, after=after: simulate(day, Ours(after))  # type: ignore[misc]  # the default binds it
        for after in ((0, 0), (5, 10), (15, 30))
    }
    for unfamiliar in (0.1, 0.25, 0.5):
        rows = compare(Setup(unfamiliar=unfamiliar), variants, seeds)
        show(f"who does not know the topic takes {unfamiliar:.0%} longer", rows)


def staffed(seeds: int) -> None:
    show("a day with enough people", compare(STAFFED, RULES, seeds))


def calls(seeds: int) -> None:
    """60 calls an hour of 6 minutes, 9 agents."""
    shares = [answered_within(simulate(make_day(CALLS, seed), Ours()), 180) for seed in range(seeds)]
    console.print(
        f"60 calls/h, 6 min, 9 agents: {fmean(shares):.1%} answered within 3 min, worst day {min(shares):.1%}"
    )
    told = [told_within(CALLS, seed, 0.3) for seed in range(seeds)]
    everybody, waited = (fmean(each[which] for each in told) for which in (0, 1))
    console.print(f"told their wait within 30 %: {everybody:.1%} of everybody, {waited:.1%} of those who waited")


def classes(seeds: int) -> None:
    """Classes 1, 3 and 5 at 85 % load, and nobody gives up."""
    days = [make_day(CLASSES, seed) for seed in range(seeds)]
    for name, day_list in (("three classes", days), ("one class", [_one_class(seed) for seed in range(seeds)])):
        results = [simulate(day, Ours()) for day in day_list]
        console.print(f"longest wait, {name}: {max(longest_wait(result) for result in results):.0f} s")
    unaged = [longest_wait(simulate(day, Ours(ageing_seconds=10**6))) for day in days]
    console.print(f"longest wait, three classes without ageing: {max(unaged):.0f} s")


def _one_class(seed: int) -> Day:
    return make_day(replace(CLASSES, priorities=tuple((3, share) for _, share in CLASSES.priorities)), seed)


def callbacks(seeds: int) -> None:
    gaps = [gap for seed in range(seeds) for gap in callback_gaps(seed)]
    console.print(
        f"callback against the live contact of the same age: mean {fmean(gaps):+.1f} s over {len(gaps)} pairs"
    )


PARTS: Mapping[str, Callable[[int], None]] = {
    each.__name__: each for each in (rules, holding, staffed, calls, classes, callbacks)
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--part", choices=PARTS)
    arguments = parser.parse_args()
    for name, part in PARTS.items():
        if arguments.part in (None, name):
            part(arguments.seeds)


if __name__ == "__main__":
    main()
