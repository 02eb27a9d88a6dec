"""Who is offered whom, and who comes first. Pure: no clock, no database, the same answer for the same question.

The line: the effective priority class, then the age of the request, nothing else. Ageing lifts a contact by one class
after each `ageing_seconds`, so nobody is overtaken for ever. Required skills and the language are never given up;
preferred skills are looked for first and given up in two steps.

Room is counted in thousandths of a person. A call needs a whole person. When no eligible agent is empty, the call
keeps the one with the least to do from getting more chats, so that a stream of chats cannot starve it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from heapq import heapify, heappop, heappush
from operator import attrgetter
from typing import Final
from uuid import UUID

from handoff.conversations.models import Channel
from handoff.routing.floor import PERSON, Floor, Server, Wish, weight

__all__ = ["PERSON", "SPARE_FOR_CALLS", "Rank", "Server", "Waiting", "choose", "next_change", "rank", "weight"]

Rank = tuple[int, datetime, int]
MOST_URGENT: Final = 1
_by_age: Final = attrgetter("age_order")
# Measured on simulated days: a third less waiting on the phone for a little more in the chat. With all empty agents
# spared calls would gain no more, and chats get slower answers.
SPARE_FOR_CALLS: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """What contacts of one kind ask for. Contacts with the same one differ in nothing but their age."""

    needs: frozenset[str]
    preferred: frozenset[str]
    relax_after: tuple[int, int]
    channel: Channel
    priority: int
    ageing: timedelta
    excluded: frozenset[UUID]
    sticky_agent: UUID | None
    sticky_until: datetime | None


# Sharing one object makes the grouping of thousands cheap; two equal objects would only be two groups.
_demand = lru_cache(maxsize=4096)(Demand)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A contact in line. It waits for `sticky_agent` until `sticky_until`, and asks nobody in `excluded`.

    `relax_after` are seconds since the request: from then on half of the preferred skills, then none, are asked for.
    """

    entry_id: UUID
    queue: str
    language: str
    channel: Channel
    priority: int
    requested_at: datetime
    required: frozenset[str]
    preferred: frozenset[str]
    relax_after: tuple[int, int]
    ageing_seconds: int
    not_before: datetime | None = None
    excluded: frozenset[UUID] = frozenset()
    sticky_agent: UUID | None = None
    sticky_until: datetime | None = None
    demand: Demand = field(init=False, repr=False, compare=False)
    age_order: tuple[datetime, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        demand = _demand(
            frozenset({*self.required, f"language:{self.language}"}),
            frozenset(self.preferred),
            self.relax_after,
            self.channel,
            self.priority,
            timedelta(seconds=self.ageing_seconds),
            frozenset(self.excluded),
            self.sticky_agent,
            self.sticky_until,
        )
        object.__setattr__(self, "demand", demand)
        object.__setattr__(self, "age_order", (self.requested_at, self.entry_id.int))


def rank(waiting: Waiting, now: datetime) -> Rank:
    """Return the place in line; the smaller comes first. The entry's number only makes equal moments definite."""
    demand = waiting.demand
    lifted = max(0, (now - waiting.requested_at) // demand.ageing)
    return max(MOST_URGENT, demand.priority - lifted), *waiting.age_order


def choose(
    waiting: Iterable[Waiting],
    servers: Sequence[Server],
    now: datetime,
    *,
    offers_each: int = 1,
    spare_for_calls: int = 0,
) -> list[tuple[Waiting, Server]]:
    """Return all pairs to be offered now, the first in line first; an agent is offered at most `offers_each` contacts.

    `servers` are all who are on duty, the busy ones too: a contact waits for its sticky agent only if they are there.
    Where calls come in, pass SPARE_FOR_CALLS: chats then go to a language's last empty agents last.
    """
    floor = Floor(servers, offers_each, spare_for_calls)
    if not floor.has_room():
        return []
    lines = _lines(waiting, now, floor)
    heads = [(rank(line.first, now), line) for line in lines]
    heapify(heads)
    pairs = []
    while heads and floor.has_room():
        _, line = heappop(heads)
        first = line.first
        wish = _wish(first, now, floor)
        server = floor.take(wish)
        if server is not None:
            pairs.append((first, server))
        elif not wish.is_settled_call or not floor.reserve(wish):
            continue  # who stands behind in this line asks for the same, or for more: nobody is there for them either
        if line.drop_first():
            heappush(heads, (rank(line.first, now), line))
    return pairs


def next_change(waiting: Iterable[Waiting], now: datetime) -> datetime | None:
    """Return the next moment at which time alone may change what `choose` answers."""
    entries = list(waiting)
    may_pass = len({entry.channel is Channel.VOICE for entry in entries}) > 1  # ageing frees nobody but from a call
    moments = (moment for entry in entries for moment in _moments(entry, now, may_pass))
    return min((moment for moment in moments if moment > now), default=None)


def _moments(entry: Waiting, now: datetime, ages: bool) -> list[datetime]:
    moments = [moment for moment in (entry.not_before, entry.sticky_until) if moment is not None]
    if entry.preferred:
        moments += [entry.requested_at + timedelta(seconds=seconds) for seconds in entry.relax_after]
    if ages and rank(entry, now)[0] > MOST_URGENT:
        ageing = entry.demand.ageing
        moments.append(entry.requested_at + ((now - entry.requested_at) // ageing + 1) * ageing)
    return moments


class _Line:
    """Contacts of one demand. Age alone decides among them: all have the same priority and age at the same pace.

    Most lines lose nobody in one round, so a line is put in order only when its first one goes.
    """

    def __init__(self, entries: list[Waiting]) -> None:
        self.first = min(entries, key=_by_age)
        self._entries = entries
        self._in_order = False

    def drop_first(self) -> bool:
        """Say whether anybody is left, who then is the first."""
        if not self._in_order:
            self._entries.sort(key=_by_age, reverse=True)
            self._in_order = True
        self._entries.pop()
        if self._entries:
            self.first = self._entries[-1]
        return bool(self._entries)


def _lines(waiting: Iterable[Waiting], now: datetime, floor: Floor) -> list[_Line]:
    """Group by demand those for whom anybody might be there."""
    groups: dict[Demand, list[Waiting]] = {}
    for entry in waiting:
        if entry.not_before is not None and entry.not_before > now:
            continue
        try:
            groups[entry.demand].append(entry)
        except KeyError:
            groups[entry.demand] = [entry]
    return [_Line(group) for demand, group in groups.items() if floor.is_there_anyone(demand.needs)]


def _wish(first: Waiting, now: datetime, floor: Floor) -> Wish:
    """Say what this contact asks for at its present age."""
    demand = first.demand
    sticky = demand.sticky_agent
    is_due = demand.sticky_until is None or demand.sticky_until <= now
    waits = not is_due and sticky is not None and floor.can_serve(sticky, demand.needs, demand.excluded)
    only = sticky if waits else None
    age, (half, none) = now - first.requested_at, demand.relax_after
    wanted = len(demand.preferred)
    if age >= timedelta(seconds=none) or only is not None:
        wanted = 0
    elif age >= timedelta(seconds=half):
        wanted //= 2
    return Wish(demand.needs, demand.preferred, wanted, demand.channel, demand.excluded, sticky, only)
