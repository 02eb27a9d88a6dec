"""Short ways to write contacts and agents for tests of the policy."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from handoff.conversations.models import Channel
from handoff.routing.policy import Server, Waiting, choose

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ASKS_FIRST = (15, 30)
ASKS_NOBODY_FIRST = (0, 0)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def contact(
    number: int = 1,
    *,
    since: float = 0,
    language: str = "de",
    channel: Channel = Channel.WEBCHAT,
    priority: int = 3,
    required: tuple[str, ...] = (),
    preferred: tuple[str, ...] = (),
    relax_after: tuple[int, int] = ASKS_FIRST,
    ageing_seconds: int = 300,
    not_before: datetime | None = None,
    excluded: tuple[Server, ...] = (),
    sticky: Server | None = None,
    sticky_until: datetime | None = None,
) -> Waiting:
    """A contact that asked for a person `since` seconds after noon."""
    return Waiting(
        entry_id=UUID(int=1000 + number),
        queue="general",
        language=language,
        channel=channel,
        priority=priority,
        requested_at=at(since),
        required=frozenset(required),
        preferred=frozenset(preferred),
        relax_after=relax_after,
        ageing_seconds=ageing_seconds,
        not_before=not_before,
        excluded=frozenset(server.agent_id for server in excluded),
        sticky_agent=sticky.agent_id if sticky else None,
        sticky_until=sticky_until,
    )


def call(number: int = 1, *, since: float = 0, language: str = "de", priority: int = 3) -> Waiting:
    return contact(number, since=since, language=language, channel=Channel.VOICE, priority=priority)


def agent(
    number: int = 1,
    *skills: str,
    languages: tuple[str, ...] = ("de",),
    load: int = 0,
    chat_limit: int = 3,
    idle_since: float = -600,
) -> Server:
    known = frozenset({*skills, *(f"language:{language}" for language in languages)})
    return Server(UUID(int=number), known, load, chat_limit, at(idle_since))


def pairs(waiting: list[Waiting], servers: list[Server], seconds: float = 0, *, each: int = 1) -> list[tuple[int, int]]:
    """Say which contact is offered to which agent, by their numbers."""
    chosen = choose(waiting, servers, at(seconds), offers_each=each)
    return [(entry.entry_id.int - 1000, server.agent_id.int) for entry, server in chosen]
