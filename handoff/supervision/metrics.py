"""What counts as kept, broken, a share and a percentile on the board; docs and the board itself tell how. Pure."""

import math
from collections.abc import Callable, Sequence
from datetime import datetime

from handoff.routing.queues import Queues
from handoff.supervision.contacts import Contact, Handling, seconds_between

PromiseOf = Callable[[Contact], int | None]


def promise_seconds(queues: Queues) -> PromiseOf:
    """Within how many seconds the queue that was asked for promises an answer on that channel."""

    def promised(contact: Contact) -> int | None:
        promise = queues[contact.queue].promise.get(contact.channel)
        return promise.seconds if promise else None

    return promised


def is_met(contact: Contact, promise: int | None, now: datetime) -> bool:
    return contact.outcome == "answered" and promise is not None and contact.first_wait(now) <= promise


def is_broken(contact: Contact, promise: int | None, now: datetime) -> bool:
    """Late answers, late leavers, those whom we put off late and those who wait too long already.

    Whoever leaves early breaks no promise, and whoever wants a callback is in no hurry.
    """
    is_counted = contact.outcome in ("answered", "abandoned", "waiting") or contact.put_off_at is not None
    return is_counted and promise is not None and contact.first_wait(now) > promise


def waits_too_long(contact: Contact, promise: int | None, now: datetime) -> bool:
    """In line for longer than promised since the first request, whether or not an agent had it in between."""
    is_in_line = contact.is_waiting and not contact.is_callback
    return is_in_line and promise is not None and seconds_between(contact.requested_at, now) > promise


def share(part: int, whole: int) -> int | None:
    """Thousandths, rounded down: what is not reached is not shown as reached."""
    return part * 1000 // whole if whole else None


def percentile(ordered: Sequence[float], percent: int) -> int | None:
    """The smallest value that at least `percent` of all do not exceed (nearest rank)."""
    if not ordered:
        return None
    return round(ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)])


def talk_seconds(handling: Handling, until: datetime) -> float:
    return seconds_between(handling.taken_at, handling.talk_ended_at or until)


def wrap_up_seconds(handling: Handling, until: datetime) -> float:
    if handling.talk_ended_at is None:
        return 0.0
    return seconds_between(handling.talk_ended_at, handling.ended_at or until)
