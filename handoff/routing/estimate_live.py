"""The view of the line that one waiting contact has, out of who waits and who is at work. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from handoff.conversations.models import Channel
from handoff.routing.estimate import LATELY, LineView, handle_time, hour_of
from handoff.routing.policy import PERSON, Waiting, rank, weight
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
class Past:
    """One contact that was answered: how long it waited and, when it is over, how long it took."""

    answered_at: datetime
    waited: float
    handled: float | None


def view_of(
    own: Waiting, line: Sequence[Waiting], people: Sequence[Person], past: Sequence[Past], queue: Queue, now: datetime
) -> LineView:
    """`line` are all who wait now, `past` the queue's answered contacts, the newest first."""
    able = [person for person in people if own.demand.needs <= person.skills]
    present = [other for other in line if other.entry_id != own.entry_id and _is_due(other, now)]
    shares = {other.entry_id: _share(other, own, able, people) for other in present}
    before = [other for other in present if rank(other, now) < rank(own, now)]
    earlier = [other for other in present if other.requested_at < own.requested_at]
    waits = [contact.waited for contact in past]
    hour, is_weekend = hour_of(now.astimezone(ZoneInfo(queue.time_zone)))
    return LineView(
        ahead=sum(shares[other.entry_id] for other in before),
        in_line=sum(shares[other.entry_id] for other in earlier),
        slots=sum(PERSON / weight(own.channel, person.chat_limit) for person in able),
        busy_for=tuple(age for person in able for age in _ages(person, own.channel, now)),
        handle=handle_time(queue.handle_seconds, [contact.handled for contact in past if contact.handled is not None]),
        patience=float(queue.patience_seconds),
        last_wait=waits[0] if waits else None,
        recent_wait=_mean([wait for wait in waits if wait > 0][:5]),
        head_wait=max(
            ((now - other.requested_at).total_seconds() for other in present if shares[other.entry_id]), default=None
        ),
        answered_lately=float(sum(now - contact.answered_at <= LATELY for contact in past)) if past else None,
        waited=max(0.0, (now - own.requested_at).total_seconds()),
        hour=hour,
        is_weekend=is_weekend,
        queue=queue.key,
        priority=own.priority,
    )


def _is_due(other: Waiting, now: datetime) -> bool:
    return other.not_before is None or other.not_before <= now


def _share(other: Waiting, own: Waiting, able: Sequence[Person], people: Sequence[Person]) -> float:
    """How much of the other contact falls upon those who can serve this one, in contacts of this one's kind."""
    theirs = [person for person in people if other.demand.needs <= person.skills]
    common = sum(own.demand.needs <= person.skills for person in theirs)
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
