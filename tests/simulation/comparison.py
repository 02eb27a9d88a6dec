"""The rules side by side on the same days."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from statistics import fmean

from handoff.conversations.models import Channel
from tests.simulation.day import Result, simulate
from tests.simulation.figures import Figures, figures
from tests.simulation.routers import LongestIdle, Ours, Polling
from tests.simulation.world import Day, Setup, make_day

OURS, LONGEST_IDLE, POLLING, POOLED = "ours", "longest idle", "polling, 5 s", "all can do all"
Rule = Callable[[Day], Result]

RULES: Mapping[str, Rule] = {
    OURS: lambda day: simulate(day, Ours()),
    LONGEST_IDLE: lambda day: simulate(day, LongestIdle()),
    POLLING: lambda day: simulate(day, Polling()),
    POOLED: lambda day: simulate(day.pooled(), Ours()),
}


@dataclass(frozen=True)
class Row:
    """One rule over all seeds, each seed by itself."""

    everybody: Sequence[Figures]
    calls: Sequence[Figures]
    chats: Sequence[Figures]
    occupancy: float

    def mean_wait(self) -> float:
        return fmean(each.mean_wait for each in self.everybody)


def compare(setup: Setup, rules: Mapping[str, Rule], seeds: int) -> dict[str, Row]:
    days = [make_day(setup, seed) for seed in range(seeds)]
    return {name: _row([rule(day) for day in days]) for name, rule in rules.items()}


def mean_of(many: Sequence[Figures]) -> Figures:
    return Figures(**{field.name: fmean(getattr(each, field.name) for each in many) for field in fields(Figures)})


def seeds_no_worse(ours: Row, rival: Row, figure: Callable[[Figures], float]) -> int:
    """In how many seeds our figure is at most the rival's."""
    return sum(figure(a) <= figure(b) for a, b in zip(ours.everybody, rival.everybody, strict=True))


def _row(results: Sequence[Result]) -> Row:
    return Row(
        everybody=[figures(result.outcomes) for result in results],
        calls=[figures(result.outcomes, Channel.VOICE) for result in results],
        chats=[figures(result.outcomes, Channel.WEBCHAT) for result in results],
        occupancy=fmean(result.occupancy for result in results),
    )
