"""The estimate from the rows of the live line: who counts, what was learnt, and what is not known."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from math import exp
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, AgentSkill, Presence
from handoff.contact_log import ContactEventKind, record
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.db import Sessions
from handoff.routing.estimate import Estimate
from handoff.routing.estimate_history import read_history, refit
from handoff.routing.estimate_model import UNTAUGHT, from_json
from handoff.routing.models import EntryKind, EntryStatus, EstimateModel, QueueEntry
from handoff.routing.queues import load_queues
from handoff.routing.waits import estimate_of, estimates_of, newest_model
from tests.factories.handoff import make_agent
from tests.fakes.clock import FixedClock

QUEUES = load_queues()


@pytest.fixture
async def session(app, clock: FixedClock) -> AsyncIterator[AsyncSession]:
    sessions: Sessions = app.state.sessions
    async with sessions() as session:
        yield session
        await session.rollback()


async def entry(
    session: AsyncSession,
    now: datetime,
    *,
    since: float = 0,
    language: str = "de",
    channel: Channel = Channel.WEBCHAT,
    priority: int = 3,
    status: EntryStatus = EntryStatus.WAITING,
    not_before: datetime | None = None,
    taken_by: Agent | None = None,
) -> QueueEntry:
    """One contact that asked for a person `since` seconds ago."""
    asked = now - timedelta(seconds=since)
    conversation = Conversation(
        status=ConversationStatus.ACTIVE if taken_by else ConversationStatus.QUEUED,
        channel=channel,
        language=language,
        token_hash=uuid4().hex,
        agent_id=taken_by.id if taken_by else None,
        opened_at=asked,
    )
    session.add(conversation)
    await session.flush()
    row = QueueEntry(
        conversation_id=conversation.id,
        status=EntryStatus.TAKEN if taken_by else status,
        language=language,
        queue="general",
        topic="other",
        channel=channel,
        kind=EntryKind.LIVE,
        priority=priority,
        reason="asked",
        requested_seq=1,
        requested_at=asked,
        entered_at=asked,
        not_before=not_before,
        announced_position=0,
        ended_at=asked if taken_by else None,
    )
    session.add(row)
    await session.flush()
    return row


async def hire(session: AsyncSession, now: datetime, *languages: str, capacity: int = 1) -> Agent:
    agent = await make_agent(session, now=now, presence=Presence.AVAILABLE, capacity=capacity)
    known = set(await session.scalars(select(AgentSkill.skill).where(AgentSkill.agent_id == agent.id)))
    wanted = {f"language:{language}" for language in languages}
    for skill in known - wanted:
        await session.delete(await session.get_one(AgentSkill, (agent.id, skill)))
    session.add_all(AgentSkill(agent_id=agent.id, skill=skill) for skill in wanted - known)
    await session.flush()
    return agent


async def told(session: AsyncSession, one: QueueEntry, now: datetime) -> Estimate:
    found = await estimate_of(session, one, QUEUES, now)
    assert found is not None
    return found


async def test_without_anybody_who_speaks_the_language_nothing_is_promised(session: AsyncSession, clock: FixedClock):
    now = clock.now()
    await hire(session, now, "fi")

    assert await estimate_of(session, await entry(session, now), QUEUES, now) is None


async def test_an_agent_who_is_away_does_not_count(session: AsyncSession, clock: FixedClock):
    now = clock.now()
    agent = await hire(session, now, "de")
    agent.presence = Presence.AWAY
    await session.flush()

    assert await estimate_of(session, await entry(session, now), QUEUES, now) is None


async def test_every_contact_ahead_and_every_slot_moves_the_estimate(session: AsyncSession, clock: FixedClock):
    now = clock.now()
    await hire(session, now, "de")
    first, second, third = [await entry(session, now, since=seconds) for seconds in (9, 6, 3)]

    waits = await estimates_of(session, [first, second, third], QUEUES, now)
    await hire(session, now, "de", capacity=4)
    more_people = await estimates_of(session, [first, second, third], QUEUES, now)

    medians = [waits[one.id].median_seconds for one in (first, second, third)]
    assert medians == sorted(medians)
    assert medians[0] < medians[2]
    assert all(more_people[one.id].median_seconds < waits[one.id].median_seconds for one in (first, second, third))


async def test_a_more_urgent_contact_that_came_later_stands_ahead(session: AsyncSession, clock: FixedClock):
    now = clock.now()
    await hire(session, now, "de")
    own = await entry(session, now, since=30)
    before = await told(session, own, now)
    await entry(session, now, since=1, priority=3)
    unchanged = await told(session, own, now)

    await entry(session, now, since=1, priority=1)

    assert unchanged == before
    assert (await told(session, own, now)).median_seconds > before.median_seconds


async def test_a_call_back_that_is_not_due_and_another_language_stand_in_nobodys_way(
    session: AsyncSession, clock: FixedClock
):
    now = clock.now()
    await hire(session, now, "de")
    await hire(session, now, "fi")
    own = await entry(session, now, since=5)
    before = await told(session, own, now)

    await entry(session, now, since=60, not_before=now + timedelta(hours=1))
    await entry(session, now, since=60, language="fi")

    assert await told(session, own, now) == before


async def test_a_contact_that_others_can_serve_as_well_counts_in_part(session: AsyncSession, clock: FixedClock):
    now = clock.now()
    await hire(session, now, "de")
    own = await entry(session, now, since=5)
    alone = await told(session, own, now)
    german = await entry(session, now, since=60)
    behind_one = await told(session, own, now)
    # Now both speak Finnish, one of them German too: half of a Finnish contact falls upon the German line.
    german.language = "fi"
    for agent in (await session.scalars(select(Agent))).all():
        session.add(AgentSkill(agent_id=agent.id, skill="language:fi"))
    await session.flush()
    await hire(session, now, "fi")

    assert alone.median_seconds < (await told(session, own, now)).median_seconds < behind_one.median_seconds


async def test_a_call_ahead_takes_the_room_of_three_chats(session: AsyncSession, clock: FixedClock):
    now = clock.now()
    await hire(session, now, "de", capacity=3)
    own = await entry(session, now, since=5)
    await entry(session, now, since=60)
    behind_chat = await told(session, own, now)

    await entry(session, now, since=60, channel=Channel.VOICE)

    assert (await told(session, own, now)).median_seconds > 1.5 * behind_chat.median_seconds


async def test_the_handle_times_of_past_contacts_are_learnt(session: AsyncSession, clock: FixedClock):
    now = clock.now()
    agent = await hire(session, now, "de")
    await talked(session, agent, now, count=60, waited=5, handled=30)
    own = await entry(session, now, since=1)

    quick = await told(session, own, now)

    # 300 s are configured; after 60 contacts of 30 s they count for a quarter: 97.5 s, of which half-lives are told.
    assert quick.median_seconds == pytest.approx(97.5 * 0.693, rel=0.05)


async def talked(
    session: AsyncSession, agent: Agent, now: datetime, *, count: int, waited: float, handled: float
) -> None:
    """Contacts every ten minutes until now, each answered by the agent."""
    for number in range(count):
        came = now - timedelta(minutes=10 * (number + 1))
        one = await entry(session, came, taken_by=agent)
        one.ended_at = came + timedelta(seconds=waited)
        conversation = await session.get_one(Conversation, one.conversation_id)
        conversation.status, conversation.closed_at = ConversationStatus.CLOSED, now
        record(session, ContactEventKind.REQUEUED, came + timedelta(seconds=1), subject=one, why="declined")
        record(session, ContactEventKind.TAKEN, one.ended_at, subject=one, agent_id=agent.id)
        over = one.ended_at + timedelta(seconds=handled)
        record(session, ContactEventKind.WRAP_UP_DONE, over, subject=one, agent_id=agent.id)
    await session.flush()


async def test_the_history_becomes_a_log_and_a_model_that_the_next_estimate_uses(
    session: AsyncSession, clock: FixedClock
):
    now = clock.now()
    agent = await hire(session, now, "de")
    await talked(session, agent, now, count=120, waited=200, handled=30)
    gone = await entry(session, now, since=100, status=EntryStatus.LEFT)
    gone.ended_at = now
    own = await entry(session, now, since=1)
    untaught = await told(session, own, now)

    calls = await read_history(session, now, QUEUES)
    row = await refit(session, now, QUEUES)

    assert len(calls) == 121
    assert set(calls.wait[calls.was_answered]) == {200}
    assert set(calls.handle[calls.was_answered]) == {30}
    assert calls.wait[~calls.was_answered] == [100]
    assert row.contacts == 120
    assert (await newest_model(session))[0] == from_json(row.parameters) != UNTAUGHT
    # All have waited for 200 s, so that is told now rather than what the theory says.
    taught = await told(session, own, now)
    assert abs(taught.median_seconds - 200) < abs(untaught.median_seconds - 200)


async def test_without_any_history_theory_is_stored_and_told(session: AsyncSession, clock: FixedClock):
    now = clock.now()
    await hire(session, now, "de")
    own = await entry(session, now)
    before = await told(session, own, now)

    row = await refit(session, now, QUEUES)

    assert row.contacts == 0
    assert await session.scalar(select(EstimateModel.contacts)) == 0
    assert await told(session, own, now) == before


async def test_upper_ends_that_did_not_hold_stretch_the_next_one_until_the_model_is_fitted_anew(
    session: AsyncSession, clock: FixedClock
):
    # What another test read of the last contacts is older than a second.
    now = clock.now() + timedelta(minutes=1)
    agent = await hire(session, now, "de")
    await talked(session, agent, now, count=30, waited=100, handled=30)
    own = await entry(session, now, since=1)
    before = await told(session, own, now)

    for one in (await session.scalars(select(QueueEntry).where(QueueEntry.status == EntryStatus.TAKEN))).all():
        record(session, ContactEventKind.ANNOUNCED, one.entered_at, subject=one, bucket="lt1", upper_seconds=50.0)
        later = one.entered_at + timedelta(seconds=30)
        record(session, ContactEventKind.ANNOUNCED, later, subject=one, bucket="1_2", upper_seconds=100.0)
    await session.flush()
    stretched = await told(session, own, now)

    assert stretched.median_seconds == before.median_seconds
    # Thirty misses in a row, each stretching by seven eighths of four percent.
    assert stretched.upper_seconds == pytest.approx(before.upper_seconds * exp(0.035 * 30), rel=0.01)
    model = await refit(session, now, QUEUES)
    assert (await newest_model(session))[0].stretch == from_json(model.parameters).stretch


@pytest.mark.parametrize("apart", [{"kind": EntryKind.CALLBACK}, {"not_before": datetime(2026, 1, 5, 7, tzinfo=UTC)}])
async def test_a_wait_by_appointment_tells_nobody_else_how_long_the_line_is(
    session: AsyncSession, clock: FixedClock, apart: dict[str, object]
):
    now = clock.now()
    agent = await hire(session, now, "de")
    await talked(session, agent, now - timedelta(hours=1), count=30, waited=100, handled=30)
    await refit(session, now, QUEUES)
    own = await entry(session, now, since=1)
    before = await told(session, own, now)

    appointed = await answered_after_twelve_hours(session, agent, now)
    for name, value in apart.items():
        setattr(appointed, name, value)
    await session.flush()
    after = await told(session, own, now)

    # Only the length of the conversation is believed, which shortens the wait by a little.
    assert before.upper_seconds * 0.95 < after.upper_seconds <= before.upper_seconds
    assert before.median_seconds * 0.95 < after.median_seconds <= before.median_seconds


async def answered_after_twelve_hours(session: AsyncSession, agent: Agent, now: datetime) -> QueueEntry:
    """Return a contact that was told two to five minutes last night and answered a minute ago."""
    came = now - timedelta(hours=12)
    one = await entry(session, came, taken_by=agent)
    one.ended_at = now - timedelta(minutes=1)
    conversation = await session.get_one(Conversation, one.conversation_id)
    conversation.status, conversation.closed_at = ConversationStatus.CLOSED, now
    record(session, ContactEventKind.ANNOUNCED, came, subject=one, bucket="2_5", upper_seconds=200.0)
    record(session, ContactEventKind.TAKEN, one.ended_at, subject=one, agent_id=agent.id)
    over = one.ended_at + timedelta(seconds=30)
    record(session, ContactEventKind.WRAP_UP_DONE, over, subject=one, agent_id=agent.id)
    return one
