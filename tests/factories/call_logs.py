"""Made-up call logs with the shapes of a real call centre: a day's curve, long calls, impatience, breaks."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from handoff.staffing.call_log import read_calls
from handoff.staffing.calls import Calls
from handoff.staffing.line_simulation import Demand, Staffing, simulate

# Calls per hour from 7 to midnight on a working day.
HOURLY = (39, 93, 106, 121, 109, 91, 102, 114, 111, 114, 84, 77, 65, 58, 60, 51, 39)
# People who answer in these hours: tight in the morning, so that most callers wait for a while.
PEOPLE = (3, 5, 6, 6, 6, 5, 5, 6, 6, 6, 5, 4, 4, 3, 3, 3, 3)
# Kind of call, its share and its mean length in seconds.
KINDS = (
    ("service", 0.62, 180.0),
    ("new", 0.14, 110.0),
    ("shares", 0.12, 270.0),
    ("internet", 0.05, 340.0),
    ("transfer", 0.07, 116.0),
)
HEADER = ("queue", "priority", "arrived_at", "answered_at", "abandoned_at", "ended_at", "agent")
URGENT_SHARE = 0.3
HEAD_START = 90.0
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)

Row = tuple[str, ...]


@dataclass(frozen=True)
class World:
    """`load` scales the calls, `people` who answers; `cv` is the variation of lengths, `patience` a mean in seconds."""

    days: int = 30
    load: float = 1.0
    people: float = 1.0
    cv: float = 1.2
    patience: float = 345.0
    seed: int = 1


def make_log(world: World) -> list[Row]:
    """Return the rows of a log. One caller in three has a head start of 90 seconds, which no column tells."""
    rng = np.random.default_rng(world.seed)
    rows: list[Row] = []
    for day in range(world.days):
        rows += _day(world, MONDAY + timedelta(days=day), rng)
    return rows


def write_log(path: Path, rows: list[Row]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(rows)
    return path


def _day(world: World, day: datetime, rng: np.random.Generator) -> list[Row]:
    is_weekend = day.weekday() >= 5
    busyness = rng.gamma(80, 1 / 80) * (0.25 if is_weekend else 1.0) * world.load
    arrived = np.sort(
        np.concatenate([_hour(hour, count * busyness, rng) for hour, count in enumerate(HOURLY, start=7)])
    )
    kind = rng.choice(len(KINDS), len(arrived), p=[share for _, share, _ in KINDS])
    spread = np.sqrt(np.log(1 + world.cv**2))
    handle = np.array([KINDS[one][2] for one in kind]) * rng.lognormal(-(spread**2) / 2, spread, len(arrived))
    urgent = rng.random(len(arrived)) < URGENT_SHARE
    patience = rng.exponential(world.patience, len(arrived))
    # The head start: an urgent call counts as one that came earlier.
    demand = Demand(arrived, np.where(urgent, 1, 2), np.maximum(5.0, handle), patience)
    outcome = simulate(
        demand,
        _people(world.people * (0.35 if is_weekend else 1.0), rng),
        lambda priority, came, now: (0.0, came - HEAD_START * (priority == 1)),
    )
    names = max(20, round(20 * world.people))
    shift = rng.permutation(names)
    return [
        _row(
            day,
            KINDS[kind[one]][0],
            demand,
            one,
            outcome.wait[one],
            int(shift[outcome.person[one] % names]) if outcome.person[one] >= 0 else None,
        )
        for one in range(len(arrived))
    ]


def _hour(hour: int, calls: float, rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(hour * 3600.0, hour * 3600.0 + 3600.0, rng.poisson(calls * rng.gamma(25, 1 / 25)))


def _people(scale: float, rng: np.random.Generator) -> Staffing:
    """People come and go by the quarter of an hour: breaks that no roster tells."""
    since, people = [], []
    for hour, planned in enumerate(PEOPLE, start=7):
        for quarter in range(4):
            since.append(hour * 3600.0 + quarter * 900.0)
            present = max(1, round(planned * scale))
            people.append(max(1, present + round(int(rng.choice([-1, 0, 0, 1])) * max(1.0, scale))))
    return Staffing(np.array(since), np.array(people))


def _row(day: datetime, kind: str, demand: Demand, one: int, wait: float, agent: int | None) -> Row:
    def at(seconds: float) -> str:
        return (day + timedelta(seconds=round(seconds))).strftime("%Y-%m-%dT%H:%M:%S")

    arrived = round(demand.arrived[one])
    left = round(demand.arrived[one] + wait)
    priority = str(int(demand.priority[one]))
    if agent is None:
        return kind, priority, at(arrived), "", at(left), "", ""
    return kind, priority, at(arrived), at(left), "", at(left + demand.handle[one]), f"agent {agent + 1}"


def calls_of(rows: list[Row]) -> Calls:
    """Return the rows as the commands read them."""
    with TemporaryDirectory() as folder:
        return read_calls(write_log(Path(folder) / "calls.csv", rows)).calls
