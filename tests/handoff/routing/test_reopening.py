"""A customer comes back to what an agent had closed: the same line, somebody who is there, and not for ever."""

import asyncio

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from handoff.agents.models import Presence
from handoff.contact_log import ContactEvent, ContactEventKind
from handoff.conversations import service
from handoff.conversations.models import Channel, ConversationStatus, Message
from handoff.routing.errors import ReopeningOver
from handoff.routing.models import EntryKind
from handoff.routing.queues import WEEKDAYS, Queues, give_queues, load_queues
from handoff.texts import server_texts
from tests.handoff.people import on_any_database
from tests.handoff.routing.crowd import Crowd


async def closed_by(crowd: Crowd, agent, **wish) -> object:
    conversation_id = await crowd.held(agent, **wish)
    await crowd.with_conversation(conversation_id, lambda s, c: service.close_conversation(s, c, crowd.now))
    return conversation_id


@on_any_database
async def test_a_reopened_conversation_waits_in_the_same_line_for_somebody_who_is_there(crowd: Crowd):
    mia = await crowd.agent("Mia", presence=Presence.AWAY)
    conversation_id = await closed_by(crowd, mia, topic="bills")
    async with crowd.sessions.begin() as session:
        (await session.merge(mia)).presence = Presence.OFFLINE
    aino = await crowd.agent("Aino")
    crowd.clock.advance(hours=23)

    await crowd.with_conversation(conversation_id, lambda s, c: service.reopen(s, c, crowd.now))
    await crowd.tick()

    entry = await crowd.entry(conversation_id)
    assert (entry.queue, entry.topic, entry.requested_at) == ("bills", "bills", crowd.now)
    assert await crowd.offered_agents() == {aino.id}


@on_any_database
async def test_a_reopened_conversation_goes_best_to_the_agent_who_had_it(crowd: Crowd):
    mia = await crowd.agent("Mia")
    conversation_id = await closed_by(crowd, mia)
    crowd.clock.advance(minutes=5)
    await crowd.agent("Aino")

    await crowd.with_conversation(conversation_id, lambda s, c: service.reopen(s, c, crowd.now))
    await crowd.tick()

    assert await crowd.offered_agents() == {mia.id}


@on_any_database
async def test_after_a_day_a_conversation_stays_closed(crowd: Crowd):
    conversation_id = await closed_by(crowd, await crowd.agent(presence=Presence.AWAY))
    crowd.clock.advance(hours=24, seconds=1)

    refusal = await crowd.with_conversation(conversation_id, lambda s, c: service.reopen(s, c, crowd.now))

    assert isinstance(refusal, ReopeningOver)


@pytest.mark.parametrize(("hours", "over"), [(0, True), (1, True), (3, False)])
@on_any_database
async def test_each_queue_says_how_long(app: FastAPI, crowd: Crowd, hours: int, over: bool):
    queues = Queues(tuple(each.model_copy(update={"reopen_hours": hours}) for each in load_queues()))
    give_queues(app.state.sessions, queues)
    conversation_id = await closed_by(crowd, await crowd.agent(presence=Presence.AWAY))
    crowd.clock.advance(hours=2)

    refusal = await crowd.with_conversation(conversation_id, lambda s, c: service.reopen(s, c, crowd.now))

    assert isinstance(refusal, ReopeningOver) is over


async def test_of_many_who_reopen_at_once_one_does_and_nobody_is_refused(crowd: Crowd):
    conversation_id = await closed_by(crowd, await crowd.agent(presence=Presence.AWAY))

    refusals = await asyncio.gather(
        *(crowd.with_conversation(conversation_id, lambda s, c: service.reopen(s, c, crowd.now)) for _ in range(4))
    )

    assert refusals == [None] * 4
    async with crowd.sessions() as session:
        reopened = select(func.count()).where(ContactEvent.kind == ContactEventKind.REOPENED)
        assert await session.scalar(reopened) == 1


@on_any_database
async def test_a_number_that_has_begun_another_conversation_goes_on_there(crowd: Crowd):
    mia = await crowd.agent(presence=Presence.AWAY)
    by_text = {"channel": Channel.SMS, "address": "+4915112345678"}
    conversation_id = await closed_by(crowd, mia, **by_text)
    await crowd.customer(**by_text)

    refusal = await crowd.with_conversation(conversation_id, lambda s, c: service.reopen(s, c, crowd.now))

    assert isinstance(refusal, ReopeningOver)


@on_any_database
async def test_a_call_that_is_over_is_not_opened_again(crowd: Crowd):
    mia = await crowd.agent(presence=Presence.AWAY)
    conversation_id = await closed_by(crowd, mia, channel=Channel.VOICE, address="+4915112345678")

    refusal = await crowd.with_conversation(conversation_id, lambda s, c: service.reopen(s, c, crowd.now))

    assert isinstance(refusal, ReopeningOver)


@on_any_database
async def test_what_no_agent_ever_had_is_begun_anew(crowd: Crowd):
    conversation_id = await crowd.customer()
    await crowd.with_conversation(conversation_id, lambda s, c: service.close_conversation(s, c, crowd.now))

    refusal = await crowd.with_conversation(conversation_id, lambda s, c: service.reopen(s, c, crowd.now))

    assert isinstance(refusal, ReopeningOver)
    assert (await crowd.conversation(conversation_id)).status is ConversationStatus.CLOSED


@on_any_database
async def test_who_comes_back_at_night_hears_that_we_are_closed_and_is_written_to_at_the_opening(
    app: FastAPI, crowd: Crowd
):
    conversation_id = await closed_by(crowd, await crowd.agent(presence=Presence.AWAY))
    changed = {"hours": dict.fromkeys(WEEKDAYS, ("13:00-18:00",)), "time_zone": "UTC"}
    give_queues(app.state.sessions, Queues(tuple(each.model_copy(update=changed) for each in load_queues())))

    await crowd.with_conversation(conversation_id, lambda s, c: service.reopen(s, c, crowd.now))

    entry = await crowd.entry(conversation_id)
    assert (entry.kind, entry.not_before) == (EntryKind.CALLBACK, crowd.now.replace(hour=13))
    newest = select(Message.text).where(Message.conversation_id == conversation_id).order_by(Message.seq.desc())
    async with crowd.sessions() as session:
        assert await session.scalar(newest.limit(1)) == server_texts().text("wait.closed_webchat", "en")
