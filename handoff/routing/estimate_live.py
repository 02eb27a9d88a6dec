"""The view of the line that one waiting contact has, out of who waits and who is at work. Pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from handoff.conversations.models import Channel
from handoff.routing.estimate import LATELY, LineView, handle_time, hour_of
from handoff.routing.estimate_past import Past
from handoff.routing.policy import PERSON, Rank, Waiting, rank, weight
from handoff.routing.queues import Queue


@dataclass(frozen=True)
class Held:
    """What takes a part of an agent: `load` in thousandths of a person, since when."""

    load: int
    since: datetime


@dataclass(frozen=True)
class Person:
    """An agent who takes contacts now."""

    agent_id: UUID
    skills: frozenset[str]
    chat_limit: int
    held: tuple[Held, ...]


@dataclass(frozen=True)
class Arrival:
    """Somebody who came a short while ago, whether they still wait or not."""

    language: str
    priority: int


@dataclass(frozen=True)
class Scene:
    """Who waits now, who is at work, and who came in the last ten minutes."""

    crowds: Mapping["Kind", "Crowd"]
    people: Sequence[Person]
    lately: Sequence[Arrival]
    now: datetime
    counters: dict["Kind", "Counter"] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """Contacts of one kind can be served by the same people and take the same room."""

    needs: frozenset[str]
    channel: Channel


@dataclass(frozen=True)
class Crowd:
    """The places and the requests of those of one kind, both in order."""

    ranks: Sequence[Rank]
    requests: Sequence[datetime]


@dataclass(frozen=True)
class Counter:
    """What one kind of contact queues for: the room, since when its parts are taken, how much the others count."""

    slots: float
    busy_for: tuple[float, ...]
    shares: Mapping[Kind, float]


def scene_of(line: Sequence[Waiting], people: Sequence[Person], lately: Sequence[Arrival], now: datetime) -> Scene:
    """Sort the line once, so that a view of it costs little however many wait."""
    crowds: dict[Kind, list[Waiting]] = defaultdict(list)
    for waiting in line:
        if waiting.not_before is None or waiting.not_before <= now:
            crowds[_kind(waiting)].append(waiting)
    return Scene({kind: _crowd(crowd, now) for kind, crowd in crowds.items()}, people, lately, now)


def view_of(own: Waiting, scene: Scene, past: Sequence[Past], queue: Queue) -> LineView:
    """`past` are contacts that were answered by the same people, the newest first."""
    now, counter = scene.now, _counter(scene, _kind(own))
    shares, place = counter.shares, rank(own, now)
    heads = [crowd.requests[0] for kind, crowd in scene.crowds.items() if shares[kind]]
    head = min(heads, default=own.requested_at)
    waits = [contact.waited for contact in past if contact.waited is not None]
    hour, is_weekend = hour_of(now.astimezone(ZoneInfo(queue.time_zone)))
    return LineView(
        ahead=sum(shares[kind] * bisect_left(crowd.ranks, place) for kind, crowd in scene.crowds.items()),
        in_line=sum(
            shares[kind] * bisect_left(crowd.requests, own.requested_at) for kind, crowd in scene.crowds.items()
        ),
        slots=counter.slots,
        busy_for=counter.busy_for,
        handle=handle_time(queue.handle_seconds, [contact.handled for contact in past if contact.handled is not None]),
        patience=float(queue.patience_seconds),
        last_wait=waits[0] if waits else None,
        recent_wait=_mean([wait for wait in waits if wait > 0][:5]),
        head_wait=(now - head).total_seconds() if head < own.requested_at else None,
        answered_lately=float(sum(bool(contact.waited) and now - contact.answered_at <= LATELY for contact in past))
        if past
        else None,
        urgent_lately=float(sum(_is_more_urgent(arrival, own) for arrival in scene.lately)),
        waited=max(0.0, (now - own.requested_at).total_seconds()),
        hour=hour,
        is_weekend=is_weekend,
        queue=queue.key,
        priority=own.priority,
    )


def _counter(scene: Scene, own: Kind) -> Counter:
    """Many wait for the same: it is counted once."""
    if own not in scene.counters:
        able = [person for person in scene.people if own.needs <= person.skills]
        scene.counters[own] = Counter(
            slots=sum(PERSON / weight(own.channel, person.chat_limit) for person in able),
            busy_for=tuple(age for person in able for age in _ages(person, own.channel, scene.now)),
            shares={kind: _share(kind, own, able, scene.people) for kind in scene.crowds},
        )
    return scene.counters[own]


def _is_more_urgent(arrival: Arrival, own: Waiting) -> bool:
    return arrival.priority < own.priority and arrival.language == own.language


def _kind(waiting: Waiting) -> Kind:
    return Kind(waiting.demand.needs, waiting.channel)


def _crowd(crowd: Sequence[Waiting], now: datetime) -> Crowd:
    return Crowd(sorted(rank(one, now) for one in crowd), sorted(one.requested_at for one in crowd))


def _share(other: Kind, own: Kind, able: Sequence[Person], people: Sequence[Person]) -> float:
    """How much of another contact falls upon those who can serve this one, in contacts of this one's kind."""
    theirs = [person for person in people if other.needs <= person.skills]
    common = sum(own.needs <= person.skills for person in theirs)
    if not common:
        return 0.0
    limit = max(person.chat_limit for person in able)
    return common / len(theirs) * weight(other.channel, limit) / weight(own.channel, limit)


def _ages(person: Person, channel: Channel, now: datetime) -> list[float]:
    """One age per slot that is taken; a call that is held takes all of an agent's chats."""
    slot = weight(channel, person.chat_limit)
    taken: list[float] = []
    for held in sorted(person.held, key=lambda held: held.since):
        taken += [max(0.0, (now - held.since).total_seconds())] * max(1, round(held.load / slot))
    return taken[: PERSON // slot]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
