"""A console falls silent: nothing is dropped within the grace, and after it nobody waits for an agent who is gone."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from handoff.agents.lost import Watch, look_for_lost, make_loop
from handoff.agents.models import Presence, PresenceReason
from handoff.agents.presence import GRACE
from handoff.agents.returning import give_back
from handoff.alarms.models import Alarm, AlarmKind
from handoff.contact_log import ContactEventKind
from handoff.conversations.models import ConversationStatus
from handoff.routing.models import EntryStatus, Offer, OfferStatus, QueueEntry
from handoff.routing.queues import load_queues
from handoff.texts import server_texts
from tests.fakes.clock import FixedClock
from tests.handoff.agents.conftest import Look, log_of, row_of, was_heard
from tests.handoff.conftest import HireAgent, OpenChat
from tests.handoff.people import AgentAtWork, Customer, on_any_database


@pytest.fixture
async def untouched(mia: AgentAtWork, customer: Customer) -> UUID:
    """Mia has accepted the customer and not written yet."""
    await customer.ask_for_person()
    return await mia.take_next()


@pytest.fixture
async def answered(mia: AgentAtWork, untouched: UUID) -> UUID:
    """Mia has accepted the customer and written."""
    assert (await mia.reply(untouched, "Hello, I am Mia.")).status_code == 201
    return untouched


async def open_entry_of(app: FastAPI, conversation_id: UUID) -> QueueEntry | None:
    wanted = select(QueueEntry).where(QueueEntry.conversation_id == conversation_id)
    async with app.state.sessions() as session:
        return await session.scalar(wanted.where(QueueEntry.status != EntryStatus.TAKEN))


async def alarms_of(app: FastAPI) -> list[Alarm]:
    async with app.state.sessions() as session:
        return list(await session.scalars(select(Alarm).where(Alarm.kind == AlarmKind.AGENT_LOST)))


def notice(language: str = "en") -> str:
    return server_texts().text("agent.lost", language, name="Mia")


async def test_a_console_that_is_silent_for_less_than_the_grace_loses_nothing(
    app, mia: AgentAtWork, answered: UUID, open_chat: OpenChat, look: Look, clock: FixedClock
):
    await (await open_chat()).ask_for_person()
    assert await mia.offer() is not None
    clock.advance(seconds=14)
    await was_heard(app, mia, clock.now() - timedelta(seconds=24))

    due = await look()
    await was_heard(app, mia, clock.now())

    assert due == clock.now() + timedelta(seconds=1)
    row = await row_of(app, mia)
    assert (row.presence, row.presence_reason) == (Presence.AVAILABLE, PresenceReason.CHOSEN)
    console = await mia.console()
    assert [held["id"] for held in console["conversations"]] == [str(answered)]
    assert console["offer"] is not None
    assert await alarms_of(app) == []


async def test_who_is_not_heard_for_26_seconds_is_offline_as_lost_and_gives_the_offer_back(
    app, mia: AgentAtWork, customer: Customer, look: Look, clock: FixedClock
):
    await customer.ask_for_person()
    clock.advance(seconds=10)
    assert await mia.offer() is not None
    clock.advance(seconds=16)

    await look()

    row = await row_of(app, mia)
    assert (row.presence, row.presence_reason) == (Presence.OFFLINE, PresenceReason.LOST)
    assert row.presence_since == clock.now()
    async with app.state.sessions() as session:
        assert list(await session.scalars(select(Offer.status))) == [OfferStatus.WITHDRAWN]
    assert (await customer.row()).status is ConversationStatus.QUEUED
    [event] = await log_of(app, ContactEventKind.PRESENCE)
    assert (event.agent_id, event.details) == (mia.agent_id, {"presence": "offline", "reason": "lost"})
    [alarm] = await alarms_of(app)
    assert (alarm.agent_id, alarm.due_at, alarm.ended_at) == (mia.agent_id, clock.now() - timedelta(seconds=1), None)


async def test_nobody_is_offered_to_a_silent_console_even_before_it_counts_as_lost(
    mia: AgentAtWork, customer: Customer, clock: FixedClock
):
    clock.advance(seconds=26)
    await customer.ask_for_person()

    assert await mia.offer() is None


async def test_an_untouched_conversation_is_back_in_line_at_30_seconds_with_the_age_it_had(
    app, mia: AgentAtWork, customer: Customer, clock: FixedClock, look: Look
):
    asked_at = clock.now()
    await customer.ask_for_person()
    clock.advance(seconds=5)
    held = await mia.take_next()
    await was_heard(app, mia, clock.now())
    clock.advance(seconds=29)
    await look()
    assert (await customer.row()).status is ConversationStatus.ACTIVE
    clock.advance(seconds=1)

    await look()

    entry = await open_entry_of(app, held)
    assert entry is not None
    assert (entry.requested_at, entry.status) == (asked_at, EntryStatus.WAITING)
    row = await customer.row()
    assert (row.status, row.agent_id) == (ConversationStatus.QUEUED, None)
    [event] = await log_of(app, ContactEventKind.REQUEUED)
    assert (event.agent_id, event.details["why"]) == (mia.agent_id, "agent_lost")


async def test_an_answered_conversation_waits_a_minute_for_its_agent_and_then_goes_on_with_a_notice(
    app, customer: Customer, answered: UUID, clock: FixedClock, look: Look
):
    asked_at = clock.now()
    clock.advance(seconds=59)
    await look()
    await customer.caught_up()
    assert (await customer.row()).status is ConversationStatus.ACTIVE
    assert notice() not in customer.texts("system")
    clock.advance(seconds=1)

    await look()

    await customer.caught_up()
    assert customer.texts("system").count(notice()) == 1
    assert customer.conversation["status"] == "queued"
    entry = await open_entry_of(app, answered)
    assert entry is not None
    assert entry.requested_at == asked_at


@pytest.mark.parametrize("language", ["en", "de", "fi"])
@on_any_database
async def test_the_notice_speaks_the_language_of_the_customer(
    language: str, mia: AgentAtWork, open_chat: OpenChat, clock: FixedClock, look: Look
):
    customer = await open_chat(language)
    await customer.ask_for_person()
    await mia.reply(await mia.take_next(), "Hello")
    clock.advance(seconds=60)

    await look()

    await customer.caught_up()
    assert notice(language) in customer.texts("system")


async def test_the_next_agent_gets_the_lost_conversation_before_those_who_asked_later(
    app, untouched: UUID, hire: HireAgent, open_chat: OpenChat, clock: FixedClock, look: Look
):
    clock.advance(seconds=1)
    await (await open_chat()).ask_for_person()
    clock.advance(seconds=29)
    await look()
    aino = await hire("Aino")

    assert await aino.take_next() == untouched


async def test_looking_twice_or_in_two_processes_changes_nothing_more(
    app, customer: Customer, answered: UUID, clock: FixedClock, look: Look
):
    clock.advance(seconds=60)
    await asyncio.gather(*(look() for _ in range(4)))
    await customer.caught_up()
    said = customer.texts()

    assert await look() is None

    await customer.caught_up()
    assert (customer.texts(), said.count(notice())) == (said, 1)
    assert len(await alarms_of(app)) == 1
    assert len(await log_of(app, ContactEventKind.PRESENCE)) == 1
    assert len(await log_of(app, ContactEventKind.REQUEUED)) == 1


async def test_what_cannot_be_given_back_now_holds_up_nobody_and_is_tried_again(
    app, mia: AgentAtWork, open_chat: OpenChat, clock: FixedClock, look: Look, monkeypatch: pytest.MonkeyPatch
):
    customers = [await open_chat() for _ in range(3)]
    for customer in customers:
        await customer.ask_for_person()
        await mia.take_next()
    clock.advance(seconds=30)
    with monkeypatch.context() as broken:
        broken.setattr("handoff.agents.lost.give_back", _crash_at(customers[1].conversation_id))
        assert await look() == clock.now() + timedelta(seconds=1)
    assert [(await customer.row()).status for customer in customers] == ["queued", "active", "queued"]

    await look()

    assert (await customers[1].row()).status is ConversationStatus.QUEUED


def _crash_at(conversation_id: UUID):
    """The work is done and undone: the process dies before the commit."""

    async def crash(session, held, now, **how):
        await give_back(session, held, now, **how)
        if held.conversation_id == conversation_id:
            raise ConnectionError

    return crash


async def test_an_agent_who_is_away_with_an_open_console_loses_nothing(
    app, mia: AgentAtWork, answered: UUID, customer: Customer, clock: FixedClock, look: Look
):
    await mia.be("away")
    clock.advance(minutes=10)
    await was_heard(app, mia, clock.now() - timedelta(seconds=9))

    await look()

    assert (await customer.row()).agent_id == mia.agent_id
    assert (await row_of(app, mia)).presence is Presence.AWAY


async def test_who_comes_back_before_the_conversations_are_gone_keeps_them_and_sees_what_happened(
    app, mia: AgentAtWork, untouched: UUID, customer: Customer, clock: FixedClock, look: Look
):
    clock.advance(seconds=27)
    await look()

    await mia.connect()
    clock.advance(seconds=24)
    await look()

    assert (await customer.row()).agent_id == mia.agent_id
    me = (await mia.http.get("/api/agents/me")).json()
    assert (me["presence"], me["presence_reason"]) == ("offline", "lost")
    [alarm] = await alarms_of(app)
    assert alarm.ended_at is not None
    await mia.be("available")
    me = (await mia.http.get("/api/agents/me")).json()
    assert (me["presence"], me["presence_reason"]) == ("available", "chosen")
    await mia.socket.disconnect()


@on_any_database
async def test_who_was_away_without_customers_goes_offline_without_an_alarm(
    app, mia: AgentAtWork, clock: FixedClock, look: Look
):
    await mia.be("away")
    clock.advance(seconds=26)

    await look()

    assert (await row_of(app, mia)).presence_reason is PresenceReason.LOST
    assert await alarms_of(app) == []


@on_any_database
async def test_what_the_agent_wrote_before_the_conversation_came_back_to_them_does_not_count_as_an_answer(
    app, mia: AgentAtWork, answered: UUID, customer: Customer, clock: FixedClock, look: Look
):
    clock.advance(seconds=60)
    await look()
    await mia.be("available")
    clock.advance(seconds=1)
    assert await mia.take_next() == answered
    clock.advance(seconds=30)

    await look()

    assert (await customer.row()).status is ConversationStatus.QUEUED


@on_any_database
async def test_a_process_that_has_just_begun_to_listen_gives_every_console_the_grace_to_come_back(
    app, mia: AgentAtWork, untouched: UUID, customer: Customer, clock: FixedClock
):
    clock.advance(minutes=5)
    began = clock.now()

    due = await look_for_lost(app.state.sessions, clock.now(), began)
    assert (await row_of(app, mia)).presence is Presence.AVAILABLE
    assert due == began + timedelta(seconds=25)
    clock.advance(seconds=25)
    await look_for_lost(app.state.sessions, clock.now(), began)

    assert (await row_of(app, mia)).presence_reason is PresenceReason.LOST
    assert (await customer.row()).status is ConversationStatus.ACTIVE


@on_any_database
async def test_a_process_that_stood_still_blames_nobody_for_its_own_deafness(app, mia: AgentAtWork, clock: FixedClock):
    watch = Watch(app.state.sessions, clock)
    clock.advance(seconds=14)
    await watch.look()
    clock.advance(minutes=3)
    await watch.look()
    assert (await row_of(app, mia)).presence is Presence.AVAILABLE

    for _ in range(5):
        clock.advance(seconds=5)
        await watch.look()

    assert (await row_of(app, mia)).presence_reason is PresenceReason.LOST


@on_any_database
async def test_the_loop_finds_the_lost_agent_by_itself(
    app, mia: AgentAtWork, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("handoff.agents.lost.LONGEST_PAUSE", 0.01)
    loop = make_loop(app.state.sessions, app.state.live, clock, load_queues())
    loop.start()
    try:
        async with asyncio.timeout(5):
            while (await row_of(app, mia)).presence is not Presence.OFFLINE:
                clock.advance(seconds=0.5)
                await asyncio.sleep(0.01)
    finally:
        await loop.stop()

    row = await row_of(app, mia)
    assert row.presence_reason is PresenceReason.LOST
    assert row.seen_at is not None
    assert row.presence_since - row.seen_at >= GRACE
