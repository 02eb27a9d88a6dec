"""Tells those who wait their place and a range of minutes."""

from datetime import datetime
from typing import Final

from billing.clock import Clock
from handoff.db import Sessions
from handoff.due_loop import DueLoop
from handoff.live import LiveEvents
from handoff.routing.queues import Queues

LONGEST_PAUSE: Final = 5.0


def make_loop(sessions: Sessions, live: LiveEvents, clock: Clock, queues: Queues) -> DueLoop:
    async def work() -> datetime | None:
        return None

    return DueLoop("announcements", work, live, clock, longest_pause=LONGEST_PAUSE)
