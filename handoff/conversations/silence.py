"""Since when conversations have had no open line. Sockets are known in this process only, and it serves all of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from handoff.live import LiveEvents, conversation_stream


class Silence:
    """Counts from when it looked first: a process that has just started has heard nobody yet."""

    def __init__(self, live: LiveEvents) -> None:
        self._live = live
        self._since: dict[UUID, datetime] = {}

    def note(self, conversation_ids: Iterable[UUID], now: datetime) -> Mapping[UUID, datetime]:
        """Return since when each of these that has no line has been without one; the others are forgotten."""
        silent = (each for each in conversation_ids if not self.is_heard(each))
        self._since = {each: self._since.get(each, now) for each in silent}
        return self._since

    def is_heard(self, conversation_id: UUID) -> bool:
        return self._live.is_heard(conversation_stream(conversation_id))
