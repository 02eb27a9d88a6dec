"""How many agents each half hour would have needed to keep the promise, by Erlang-A. Pure.

The load is what was asked for in the half hour. Contacts take as long as today's did once twenty are done, before that
as long as configured; an agent holds several chats at once.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from typing import Final

from handoff.conversations.models import Channel
from handoff.routing.queues import FALLBACK, Queues
from handoff.staffing.erlang import Load, people_needed
from handoff.supervision.tally import Figures

HALF_HOUR_SECONDS: Final = 1800
CONTACTS_TO_BELIEVE: Final = 20
# A day on the board is drawn again and again with the same few loads.
_slots_needed = lru_cache(maxsize=1024)(people_needed)


def agents_needed(
    half_hours: Sequence[Figures], today: Figures, queues: Queues, chats_at_once: float
) -> list[int | None]:
    """None for a half hour in which nobody asked, and where nothing is promised."""
    queue = queues[FALLBACK]
    promise = queue.promise.get(Channel.WEBCHAT)
    if promise is None:
        return [None for _ in half_hours]
    is_known = today.answered >= CONTACTS_TO_BELIEVE and today.handle_seconds
    handle = float(today.handle_seconds or 1) if is_known else float(queue.handle_seconds)
    needed: list[int | None] = []
    for figures in half_hours:
        load = Load(figures.offered / HALF_HOUR_SECONDS, handle, float(queue.patience_seconds))
        slots = _slots_needed(load, promise.percent / 100, float(promise.seconds)) if figures.offered else None
        needed.append(None if slots is None else ceil(slots / max(1.0, chats_at_once)))
    return needed
