"""When a callback is offered: never as a dead end, always beside waiting on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from handoff.routing.announcement_rules import MANY_RAISES
from handoff.routing.queues import Queue

# The bot's reason for handing over somebody who asked to be called.
WANTS_CALLBACK: Final = "callback_asked"


@dataclass(frozen=True)
class Waited:
    """What the offer depends on; `upper_seconds` is the end of the range told last, None when none was."""

    requested_at: datetime
    upper_seconds: float | None
    raised_in_row: int
    is_open: bool
    language_on_duty: bool
    asked_for: bool


def is_offered(waited: Waited, queue: Queue, now: datetime) -> bool:
    """Offer it when asked for, closed, nobody can help, the wait is long, looks long, or keeps growing."""
    is_long = waited.upper_seconds is not None and waited.upper_seconds > queue.callback_over_seconds
    return (
        waited.asked_for
        or not waited.is_open
        or not waited.language_on_duty
        or is_long
        or waited.raised_in_row >= MANY_RAISES
        or now >= offered_from(waited.requested_at, queue)
    )


def offered_from(requested_at: datetime, queue: Queue) -> datetime:
    """Return the moment from which on everybody who waits is offered one."""
    return requested_at + timedelta(seconds=queue.callback_after_seconds)
