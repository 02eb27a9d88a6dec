"""Made-up logs of a rougher call centre: people who can do only some work, breaks, bursts, outages, bad exports."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from math import exp, log, sqrt

from tests.factories.call_logs import HEADER, HOURLY, MONDAY, Row

# Queue, share, mean length in seconds, and the share of the people who can serve it.
KINDS = (
    ("PS", 0.67, 181, 1.0),
    ("NE", 0.08, 269, 0.4),
    ("NW", 0.10, 115, 1.0),
    ("IN", 0.05, 382, 0.5),
    ("TT", 0.10, 113, 1.0),
)
WORK = sum(share * mean for _, share, mean, _ in KINDS)
FIRST_HOUR = 7
STAFF = 40
HANG_UPS, URGENT, BURSTS, BREAKS = 0.06, 0.3, 0.05, 0.8
HEAD_START = 90.0
_END, _COMES, _GOES, _STOPS, _GOES_ON, _LEAVES, _ARRIVES = range(7)


@dataclass(frozen=True)
class RoughWorld:
    """Fridays end at 13 h, Saturdays are closed. `later` scales the people of the second half of the days."""

    days: int = 35
    occupancy: float = 0.86
    patience: float = 345.0
    cv: float = 1.2
    later: float = 1.0
    outages: float = 0.6
    seed: int = 1


@dataclass
class _Contact:
    kind: int
    is_urgent: bool
    arrived: float
    length: float
    patience: float
    answered: float | None = None
    agent: int | None = None


def make_rough_log(world: RoughWorld) -> list[Row]:
    """Return rows in which priority 2 is the urgent one, 90 s ahead of 0 and 1, which are alike."""
    chance = random.Random(world.seed)
    rows: list[Row] = []
    for number in range(world.days):
        day = MONDAY + timedelta(days=number)
        if day.weekday() != 5:
            scale = world.later if number >= world.days / 2 else 1.0
            rows += [_row(day, contact, chance) for contact in _Day(world, day, scale, chance).run()]
    return rows


def spoiled(rows: list[Row], seed: int = 1) -> Iterator[str]:
    """Yield the lines of a file as a bad export writes it; about one row in twenty is wrong in some way."""
    chance = random.Random(seed)
    rows = chance.sample(rows, len(rows))
    yield ";".join(f'"{name.upper()}"' for name in HEADER)
    for row in rows:
        cells = dict(zip(HEADER, row, strict=True))
        if not cells["agent"]:
            cells |= {"agent": "NO_SERVER", "ended_at": cells["abandoned_at"]}
        _spoil(cells, chance)
        yield ";".join(f'"{cell}"' for cell in cells.values())


def _spoil(cells: dict[str, str], chance: random.Random) -> None:
    fault = chance.random()
    if fault < 0.01:
        cells["ended_at"] = ""
    elif fault < 0.02 and cells["answered_at"]:
        cells["ended_at"] = cells["arrived_at"].replace("T", " ").replace("2026", "2025")
    elif fault < 0.03:
        cells["agent"] = ""
    elif fault < 0.04:
        cells["priority"] = "NULL"
    elif fault < 0.05:
        cells |= {"answered_at": "", "abandoned_at": "", "ended_at": ""}


def _row(day: datetime, contact: _Contact, chance: random.Random) -> Row:
    def at(seconds: float) -> str:
        return (day + timedelta(seconds=int(seconds))).strftime("%Y-%m-%dT%H:%M:%S")

    who = KINDS[contact.kind][0], "2" if contact.is_urgent else chance.choice("01"), at(contact.arrived)
    if contact.answered is None:
        return *who, "", at(contact.arrived + contact.patience), "", ""
    return *who, at(contact.answered), "", at(contact.answered + contact.length), f"agent {contact.agent}"


@dataclass
class _Day:
    world: RoughWorld
    day: datetime
    scale: float
    chance: random.Random
    line: list[_Contact] = field(default_factory=list)
    present: set[int] = field(default_factory=set)
    talking: set[int] = field(default_factory=set)
    idle_since: dict[int, float] = field(default_factory=dict)
    is_stopped: bool = False

    def run(self) -> list[_Contact]:
        hours = HOURLY[: 6 if self.day.weekday() == 4 else len(HOURLY)]
        busyness = self.chance.gammavariate(100, 0.01)
        contacts = [self._contact(arrived) for arrived in self._arrivals(hours, busyness)]
        happenings: list[tuple[float, int, int]] = [(one.arrived, _ARRIVES, at) for at, one in enumerate(contacts)]
        happenings += self._shifts(hours, busyness)
        heapify(happenings)
        while happenings:
            now, what, whom = heappop(happenings)
            if what == _ARRIVES:
                self.line.append(contacts[whom])
                heappush(happenings, (now + contacts[whom].patience, _LEAVES, whom))
            elif what == _LEAVES:
                self.line = [one for one in self.line if one is not contacts[whom]]
            else:
                self._change(what, whom, now)
            for contact in self._serve(now):
                heappush(happenings, (now + contact.length, _END, contact.agent or 0))
        return contacts

    def _arrivals(self, hours: tuple[int, ...], busyness: float) -> list[float]:
        """An announcement that ends lets several through at once."""
        found = []
        for hour, count in enumerate(hours, start=FIRST_HOUR):
            rate = count * busyness * self.chance.gammavariate(70, 1 / 70) / 3600 / (1 + 2 * BURSTS)
            moment = hour * 3600 + self.chance.expovariate(rate)
            while moment < hour * 3600 + 3600:
                more = self.chance.choice((1, 2, 3)) if self.chance.random() < BURSTS else 0
                found += [moment, *(moment + self.chance.expovariate(1 / 15) for _ in range(more))]
                moment += self.chance.expovariate(rate)
        return sorted(found)

    def _contact(self, arrived: float) -> _Contact:
        kind = self.chance.choices(range(len(KINDS)), [share for _, share, _, _ in KINDS])[0]
        spread = sqrt(log(1 + self.world.cv**2))
        length = KINDS[kind][2] * exp(self.chance.gauss(-(spread**2) / 2, spread))
        if self.chance.random() < HANG_UPS:
            length = self.chance.uniform(1, 10)
        patience = 1 + self.chance.expovariate(1 / self.world.patience)
        return _Contact(kind, self.chance.random() < URGENT, arrived, max(1.0, length), patience)

    def _shifts(self, hours: tuple[int, ...], busyness: float) -> Iterator[tuple[float, int, int]]:
        """The roster follows the load of the day only in part; most people take a break."""
        bench, at_work = self.chance.sample(range(STAFF), STAFF), list[int]()
        for hour, count in enumerate((*hours, 0), start=FIRST_HOUR):
            start = hour * 3600.0
            wanted = max(2, round(count * WORK / 3600 / self.world.occupancy * busyness**0.8 * self.scale))
            while count and len(at_work) < wanted:
                at_work.append(bench.pop())
                yield start + self.chance.uniform(-300, 300), _COMES, at_work[-1]
                if self.chance.random() < BREAKS:
                    pause = start + self.chance.uniform(3600, 9000)
                    yield pause, _GOES, at_work[-1]
                    yield pause + self.chance.uniform(600, 1800), _COMES, at_work[-1]
            while at_work and (not count or len(at_work) > wanted):
                yield start + self.chance.uniform(0, 1200), _GOES, at_work.pop(0)
        if self.chance.random() < self.world.outages:
            down = FIRST_HOUR * 3600 + self.chance.uniform(0, 3600 * len(hours))
            yield down, _STOPS, 0
            yield down + self.chance.uniform(120, 600), _GOES_ON, 0

    def _change(self, what: int, whom: int, now: float) -> None:
        if what == _COMES:
            self.present.add(whom)
        elif what == _GOES:
            self.present.discard(whom)
        elif what == _END:
            self.talking.discard(whom)
            self.idle_since[whom] = now
        else:
            self.is_stopped = what == _STOPS

    def _serve(self, now: float) -> Iterator[_Contact]:
        """Who has been idle for longest takes whoever of those they can serve came first, head start included."""
        if self.is_stopped:
            return
        for agent in sorted(self.present - self.talking, key=lambda one: self.idle_since.get(one, 0.0)):
            able = [one for one in self.line if (agent * 0.6180339887) % 1 < KINDS[one.kind][3]]
            if able:
                first = min(able, key=lambda one: one.arrived - HEAD_START * one.is_urgent)
                first.answered, first.agent = now, agent
                self.line = [one for one in self.line if one is not first]
                self.talking.add(agent)
                yield first
