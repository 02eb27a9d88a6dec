"""Contacts that are over: what lies in the tables after some weeks, and must not make today slower."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.contact_log import ContactEvent
from handoff.contact_log import ContactEventKind as Kind
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.routing.models import EntryKind, EntryStatus, Offer, OfferStatus, QueueEntry
from tests.bench.queue_world import LANGUAGES, QUEUES

AT_ONCE = 1000
PER_DAY = 5_000
# The seconds after the wish at which the log has each event.
COURSE = ((Kind.REQUESTED, 0), (Kind.ANNOUNCED, 0), (Kind.OFFERED, 20), (Kind.TAKEN, 25), (Kind.CLOSED, 400))
_AGENTS_OWN = (Kind.OFFERED, Kind.TAKEN, Kind.CLOSED)

Row = dict[str, object]


async def add_history(session: AsyncSession, agents: Sequence[UUID], contacts: int, now: datetime) -> None:
    """Add contacts that ended before today, PER_DAY on each day."""
    random, done = Random(4), 0
    while done < contacts:
        number = min(AT_ONCE, contacts - done)
        begun = [now - timedelta(days=1 + (done + each) / PER_DAY) for each in range(number)]
        await _add(session, [_contact(random, agents, at) for at in begun])
        done += number


async def add_today(session: AsyncSession, agents: Sequence[UUID], contacts: int, now: datetime, spread: float) -> None:
    """Add contacts of the last `spread` seconds, all over."""
    random = Random(5)
    for start in range(0, contacts, AT_ONCE):
        begun = [
            now - timedelta(seconds=400 + spread * (contacts - each) / contacts)
            for each in range(start, min(contacts, start + AT_ONCE))
        ]
        await _add(session, [_contact(random, agents, at) for at in begun])


async def _add(session: AsyncSession, contacts: Sequence[tuple[Row, Row, Row, list[Row]]]) -> None:
    conversations, entries, offers, events = zip(*contacts, strict=True)
    await session.execute(insert(Conversation), list(conversations))
    await session.execute(insert(QueueEntry), list(entries))
    await session.execute(insert(Offer), list(offers))
    await session.execute(insert(ContactEvent), [event for each in events for event in each])


def _contact(random: Random, agents: Sequence[UUID], at: datetime) -> tuple[Row, Row, Row, list[Row]]:
    conversation_id, entry_id, agent_id = uuid4(), uuid4(), random.choice(agents)
    queue, language = random.choice(QUEUES), random.choice(LANGUAGES)
    taken_at = at + timedelta(seconds=25)
    conversation: Row = {
        "id": conversation_id,
        "status": ConversationStatus.CLOSED,
        "channel": Channel.WEBCHAT,
        "language": language,
        "language_chosen": False,
        "token_hash": conversation_id.hex,
        "agent_id": agent_id,
        "last_seq": 0,
        "opened_at": at,
        "closed_at": at + timedelta(seconds=400),
        "customer_seen_seq": 0,
        "agent_seen_seq": 0,
    }
    entry: Row = {
        "id": entry_id,
        "conversation_id": conversation_id,
        "status": EntryStatus.TAKEN,
        "language": language,
        "queue": queue.key,
        "topic": queue.topics[0],
        "channel": Channel.WEBCHAT,
        "kind": EntryKind.LIVE,
        "priority": queue.priority,
        "reason": "asked_for_person",
        "requested_seq": 0,
        "requested_at": at,
        "entered_at": at,
        "announced_position": 1,
        "announced_at": at,
        "raised_in_row": 0,
        "ended_at": taken_at,
    }
    offer: Row = {
        "id": uuid4(),
        "entry_id": entry_id,
        "conversation_id": conversation_id,
        "agent_id": agent_id,
        "status": OfferStatus.ACCEPTED,
        "made_at": at + timedelta(seconds=20),
        "expires_at": at + timedelta(seconds=40),
        "ended_at": taken_at,
    }
    return conversation, entry, offer, [_event(kind, after, entry, agent_id) for kind, after in COURSE]


def _event(kind: Kind, after: float, entry: Row, agent_id: UUID) -> Row:
    at = entry["requested_at"]
    assert isinstance(at, datetime)
    return {
        "happened_at": at + timedelta(seconds=after),
        "kind": kind,
        "conversation_id": entry["conversation_id"],
        "entry_id": entry["id"],
        "agent_id": agent_id if kind in _AGENTS_OWN else None,
        "queue": entry["queue"],
        "language": entry["language"],
        "channel": entry["channel"],
        "details": {"upper_seconds": 60.0} if kind is Kind.ANNOUNCED else {},
    }
