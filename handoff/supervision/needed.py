"""How many agents each half hour would have needed to keep the promise. Pure."""

from collections.abc import Sequence

from handoff.routing.queues import Queues
from handoff.supervision.metrics import Figures


def agents_needed(half_hours: Sequence[Figures], queues: Queues, chats_at_once: float) -> list[int | None]:
    return [None for _ in half_hours]
