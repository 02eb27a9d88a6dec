"""Who looks at which conversation now. Kept in the process and forgotten by itself: it is a hint, no more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from billing.clock import Clock

LIFETIME: Final = timedelta(seconds=25)


@dataclass(frozen=True)
class _View:
    conversation_id: UUID
    name: str
    until: datetime


class Viewing:
    """One view per open console. A console says again with every ping what it shows; one that is silent looks away."""

    def __init__(self, clock: Clock) -> None:
        self._now = clock.now
        self._views: dict[tuple[UUID, int], _View] = {}

    def look(self, agent_id: UUID, console: int, name: str, conversation_id: UUID | None) -> frozenset[UUID]:
        """Note what a console shows; return the conversations of which the viewers have changed."""
        before = self._forget_expired()
        key = (agent_id, console)
        old = self._views.pop(key, None)
        if conversation_id is not None:
            self._views[key] = _View(conversation_id, name, self._now() + LIFETIME)
        if old is None:
            return before | _some(conversation_id)
        return (
            before
            if old.conversation_id == conversation_id
            else before | {old.conversation_id} | _some(conversation_id)
        )

    def names(self, conversation_id: UUID, *, without: UUID | None = None) -> list[str]:
        """Return the names of those who look at it, each once."""
        now = self._now()
        here = [
            view.name
            for (agent_id, _), view in self._views.items()
            if view.conversation_id == conversation_id and view.until > now and agent_id != without
        ]
        return sorted(set(here))

    def _forget_expired(self) -> frozenset[UUID]:
        now = self._now()
        gone = {key: view.conversation_id for key, view in self._views.items() if view.until <= now}
        for key in gone:
            del self._views[key]
        return frozenset(gone.values())


def _some(conversation_id: UUID | None) -> frozenset[UUID]:
    return frozenset() if conversation_id is None else frozenset({conversation_id})
