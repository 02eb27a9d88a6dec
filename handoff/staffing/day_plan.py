"""How many people each part of a day needs, and what those who are there give."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from handoff.routing.estimate_theory import Array
from handoff.staffing.calls import Calls
from handoff.staffing.erlang import Load, Prospect, people_needed, prospect
from handoff.staffing.sweep import Basis
from handoff.staffing.what_if import inferred_staffing

_DAY: Final = 86_400


@dataclass(frozen=True)
class Target:
    """`share` of the contacts are answered within `seconds`; people are busy for at most `most_busy` of the time."""

    share: float
    seconds: float
    most_busy: float = 1.0


@dataclass(frozen=True)
class Part:
    """One part of the day. A person holds `at_once` contacts; `prospect` is what the people present give."""

    begins: str
    contacts: float
    needed: int
    with_needed: Prospect
    present: float
    with_present: Prospect


def needed_for(load: Load, target: Target, at_once: int = 1) -> int:
    """Return people, each with so many slots."""
    slots = people_needed(load, target.share, target.seconds, target.most_busy)
    return -(-slots // at_once)


def what_people_give(load: Load, people: float, target: Target, at_once: int = 1) -> Prospect:
    return prospect(load, round(people * at_once), target.seconds)


def plan_of(calls: Calls, basis: Basis, target: Target, minutes: int, at_once: int = 1) -> Iterator[Part]:
    """Yield the parts of a working day, or of any day in a log that has weekends alone, in which somebody comes."""
    is_weekday = calls.hour < 24
    chosen = calls.some(is_weekday) if is_weekday.any() else calls
    days = len(np.unique(chosen.day))
    second = (chosen.arrived + chosen.offset) % _DAY
    present = _present(chosen, basis, minutes)
    for begin in range(0, _DAY, minutes * 60):
        inside = (second >= begin) & (second < begin + minutes * 60)
        if not inside.any():
            continue
        contacts = int(inside.sum()) / days
        load = Load(contacts / (minutes * 60), _handle(chosen, inside, basis), basis.patience)
        needed, here = needed_for(load, target, at_once), present[begin // (minutes * 60)]
        yield Part(
            begins=datetime.fromtimestamp(begin, UTC).strftime("%H:%M"),
            contacts=contacts,
            needed=needed,
            with_needed=what_people_give(load, needed, target, at_once),
            present=float(here) / at_once,
            with_present=what_people_give(load, here / at_once, target, at_once),
        )


def _handle(calls: Calls, inside: Array, basis: Basis) -> float:
    handles = calls.handle[inside & np.isfinite(calls.handle)]
    return float(handles.mean()) if len(handles) >= 20 and handles.mean() > 0 else basis.handle


def _present(calls: Calls, basis: Basis, minutes: int) -> Array:
    """Return how many people there were in each part of the day, in the mean over the days."""
    staffing = inferred_staffing(calls, basis.handle)
    local = staffing.since + float(np.median(calls.offset))
    worked = np.isin(local // _DAY, np.unique((calls.arrived + calls.offset) // _DAY))
    part = ((local % _DAY) // (minutes * 60)).astype(int)[worked]
    parts = _DAY // (minutes * 60) + 1
    return np.bincount(part, staffing.people[worked], parts) / np.maximum(1, np.bincount(part, minlength=parts))
