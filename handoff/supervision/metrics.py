"""The figures of the board, computed from contacts; docs and the board itself tell how. Pure."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from handoff.routing.queues import Queues
from handoff.supervision.contacts import Contact, Handling, seconds_between

PromiseOf = Callable[[Contact], int | None]


@dataclass(frozen=True)
class Figures:
    """What happened to a set of contacts. Shares are in thousandths, times in seconds; None where nothing counts."""

    offered: int
    answered: int
    abandoned: int
    abandoned_early: int
    to_bot: int
    callbacks: int
    callbacks_waiting: int
    waiting: int
    waiting_late: int
    met: int
    late: int
    service_level: int | None
    service_level_lenient: int | None
    abandonment: int | None
    oldest_seconds: int | None
    asa_seconds: int | None
    wait_p50: int | None
    wait_p80: int | None
    wait_p95: int | None
    offers: int
    missed: int
    declined: int
    re_offers: int
    transfers: int
    requeues: int
    handle_seconds: int | None
    talk_seconds: int | None
    wrap_up_seconds: int | None


def promise_seconds(queues: Queues) -> PromiseOf:
    """Within how many seconds the queue that was asked for promises an answer on that channel."""

    def promised(contact: Contact) -> int | None:
        promise = queues[contact.queue].promise.get(contact.channel)
        return promise.seconds if promise else None

    return promised


def is_met(contact: Contact, promise: int | None, now: datetime) -> bool:
    return contact.outcome == "answered" and promise is not None and contact.first_wait(now) <= promise


def is_broken(contact: Contact, promise: int | None, now: datetime) -> bool:
    """Late answers, late leavers and those who wait too long already; whoever leaves early breaks no promise."""
    is_counted = contact.outcome in ("answered", "abandoned", "waiting")
    return is_counted and promise is not None and contact.first_wait(now) > promise


def waits_too_long(contact: Contact, promise: int | None, now: datetime) -> bool:
    """In line for longer than promised since the first request, whether or not an agent had it in between."""
    is_in_line = contact.is_waiting and not contact.is_callback
    return is_in_line and promise is not None and seconds_between(contact.requested_at, now) > promise


def figures(contacts: Iterable[Contact], promise_of: PromiseOf, now: datetime) -> Figures:
    chosen = list(contacts)
    counted = {name: [each for each in chosen if each.outcome == name] for name in _OUTCOMES}
    answered, abandoned = counted["answered"], counted["abandoned"]
    waits = sorted(contact.first_wait(now) for contact in answered)
    met = sum(is_met(contact, promise_of(contact), now) for contact in chosen)
    broken = [contact for contact in chosen if is_broken(contact, promise_of(contact), now)]
    early = len(abandoned) - sum(contact.outcome == "abandoned" for contact in broken)
    return Figures(
        offered=len(chosen),
        answered=len(answered),
        abandoned=len(abandoned),
        abandoned_early=early,
        to_bot=len(counted["to_bot"]),
        callbacks=len(counted["callback"]),
        callbacks_waiting=sum(contact.is_waiting for contact in counted["callback"]),
        waiting=sum(contact.is_waiting and not contact.is_callback for contact in chosen),
        waiting_late=sum(contact.outcome == "waiting" for contact in broken),
        met=met,
        late=sum(contact.outcome == "answered" for contact in broken),
        service_level=share(met, met + len(broken) + early),
        service_level_lenient=share(met, met + len(broken)),
        abandonment=share(len(abandoned), len(abandoned) + len(answered)),
        oldest_seconds=_oldest(chosen, now),
        asa_seconds=_mean(waits),
        wait_p50=percentile(waits, 50),
        wait_p80=percentile(waits, 80),
        wait_p95=percentile(waits, 95),
        offers=sum(contact.offers for contact in chosen),
        missed=sum(contact.missed for contact in chosen),
        declined=sum(contact.declined for contact in chosen),
        re_offers=sum(contact.re_offers for contact in chosen),
        transfers=sum(contact.transfers for contact in chosen),
        requeues=sum(contact.requeues for contact in chosen),
        **_handling_times(chosen),
    )


_OUTCOMES = ("answered", "abandoned", "to_bot", "callback", "waiting")


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


def _handling_times(contacts: Iterable[Contact]) -> dict[str, int | None]:
    """Means over the pieces of work that are done."""
    done = [(piece, piece.ended_at) for contact in contacts for piece in contact.handlings if piece.ended_at]
    return {
        "handle_seconds": _mean([seconds_between(piece.taken_at, ended_at) for piece, ended_at in done]),
        "talk_seconds": _mean([talk_seconds(piece, ended_at) for piece, ended_at in done]),
        "wrap_up_seconds": _mean([wrap_up_seconds(piece, ended_at) for piece, ended_at in done]),
    }


def _mean(values: Sequence[float]) -> int | None:
    return round(fmean(values)) if values else None


def _oldest(contacts: Iterable[Contact], now: datetime) -> int | None:
    ages = [
        seconds_between(contact.requested_at, now)
        for contact in contacts
        if contact.is_waiting and not contact.is_callback
    ]
    return int(max(ages)) if ages else None
