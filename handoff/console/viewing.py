"""Who looks at which conversation now. Kept in the process and forgotten by itself: it is a hint, no more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

LIFETIME: Final = timedelta(seconds=25)
_NONE: Final[frozenset[UUID]] = frozenset()


@dataclass(frozen=True)
class View:
    """What one open console shows; `console` tells two of one agent apart."""

    agent_id: UUID
    console: int
    name: str
    conversation_id: UUID | None


class Viewing:
    """A console says again with every ping what it shows; one that is silent looks away."""

    def __init__(self) -> None:
        self._views: dict[tuple[UUID, int], tuple[View, datetime]] = {}

    def look(self, view: View, now: datetime) -> frozenset[UUID]:
        """Note what a console shows; return the conversations of which the viewers have changed."""
        changed = self._forget(now)
        key = (view.agent_id, view.console)
        old, _ = self._views.pop(key, (None, now))
        if view.conversation_id is not None:
            self._views[key] = view, now + LIFETIME
        before = old.conversation_id if old else None
        return changed if before == view.conversation_id else changed | _some(before) | _some(view.conversation_id)

    def names(self, conversation_id: UUID, now: datetime, *, without: UUID | None = None) -> list[str]:
        """Return the names of those who look at it, each agent once."""
        here = self._here(conversation_id, now)
        return sorted(name for agent_id, name in here.items() if agent_id != without)

    def agent_ids(self, conversation_id: UUID, now: datetime) -> frozenset[UUID]:
        return frozenset(self._here(conversation_id, now))

    def _here(self, conversation_id: UUID, now: datetime) -> dict[UUID, str]:
        return {
            view.agent_id: view.name
            for view, until in self._views.values()
            if view.conversation_id == conversation_id and until > now
        }

    def _forget(self, now: datetime) -> frozenset[UUID]:
        gone = [key for key, (_, until) in self._views.items() if until <= now]
        return _NONE.union(*(_some(self._views.pop(key)[0].conversation_id) for key in gone))


def _some(conversation_id: UUID | None) -> frozenset[UUID]:
    return _NONE if conversation_id is None else frozenset({conversation_id})
