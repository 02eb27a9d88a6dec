"""How a number came about: the parts of its formula, and the contacts that it is made of. Pure.

`behind` names the contacts that a number looks at, `counts` those of them in its upper part.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from handoff.supervision.agent_log import AgentState, Timeline
from handoff.supervision.contacts import Contact
from handoff.supervision.metrics import PromiseOf, is_broken, is_met, waits_too_long
from handoff.supervision.numbers import AGENT_NUMBERS
from handoff.supervision.tally import figures

Test = Callable[[Contact, int | None, datetime], bool]


@dataclass(frozen=True)
class Recipe:
    """Which of today's contacts a number looks at, which count, and the figures that its formula names."""

    behind: Test
    counts: Test
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Explained:
    value: int | None
    parts: Mapping[str, int | None]
    contacts: Sequence[tuple[Contact, bool]]


def _always(_contact: Contact, _promise: int | None, _now: datetime) -> bool:
    return True


def _in_line(contact: Contact, _promise: int | None, _now: datetime) -> bool:
    return contact.is_waiting and not contact.is_callback


def _ended_as(*outcomes: str) -> Test:
    return lambda contact, _promise, _now: contact.outcome in outcomes


def _has(name: str) -> Test:
    return lambda contact, _promise, _now: getattr(contact, name) > 0


def _is_judged(contact: Contact, promise: int | None, now: datetime) -> bool:
    """What the strict service level is a share of: everybody who was answered, left, or waits too long."""
    return is_met(contact, promise, now) or is_broken(contact, promise, now) or contact.outcome == "abandoned"


def _is_judged_leniently(contact: Contact, promise: int | None, now: datetime) -> bool:
    return is_met(contact, promise, now) or is_broken(contact, promise, now)


def _is_done(contact: Contact, _promise: int | None, _now: datetime) -> bool:
    return any(piece.ended_at for piece in contact.handlings)


def _is_held(contact: Contact, _promise: int | None, _now: datetime) -> bool:
    return any(piece.ended_at is None for piece in contact.handlings)


_ANSWERED = _ended_as("answered")
_ABANDONED = _ended_as("abandoned")
_HANDLED = Recipe(_is_done, _is_done, ("handle_seconds", "talk_seconds", "wrap_up_seconds"))
_WAITS = Recipe(_ANSWERED, _ANSWERED, ("answered", "asa_seconds", "wait_p50", "wait_p80", "wait_p95"))
_JUDGED_PARTS = ("met", "late", "abandoned", "abandoned_early", "waiting_late", "put_off_late")
_HELD = Recipe(_is_held, _is_held, ())

RECIPES: Final[Mapping[str, Recipe]] = {
    "waiting": Recipe(_in_line, waits_too_long, ("waiting", "waiting_late")),
    "oldest_seconds": Recipe(_in_line, waits_too_long, ("waiting", "waiting_late")),
    "expected_seconds": Recipe(_in_line, waits_too_long, ("waiting",)),
    "service_level": Recipe(_is_judged, is_met, _JUDGED_PARTS),
    "service_level_lenient": Recipe(_is_judged_leniently, is_met, _JUDGED_PARTS),
    "abandoned": Recipe(_ABANDONED, _ABANDONED, ("abandoned", "abandoned_early", "answered", "abandonment")),
    "abandonment": Recipe(_ended_as("abandoned", "answered"), _ABANDONED, ("abandoned", "answered")),
    "offered": Recipe(_always, _always, ("offered", "answered", "abandoned", "to_bot", "callbacks", "waiting")),
    "answered": Recipe(_ANSWERED, _ANSWERED, ("answered", "met", "late")),
    "asa_seconds": _WAITS,
    "wait_p50": _WAITS,
    "wait_p80": _WAITS,
    "wait_p95": _WAITS,
    "handle_seconds": _HANDLED,
    "talk_seconds": _HANDLED,
    "wrap_up_seconds": _HANDLED,
    "missed": Recipe(_has("missed"), _has("missed"), ("missed", "offers")),
    "declined": Recipe(_has("declined"), _has("declined"), ("declined", "offers")),
    "re_offers": Recipe(_has("re_offers"), _has("re_offers"), ("re_offers", "offers")),
    "transfers": Recipe(_has("transfers"), _has("transfers"), ("transfers", "answered")),
    "requeues": Recipe(_has("requeues"), _has("requeues"), ("requeues", "answered")),
    "callbacks": Recipe(_ended_as("callback"), _ended_as("callback"), ("callbacks", "callbacks_waiting")),
    "to_bot": Recipe(_ended_as("to_bot"), _ended_as("to_bot"), ("to_bot", "offered")),
    "occupancy": _HELD,
    **dict.fromkeys(AGENT_NUMBERS, _HELD),
}


def explain(number: str, contacts: Sequence[Contact], promise_of: PromiseOf, now: datetime) -> Explained:
    """Compute the number anew from the contacts and say which of them it looks at, the newest first."""
    recipe = RECIPES[number]
    behind = [contact for contact in contacts if recipe.behind(contact, promise_of(contact), now)]
    found = asdict(figures(contacts, promise_of, now))
    rows = [(contact, recipe.counts(contact, promise_of(contact), now)) for contact in behind]
    return Explained(found.get(number), {part: found[part] for part in recipe.parts}, rows[::-1])


def held_by_state(
    contacts: Sequence[Contact], agents: Mapping[UUID, Timeline], state: AgentState, now: datetime
) -> list[Contact]:
    """The contacts in the hands of agents who are in that state."""
    those = {agent_id for agent_id, timeline in agents.items() if timeline.at(now).state == state}
    return [
        contact
        for contact in contacts
        if any(piece.ended_at is None and piece.agent_id in those for piece in contact.handlings)
    ]
