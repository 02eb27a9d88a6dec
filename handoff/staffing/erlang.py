"""How a line behaves in the long run when people come at random, calls vary and the impatient leave (Erlang A).

Without patience to lose it is Erlang C. Times are seconds, rates per second.
"""

from bisect import bisect_left
from dataclasses import dataclass
from math import exp, inf, log
from typing import Final

# States that are rarer than this do not show in any figure.
_NEGLIGIBLE: Final = log(1e-13)
_MOST_STATES: Final = 200_000
# From so many in line on, the line hardly sways: its mean says it all.
_MOST_WAITING: Final = 100_000
MOST_PEOPLE: Final = 10_000


@dataclass(frozen=True)
class Load:
    """`calls_per_second` come, each takes `handle` seconds; `patience` is its mean, None: nobody gives up."""

    calls_per_second: float
    handle: float
    patience: float | None

    @property
    def offered(self) -> float:
        """The people who would be busy all the time if nobody gave up."""
        return self.calls_per_second * self.handle


@dataclass(frozen=True)
class Prospect:
    """What a load before so many people leads to; shares are of all contacts.

    `answered_within` counts those who were answered in time; `in_time` also those who gave up before the time was over.
    `mean_wait` is over all contacts; it is infinite where the line grows without end.
    """

    waits: float
    abandons: float
    mean_wait: float
    answered_within: float
    in_time: float
    occupancy: float


def prospect(load: Load, people: int, within: float) -> Prospect:
    """Return the long-run figures; with patience they exist for every load, without it only while people suffice."""
    if load.calls_per_second <= 0:
        return Prospect(0.0, 0.0, 0.0, 1.0, 1.0, 0.0)
    if people < 1 or (load.patience is None and load.offered >= people):
        return _hopeless(load, people, within)
    if load.patience is None:
        return _patient(load, people, within)
    line = (load.calls_per_second - people / load.handle) * load.patience
    if line > _MOST_WAITING:
        return _flooded(load, load.patience, people, within)
    return _impatient(load, load.patience, people, within)


def people_needed(load: Load, share: float, within: float, most_busy: float = 1.0) -> int:
    """Return the fewest people who answer `share` of the contacts `within` seconds, busy for `most_busy` of the time.

    One person stands by even when nobody is expected.
    """

    def suffice(people: int) -> bool:
        found = prospect(load, people, within)
        return found.answered_within >= share and found.occupancy <= most_busy

    return bisect_left(range(MOST_PEOPLE), True, lo=1, key=suffice)


def erlang_b(offered: float, people: int) -> float:
    """The share that finds everybody busy if nobody could wait."""
    inverse = 1.0
    for number in range(1, people + 1):
        inverse = 1.0 + inverse * number / offered
        if inverse == inf:
            return 0.0
    return 1.0 / inverse


def erlang_c(offered: float, people: int) -> float:
    """The share that has to wait when nobody gives up."""
    blocked = erlang_b(offered, people)
    return blocked / (1.0 - offered / people * (1.0 - blocked))


def _patient(load: Load, people: int, within: float) -> Prospect:
    waits = erlang_c(load.offered, people)
    spare = (people - load.offered) / load.handle
    answered = 1.0 - waits * exp(-spare * within)
    return Prospect(waits, 0.0, waits / spare, answered, answered, load.offered / people)


def _hopeless(load: Load, people: int, within: float) -> Prospect:
    if people < 1 and load.patience is not None:
        gone = 1.0 - exp(-within / load.patience)
        return Prospect(1.0, 1.0, load.patience, 0.0, gone, 1.0)
    return Prospect(1.0, 0.0, inf, 0.0, 0.0, 1.0)


def _flooded(load: Load, patience: float, people: int, within: float) -> Prospect:
    """So many patient people that the line is as good as fluid: whoever stays is answered after the same wait."""
    served = people / load.offered
    wait = -patience * log(served)
    gone = 1.0 - max(exp(-within / patience), served)
    answered = served if within >= wait else 0.0
    return Prospect(1.0, 1.0 - served, (1.0 - served) * patience, answered, answered + gone, 1.0)


def _impatient(load: Load, patience: float, people: int, within: float) -> Prospect:
    line = _line_shares(load, patience, people)
    waits = sum(line)
    leaving = 1.0 / patience
    abandoning = sum(number * share for number, share in enumerate(line)) * leaving / load.calls_per_second
    answered, gone = _in_time(line, people / load.handle / leaving, exp(-within * leaving))
    occupancy = load.calls_per_second * (1.0 - abandoning) * load.handle / people
    return Prospect(
        waits, abandoning, abandoning * patience, 1.0 - waits + answered, 1.0 - waits + answered + gone, occupancy
    )


def _line_shares(load: Load, patience: float, people: int) -> list[float]:
    """Return the share of time in which all are busy and 0, 1, 2, … contacts wait.

    As logarithms relative to "all are busy, nobody waits": a long line can be likelier by more than a number holds.
    The inverse of Erlang B adds up the states below.
    """
    service, leaving = people / load.handle, 1.0 / patience
    heights, height, top = [0.0], 0.0, 0.0
    while len(heights) < _MOST_STATES:
        rate = service + len(heights) * leaving
        height += log(load.calls_per_second / rate)
        heights.append(height)
        top = max(top, height)
        if rate > load.calls_per_second and height < top + _NEGLIGIBLE:
            break
    states = [exp(height - top) for height in heights]
    blocked = erlang_b(load.offered, people)
    below = (1.0 / blocked - 1.0) * exp(-top) if blocked > 0 else inf
    total = sum(states) + below
    return [state / total for state in states]


def _in_time(line: list[float], servers: float, left: float) -> tuple[float, float]:
    """Return the shares of all contacts that wait and are answered, or give up, in time.

    Who finds n in line and would stay waits −ln(B) patiences with B ~ Beta(`servers`, n + 1): the departures and
    desertions ahead follow each other at rates in arithmetic progression. `left` is the share of patience that
    outlasts the time. The sums go up with n by the recurrence of the incomplete beta function.
    """
    answered = gone = 0.0
    late, late_weighed = _Tail(servers, left), _Tail(servers + 1.0, left)
    for number, share in enumerate(line):
        stays = servers / (servers + number + 1.0) * (1.0 - late_weighed.up_to(number))
        answered += share * stays
        # Who has left by then: those whose patience ended before both the time and their turn.
        gone += share * (1.0 - stays - left * late.up_to(number))
    return answered, gone


class _Tail:
    """P(B < x) for B ~ Beta(a, n + 1), for n = 0, 1, 2, … one after the other."""

    def __init__(self, a: float, x: float) -> None:
        self._a, self._rest = a, 1.0 - x
        # As a logarithm: in a large centre the first terms are too small for a number and the sum is not.
        self._log_term = a * log(x) if x > 0 else -inf
        self._sum = 0.0
        self._next = 0

    def up_to(self, number: int) -> float:
        while self._next <= number:
            if self._next:
                self._log_term += log((self._a + self._next - 1.0) / self._next * self._rest) if self._rest else -inf
            self._sum += exp(self._log_term)
            self._next += 1
        return min(1.0, self._sum)
