"""A contact centre of any size in one database: rows only, no application."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

from sqlalchemy import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from billing.db import Base
from handoff.agents.models import Agent, AgentSkill, Presence, PresenceReason, Role
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.events import EventStream
from handoff.live import agent_stream, conversation_stream
from handoff.routing.models import EntryKind, EntryStatus, QueueEntry
from handoff.routing.queues import load_queues

# More than a bench lasts: nobody's console falls silent.
_FOR_EVER = timedelta(days=1)
QUEUES = tuple(load_queues())
LANGUAGES = ("en", "de", "fi")


@dataclass(frozen=True)
class Centre:
    agents: Sequence[UUID]
    entries: Sequence[UUID]


async def fill(
    session: AsyncSession, *, agents: int, waiting: int, capacity: int, presence: Presence = Presence.AVAILABLE
) -> Centre:
    """Agents who speak one to three languages and know some topics; customers of all queues, channels and ages."""
    now, random = datetime.now(UTC), Random(1)
    agent_ids = [uuid4() for _ in range(agents)]
    people = [_agent(agent_id, capacity, presence, now) for agent_id in agent_ids]
    skills = [{"agent_id": agent_id, "skill": skill} for agent_id in agent_ids for skill in _skills(random)]
    await _add(session, Agent, people)
    await _add(session, AgentSkill, skills)
    await _add(session, EventStream, [{"name": agent_stream(each), "last_number": 0} for each in agent_ids])
    conversations = [_conversation(random, now) for _ in range(waiting)]
    await _add(session, Conversation, conversations)
    streams = [{"name": conversation_stream(each["id"]), "last_number": 0} for each in conversations]
    await _add(session, EventStream, streams)
    entries = [_entry(each, random, now) for each in conversations]
    await _add(session, QueueEntry, entries)
    return Centre(agent_ids, [UUID(str(entry["id"])) for entry in entries])


async def _add(session: AsyncSession, model: type[Base], rows: Sequence[dict[str, object]]) -> None:
    statement: Insert = insert(model)
    for start in range(0, len(rows), 1000):
        await session.execute(statement, rows[start : start + 1000])


def _agent(agent_id: UUID, capacity: int, presence: Presence, now: datetime) -> dict[str, object]:
    return {
        "id": agent_id,
        "email": f"{agent_id.hex}@nordlicht.example",
        "name": f"Agent {agent_id.hex[:6]}",
        "language": "en",
        "password_hash": "none",
        "capacity": capacity,
        "presence": presence,
        "presence_since": now,
        "presence_reason": PresenceReason.CHOSEN,
        "seen_at": now + _FOR_EVER,
        "missed_in_row": 0,
        "role": Role.AGENT,
    }


def _skills(random: Random) -> list[str]:
    languages = random.sample(LANGUAGES, random.choice((1, 2, 3)))
    topics = random.sample(("bills", "payments", "contracts", "general"), random.choice((1, 2, 4)))
    return [*(f"language:{language}" for language in languages), *(f"topic:{topic}" for topic in topics)]


def _conversation(random: Random, now: datetime) -> dict[str, object]:
    return {
        "id": uuid4(),
        "status": ConversationStatus.QUEUED,
        "channel": Channel.WEBCHAT,
        "language": random.choice(LANGUAGES),
        "language_chosen": False,
        "token_hash": uuid4().hex,
        "last_seq": 0,
        "opened_at": now,
        "customer_seen_seq": 0,
        "agent_seen_seq": 0,
    }


def _entry(conversation: dict[str, object], random: Random, now: datetime) -> dict[str, object]:
    queue = random.choice(QUEUES)
    asked_at = now - timedelta(seconds=random.uniform(0, 1200))
    return {
        "id": uuid4(),
        "conversation_id": conversation["id"],
        "status": EntryStatus.WAITING,
        "language": conversation["language"],
        "queue": queue.key,
        "topic": queue.topics[0],
        "channel": conversation["channel"],
        "kind": EntryKind.LIVE,
        "priority": queue.priority,
        "reason": "asked_for_person",
        "requested_seq": 0,
        "requested_at": asked_at,
        "entered_at": asked_at,
        "announced_position": 1,
        "raised_in_row": 0,
    }
