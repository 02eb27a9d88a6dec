"""Offers that end without an answer: the agent hears of it, is blamed only for what they missed, and loses no turn."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from handoff.agents import lost
from handoff.agents.models import Agent, Presence
from handoff.agents.service import set_presence
from handoff.alarms.models import AlarmKind
from handoff.alarms.raising import raise_alarm
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.conversations.posting import lock
from handoff.routing import claims, offers
from handoff.routing.models import EntryStatus, Offer, OfferStatus
from handoff.supervision.acting import change_limit
from tests.databases import KINDS
from tests.handoff.people import on_any_database
from tests.handoff.routing.crowd import Crowd


async def limit(crowd: Crowd, agent: Agent, capacity: int) -> None:
    async with crowd.sessions.begin() as session:
        await change_limit(session, agent.id, capacity, agent.id, crowd.now)


async def end_of_offer(crowd: Crowd, conversation_id: UUID) -> OfferStatus:
    async with crowd.sessions() as session:
        wanted = select(Offer.status).where(Offer.conversation_id == conversation_id)
        return (await session.scalars(wanted)).one()


async def row_of(crowd: Crowd, agent: Agent) -> Agent:
    async with crowd.sessions() as session:
        return await session.get_one(Agent, agent.id)


@on_any_database
async def test_an_offer_that_does_not_fit_a_lower_limit_goes_back_at_once_and_is_no_miss(crowd: Crowd):
    mia = await crowd.agent("Mia", capacity=2)
    await crowd.held(mia)
    waiting = await crowd.customer()
    await crowd.tick()

    await limit(crowd, mia, 1)

    assert await end_of_offer(crowd, waiting) is OfferStatus.WITHDRAWN
    assert (await crowd.entry(waiting)).status is EntryStatus.WAITING
    assert (await row_of(crowd, mia)).missed_in_row == 0


@on_any_database
async def test_an_offer_that_still_fits_stands_when_the_limit_is_lowered(crowd: Crowd):
    mia = await crowd.agent("Mia", capacity=3)
    await crowd.held(mia)
    await crowd.customer()
    await crowd.tick()

    await limit(crowd, mia, 2)

    assert await crowd.offer_to(mia) is not None


@on_any_database
async def test_who_could_not_have_accepted_has_missed_nothing(crowd: Crowd):
    mia = await crowd.agent("Mia", capacity=2)
    await crowd.held(mia)
    waiting = await crowd.customer()
    await crowd.tick()
    async with crowd.sessions.begin() as session:
        await session.execute(update(Agent).where(Agent.id == mia.id).values(capacity=1))
    crowd.clock.advance(seconds=20)

    await crowd.tick()

    assert await end_of_offer(crowd, waiting) is OfferStatus.EXPIRED
    assert (await row_of(crowd, mia)).missed_in_row == 0


@on_any_database
async def test_whose_console_is_not_open_when_the_offer_ends_has_missed_nothing(crowd: Crowd):
    mia = await crowd.agent("Mia")
    waiting = await crowd.customer()
    await crowd.tick()
    crowd.clock.advance(seconds=20)
    async with crowd.sessions.begin() as session:
        gone = crowd.now - timedelta(minutes=1)
        await session.execute(update(Agent).where(Agent.id == mia.id).values(seen_at=gone))

    await crowd.tick()

    assert await end_of_offer(crowd, waiting) is OfferStatus.EXPIRED
    assert (await row_of(crowd, mia)).missed_in_row == 0


@pytest.mark.parametrize(("room", "asked_again"), [(1, False), (0, True)])
@on_any_database
async def test_who_refused_is_asked_again_after_a_minute_when_nobody_else_has_room(
    crowd: Crowd, room: int, asked_again: bool
):
    """Kim is on duty and could have it, if she were not full."""
    mia = await crowd.agent("Mia")
    waiting = await crowd.customer()
    await crowd.tick()
    await crowd.decline(mia)
    kim = await crowd.agent("Kim", capacity=1, presence=Presence.AWAY)
    if not room:
        await crowd.held(kim)
    async with crowd.sessions.begin() as session:
        await session.execute(update(Agent).where(Agent.id == kim.id).values(presence=Presence.AVAILABLE))
    crowd.clock.advance(seconds=61)

    await crowd.tick()

    assert await crowd.offered_agents() == ({mia.id} if asked_again else {kim.id})
    assert (await crowd.entry(waiting)).status is EntryStatus.OFFERED


@on_any_database
async def test_a_lost_agent_who_is_heard_just_in_time_keeps_the_offer(crowd: Crowd, monkeypatch: pytest.MonkeyPatch):
    """The agent is heard after the list of the silent was read and before anything is done about it."""
    mia = await crowd.agent("Mia")
    await crowd.customer()
    await crowd.tick()
    was_silent = lost.Watched(mia.id, Presence.AVAILABLE, crowd.now - timedelta(seconds=26), ())

    async def list_silent(*_: object) -> list[lost.Watched]:
        return [was_silent]

    monkeypatch.setattr(lost, "_list_watched", list_silent)
    await lost.look_for_lost(crowd.sessions, crowd.now, crowd.now - timedelta(days=1))

    assert await crowd.offered_agents() == {mia.id}
    assert (await row_of(crowd, mia)).presence is Presence.AVAILABLE


@pytest.mark.parametrize("database_url", [kind for kind in KINDS if kind != "sqlite"], indirect=True)
async def test_a_row_that_names_an_agent_can_be_written_while_the_agent_is_locked(crowd: Crowd):
    """Whoever writes it may hold a stream that the one who locked the agent waits for."""
    mia = await crowd.agent("Mia")

    async with crowd.sessions() as holding, crowd.sessions() as naming, asyncio.timeout(5):
        await claims.lock_agents(holding, [mia.id])
        await raise_alarm(naming, AlarmKind.AGENT_LOST, crowd.now, agent_id=mia.id)
        await naming.rollback()
        await holding.rollback()


async def test_an_offer_that_comes_while_the_agent_leaves_goes_back_at_once(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
):
    """It is made after it was looked for and before the agent's row is locked."""
    mia = await crowd.agent("Mia")
    waiting = await crowd.customer()
    await crowd.tick()
    find, looks = offers.find_pending_offer, []

    async def find_later(session, agent_id):
        looks.append(agent_id)
        return await find(session, agent_id) if len(looks) > 1 else None

    monkeypatch.setattr(offers, "find_pending_offer", find_later)
    async with crowd.sessions.begin() as session:
        await set_presence(session, mia, Presence.AWAY, crowd.now)

    assert await crowd.offered_agents() == set()
    assert (await crowd.entry(waiting)).status is EntryStatus.WAITING
    assert (await crowd.conversation(waiting)).status is ConversationStatus.QUEUED


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_late_offer_whose_customer_somebody_holds_ends_by_its_time_and_nobody_waits(crowd: Crowd):
    """On SQLite nobody else holds anything while one writes."""
    mia = await crowd.agent("Mia")
    waiting = await crowd.customer()
    await crowd.tick()
    async with crowd.sessions.begin() as rival:
        await lock(rival, await rival.get_one(Conversation, waiting))
        async with asyncio.timeout(5), crowd.sessions.begin() as session:
            stored = (await claims.lock_agents(session, [mia.id]))[mia.id]
            stored.presence = Presence.AWAY
            await offers.withdraw_late(session, mia.id, crowd.now)

    await crowd.tick()

    assert await end_of_offer(crowd, waiting) is OfferStatus.EXPIRED
    assert (await row_of(crowd, mia)).missed_in_row == 0
    assert (await crowd.entry(waiting)).status is EntryStatus.WAITING
