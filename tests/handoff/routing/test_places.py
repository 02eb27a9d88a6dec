"""What is counted in the database of one customer is what follows from reading the whole line."""

from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.routing import queue
from handoff.routing.models import EntryStatus, QueueEntry
from handoff.routing.places import place_of
from handoff.routing.queues import Queues, give_queues, load_queues, queues_of
from handoff.routing.standings import Place, is_overtaken, places
from tests.handoff.people import on_any_database

IN_LINE = 40
AGEING = {"bills": 60, "payments": 120, "contracts": 300, "general": 300}


@pytest.fixture
def uneven(app: FastAPI) -> None:
    """In some queues one grows urgent sooner than in others."""
    changed = (each.model_copy(update={"ageing_seconds": AGEING[each.key]}) for each in load_queues())
    give_queues(app.state.sessions, Queues(tuple(changed)))


async def stand_in_line(session: AsyncSession, random: Random, now: datetime) -> None:
    """Whoever had an agent already entered later than they asked; some wait for a later time."""
    for _ in range(IN_LINE):
        asked_at = now - timedelta(seconds=random.randrange(900))
        conversation = Conversation(
            status=ConversationStatus.QUEUED,
            channel=Channel.WEBCHAT,
            language="en",
            token_hash=uuid4().hex,
            opened_at=asked_at,
        )
        session.add(conversation)
        await session.flush()
        entry = QueueEntry(
            conversation_id=conversation.id,
            status=random.choice([EntryStatus.WAITING, EntryStatus.OFFERED]),
            language=random.choice(["en", "en", "de"]),
            queue=random.choice(list(AGEING)),
            topic="other",
            channel=Channel.WEBCHAT,
            priority=random.randint(1, 4),
            reason="asked",
            requested_seq=0,
            requested_at=asked_at,
            entered_at=random.choice([asked_at, now - (now - asked_at) / 2]),
            not_before=random.choice([None, None, None, now - timedelta(minutes=1), now + timedelta(minutes=1)]),
            announced_position=1,
        )
        session.add(entry)
    await session.flush()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.usefixtures("uneven")
@on_any_database
async def test_place_and_overtaking_counted_for_one_agree_with_the_line_read_for_all(app: FastAPI, clock, seed: int):
    async with app.state.sessions() as session:
        await stand_in_line(session, Random(seed), clock.now())
        entries = (await session.scalars(select(QueueEntry).where(QueueEntry.status.in_(queue.OPEN)))).all()
        expected = places(entries, queues_of(session), clock.now())

        counted = {
            entry.id: Place(
                await place_of(session, entry, clock.now()), await is_overtaken(session, entry, clock.now())
            )
            for entry in entries
        }
        await session.rollback()

    assert len(counted) == IN_LINE
    assert counted == expected
    assert {place.overtaken for place in counted.values()} == {True, False}
