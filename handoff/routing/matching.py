"""Who is offered whom. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Waiting:
    """A conversation in line; who declined it just now is not asked again, who missed it is asked last."""

    entry_id: UUID
    language: str
    declined_by: frozenset[UUID] = field(default_factory=frozenset)
    missed_by: frozenset[UUID] = field(default_factory=frozenset)


@dataclass(frozen=True)
class FreeAgent:
    agent_id: UUID
    language: str
    last_offer_at: datetime | None = None


def choose_pair(waiting: Sequence[Waiting], agents: Sequence[FreeAgent]) -> tuple[Waiting, FreeAgent] | None:
    """Take the first in line whom anybody may serve: best an agent of the language, then the longest without offer."""
    for entry in waiting:
        willing = [agent for agent in agents if agent.agent_id not in entry.declined_by]
        if willing:
            return entry, min(willing, key=lambda agent: _preference(entry, agent))
    return None


def _preference(entry: Waiting, agent: FreeAgent) -> tuple[bool, bool, datetime]:
    missed = agent.agent_id in entry.missed_by
    return missed, agent.language != entry.language, agent.last_offer_at or _LONG_AGO
