"""Judges the wait estimate on made-up call logs: learnt on the first half of the days, judged by the second.

python -m tests.bench.wait_estimate [LOG.csv ...]
"""

import sys
from pathlib import Path

from handoff.staffing.call_log import read_calls
from handoff.staffing.calls import Calls
from handoff.staffing.replay import RIVALS, Report, replay
from tests.factories.call_logs import World, calls_of, make_log
from tests.factories.rough_logs import RoughWorld, make_rough_log

WORLDS = {
    **{f"a bank's month, seed {seed}": World(seed=seed) for seed in range(1, 6)},
    "few calls, alike": World(load=0.6, cv=0.3, seed=6),
    "patient callers, overload": World(load=1.25, patience=900, days=20, seed=7),
    "eight times as large": World(load=8.6, people=8, days=6, seed=8),
    "eight times as large, calls alike": World(load=9, people=8, days=6, cv=0.2, patience=900, seed=9),
}
ROUGH_WORLDS = {
    **{f"a rough month, seed {seed}": RoughWorld(seed=seed) for seed in range(1, 4)},
    "two people in five leave at half-time": RoughWorld(occupancy=0.7, later=0.6, seed=4),
}
COLUMNS = ("estimate", *RIVALS)


def main(files: list[str]) -> None:
    """Print one line per log and population; exit with 1 when an aim is missed among those who waited."""
    logs = {name: read_calls(Path(name)).calls for name in files} or {
        **{name: calls_of(make_log(world)) for name, world in WORLDS.items()},
        **{name: calls_of(make_rough_log(world)) for name, world in ROUGH_WORLDS.items()},
    }
    missed = [name for name, calls in logs.items() if not _judge(name, calls)]
    print(f"{len(logs)} logs, missed: {missed or 'none'}")
    sys.exit(1 if missed else 0)


def _judge(name: str, calls: Calls) -> bool:
    result = replay(calls)
    print(f"\n{name}: {len(calls)} contacts, {result.taught_days} + {result.judged_days} days")
    for population, report in (("waited", result.waited), ("all answered", result.all_answered)):
        if report is not None:
            _print(population, report)
    return result.waited is not None and _holds(result.waited)


def _print(population: str, report: Report) -> None:
    print(f"  {population}: {report.contacts}, mean wait {report.mean_wait:.0f} s")
    for column in COLUMNS:
        found = report.accuracy[column]
        print(
            f"    {column:22} MAE {found.mean_error:6.1f} s  bias {found.bias:+6.1f} s  within 30 s or 25 % "
            f"{found.within:5.1%}  within 30 % {found.within_30_percent:5.1%}"
        )
    told = report.calibration
    print(
        f"    exceeded: upper end {told.upper_exceeded:.1%}, announced {told.announced_exceeded:.1%}; "
        f"not above the middle {told.below_median:.1%}; "
        + ", ".join(f"{code} {share:.0%}" for code, share in told.buckets.items())
    )
    both = report.with_those_who_gave_up
    print(
        f"    with {both.gave_up} who gave up: upper end {both.upper_seen_exceeded:.1%}, announced "
        f"{both.announced_seen_exceeded:.1%}; had all waited on, {both.upper_exceeded:.1%} and "
        f"{both.announced_exceeded:.1%}"
    )


def _holds(report: Report) -> bool:
    ours = report.accuracy["estimate"].mean_error
    beats_all = all(ours < report.accuracy[rival].mean_error for rival in RIVALS)
    told = report.calibration
    return beats_all and 0.10 <= told.upper_exceeded <= 0.15 and told.announced_exceeded <= 0.15


if __name__ == "__main__":
    main(sys.argv[1:])
