"""What happened to a set of contacts, kept as sums: a contact that has changed is taken off and added anew. Pure."""

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import add, sub
from typing import Final, NamedTuple

from handoff.supervision.contacts import Contact
from handoff.supervision.metrics import PromiseOf, is_broken, is_met, percentile, share

_MICROSECOND: Final = timedelta(microseconds=1)


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
    put_off_late: int
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


class Sums(NamedTuple):
    """What adds up whatever the time is. The last five: microseconds of waits, and over the pieces of work done."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    abandoned_late: int = 0
    put_off_late: int = 0
    to_bot: int = 0
    callbacks: int = 0
    callbacks_waiting: int = 0
    waiting: int = 0
    met: int = 0
    late: int = 0
    offers: int = 0
    missed: int = 0
    declined: int = 0
    re_offers: int = 0
    transfers: int = 0
    requeues: int = 0
    waited: int = 0
    done: int = 0
    handled: int = 0
    talked: int = 0
    wrapped_up: int = 0


class Counted(NamedTuple):
    """One contact's part of the sums; its wait in seconds if it was answered, when it is late if it waits."""

    sums: Sums
    wait: float | None
    late_at: datetime | None


def count(contact: Contact, promise: int | None) -> Counted:
    """Nothing of it depends on the time but of those who wait, and their time is looked at when it is asked for."""
    outcome, asked_at = contact.outcome, contact.requested_at
    is_answered = outcome == "answered"
    ended_at = contact.answered_at or contact.left_at or asked_at
    is_late = is_broken(contact, promise, ended_at)
    done = [(piece.taken_at, piece.talk_ended_at or end, end) for piece in contact.handlings if (end := piece.ended_at)]
    sums = Sums(
        offered=1,
        answered=is_answered,
        abandoned=outcome == "abandoned",
        abandoned_late=outcome == "abandoned" and is_late,
        put_off_late=outcome == "callback" and is_late,
        to_bot=outcome == "to_bot",
        callbacks=outcome == "callback",
        callbacks_waiting=outcome == "callback" and contact.is_waiting,
        waiting=contact.is_waiting and not contact.is_callback,
        met=is_met(contact, promise, ended_at),
        late=is_answered and is_late,
        offers=contact.offers,
        missed=contact.missed,
        declined=contact.declined,
        re_offers=contact.re_offers,
        transfers=contact.transfers,
        requeues=contact.requeues,
        waited=_microseconds(asked_at, ended_at) if is_answered else 0,
        done=len(done),
        handled=sum(_microseconds(taken, end) for taken, _, end in done),
        talked=sum(_microseconds(taken, talked) for taken, talked, _ in done),
        wrapped_up=sum(_microseconds(talked, end) for _, talked, end in done),
    )
    late_at = asked_at + timedelta(seconds=promise) if outcome == "waiting" and promise is not None else None
    return Counted(sums, contact.first_wait(ended_at) if is_answered else None, late_at)


class Tally:
    """The sums of a set of contacts, the waits of those answered in order, and those who wait."""

    def __init__(self) -> None:
        self.sums = Sums()
        self._waits: list[float] = []
        self._in_line: dict[int, tuple[Contact, datetime | None]] = {}

    def add(self, contact: Contact, counted: Counted) -> None:
        self.sums = Sums(*map(add, self.sums, counted.sums))
        if counted.wait is not None:
            insort(self._waits, counted.wait)
        if counted.sums.waiting:
            self._in_line[contact.number] = (contact, counted.late_at)

    def remove(self, contact: Contact, counted: Counted) -> None:
        """`counted` is what was added."""
        self.sums = Sums(*map(sub, self.sums, counted.sums))
        if counted.wait is not None:
            del self._waits[bisect_left(self._waits, counted.wait)]
        self._in_line.pop(contact.number, None)

    def figures(self, now: datetime) -> Figures:
        sums, waits = self.sums, self._waits
        waiting_late = sum(late_at is not None and late_at < now for _, late_at in self._in_line.values())
        oldest = min((contact.requested_at for contact, _ in self._in_line.values()), default=None)
        early = sums.abandoned - sums.abandoned_late
        broken = sums.late + sums.abandoned_late + sums.put_off_late + waiting_late
        return Figures(
            offered=sums.offered,
            answered=sums.answered,
            abandoned=sums.abandoned,
            abandoned_early=early,
            to_bot=sums.to_bot,
            callbacks=sums.callbacks,
            callbacks_waiting=sums.callbacks_waiting,
            waiting=sums.waiting,
            waiting_late=waiting_late,
            put_off_late=sums.put_off_late,
            met=sums.met,
            late=sums.late,
            service_level=share(sums.met, sums.met + broken + early),
            service_level_lenient=share(sums.met, sums.met + broken),
            abandonment=share(sums.abandoned, sums.abandoned + sums.answered),
            oldest_seconds=None if oldest is None else max(0, int((now - oldest).total_seconds())),
            asa_seconds=_mean(sums.waited, sums.answered),
            wait_p50=percentile(waits, 50),
            wait_p80=percentile(waits, 80),
            wait_p95=percentile(waits, 95),
            offers=sums.offers,
            missed=sums.missed,
            declined=sums.declined,
            re_offers=sums.re_offers,
            transfers=sums.transfers,
            requeues=sums.requeues,
            handle_seconds=_mean(sums.handled, sums.done),
            talk_seconds=_mean(sums.talked, sums.done),
            wrap_up_seconds=_mean(sums.wrapped_up, sums.done),
        )


def figures(contacts: Iterable[Contact], promise_of: PromiseOf, now: datetime) -> Figures:
    tally = Tally()
    for contact in contacts:
        tally.add(contact, count(contact, promise_of(contact)))
    return tally.figures(now)


def _microseconds(begin: datetime, end: datetime) -> int:
    return max(0, (end - begin) // _MICROSECOND)


def _mean(microseconds: int, number: int) -> int | None:
    return round(microseconds / (number * 1_000_000)) if number else None
