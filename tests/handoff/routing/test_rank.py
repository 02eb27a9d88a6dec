"""Nothing makes a customer younger: the place in line through misses, transfers, lost agents and much talking."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from handoff.agents.models import Presence
from handoff.contact_log import ContactEvent, ContactEventKind
from handoff.conversations import service
from handoff.conversations.models import ConversationStatus, Sender
from handoff.conversations.posting import NewMessage, lock, post_message
from handoff.routing import claims
from handoff.routing.models import EntryStatus, QueueEntry
from tests.handoff.people import on_any_database
from tests.handoff.routing.crowd import Crowd


async def first_and_second(crowd: Crowd) -> list:
    waiting = []
    for _ in range(2):
        waiting.append(await crowd.customer())
        crowd.clock.advance(seconds=1)
    return waiting


@pytest.mark.parametrize("sender", [Sender.CUSTOMER, Sender.BOT, Sender.SYSTEM])
@on_any_database
async def test_talking_changes_no_place(crowd: Crowd, sender: Sender):
    first, second = await first_and_second(crowd)

    async def talk(session, conversation):
        await lock(session, conversation)
        for number in range(20):
            await post_message(session, conversation, NewMessage(sender, f"Hello {number}?"), crowd.now)

    for conversation_id in (first, second):
        crowd.clock.advance(seconds=10)
        await crowd.with_conversation(conversation_id, talk)

    assert [await crowd.place(each) for each in (first, second)] == [1, 2]
    mia = await crowd.agent()
    await crowd.tick()
    assert (await crowd.offer_to(mia)).conversation_id == first


@pytest.mark.parametrize("answer", ["missed", "declined"])
async def test_an_offer_that_comes_to_nothing_keeps_the_place(crowd: Crowd, answer: str):
    mia = await crowd.agent()
    first, second = await first_and_second(crowd)
    await crowd.tick()
    asked_at = (await crowd.entry(first)).requested_at
    async with crowd.sessions.begin() as session:
        (await session.merge(mia)).presence = Presence.AWAY

    if answer == "missed":
        crowd.clock.advance(seconds=20)
        await crowd.tick()
    else:
        await crowd.decline(mia)

    entry = await crowd.entry(first)
    assert (entry.status, entry.requested_at) == (EntryStatus.WAITING, asked_at)
    assert [await crowd.place(each) for each in (first, second)] == [1, 2]


@pytest.mark.parametrize("way", ["transfer", "lost"])
async def test_who_had_an_agent_already_comes_back_with_the_age_of_the_first_request(crowd: Crowd, way: str):
    mia = await crowd.agent(presence=Presence.AWAY)
    had = await crowd.held(mia)
    asked_at = (await crowd.entry(had)).requested_at
    crowd.clock.advance(seconds=90)
    later = await crowd.customer(topic="bills")

    async def lose(session, conversation):
        await lock(session, conversation)
        await claims.requeue(session, conversation, crowd.now, why="agent_lost")

    await (crowd.transfer(had, to_queue="bills") if way == "transfer" else crowd.with_conversation(had, lose))

    entry = await crowd.entry(had)
    assert (entry.requested_at, entry.entered_at >= asked_at + timedelta(seconds=90)) == (asked_at, True)
    assert entry.queue == ("bills" if way == "transfer" else "general")
    assert (await crowd.conversation(had)).agent_id is None
    assert [await crowd.place(each) for each in (had, later)] == [1, 2]


@on_any_database
async def test_who_passes_a_conversation_on_does_not_get_it_back(crowd: Crowd):
    mia = await crowd.agent("Mia")
    had = await crowd.held(mia)
    aino = await crowd.agent("Aino")

    await crowd.transfer(had, to_queue="bills")
    await crowd.tick()

    assert (await crowd.offer_to(aino)).conversation_id == had


@on_any_database
async def test_a_transfer_to_another_language_waits_for_who_speaks_it(crowd: Crowd):
    mia = await crowd.agent("Mia", skills=["language:en"])
    had = await crowd.held(mia)
    await crowd.agent("Kim", skills=["language:en"])
    aino = await crowd.agent("Aino", skills=["language:fi"])

    await crowd.transfer(had, to_language="fi")
    await crowd.tick()

    assert await crowd.offered_agents() == {aino.id}


@on_any_database
async def test_urgent_queues_come_first_and_age_lifts_the_others(crowd: Crowd):
    """A class takes 300 seconds of waiting in every queue of the packaged configuration."""
    ordinary = await crowd.customer()
    crowd.clock.advance(seconds=1)
    urgent = await crowd.customer()
    async with crowd.sessions.begin() as session:
        (await session.merge(await crowd.entry(urgent))).priority = 2
    assert [await crowd.place(each) for each in (ordinary, urgent)] == [2, 1]

    crowd.clock.advance(seconds=299)
    assert [await crowd.place(each) for each in (ordinary, urgent)] == [1, 2]
    crowd.clock.advance(seconds=1)
    assert [await crowd.place(each) for each in (ordinary, urgent)] == [2, 1]
    crowd.clock.advance(seconds=299)
    assert [await crowd.place(each) for each in (ordinary, urgent)] == [1, 2]


@on_any_database
async def test_those_who_need_another_language_do_not_stand_before_one(crowd: Crowd):
    await crowd.customer(language="fi")
    german = await crowd.customer(language="de")

    assert await crowd.place(german) == 1


@pytest.mark.parametrize(("minutes", "same"), [(9.9, True), (10.1, False)])
@on_any_database
async def test_who_went_back_to_the_assistant_keeps_the_place_for_ten_minutes(crowd: Crowd, minutes: float, same: bool):
    conversation_id = await crowd.customer()
    asked_at = (await crowd.entry(conversation_id)).requested_at
    crowd.clock.advance(minutes=3)
    await crowd.with_conversation(conversation_id, lambda s, c: service.return_to_bot(s, c, crowd.now))
    assert (await crowd.conversation(conversation_id)).status is ConversationStatus.WITH_BOT
    assert await crowd.place(conversation_id) is None
    crowd.clock.advance(minutes=minutes)

    async def ask(session, conversation):
        await service.request_handoff(session, conversation, reason="asked", topic="bills", now=crowd.now)

    await crowd.with_conversation(conversation_id, ask)

    assert ((await crowd.entry(conversation_id)).requested_at == asked_at) is same


@on_any_database
async def test_going_away_and_coming_back_again_and_again_makes_nobody_older(crowd: Crowd):
    """The first time away costs nothing; what is spent away after that does not count as waiting."""
    conversation_id = await crowd.customer()
    asked_at = (await crowd.entry(conversation_id)).requested_at

    async def ask(session, conversation):
        await service.request_handoff(session, conversation, reason="asked", topic="bills", now=crowd.now)

    for _ in range(4):
        await crowd.with_conversation(conversation_id, lambda s, c: service.return_to_bot(s, c, crowd.now))
        crowd.clock.advance(minutes=9)
        await crowd.with_conversation(conversation_id, ask)

    assert (await crowd.entry(conversation_id)).requested_at == asked_at + 3 * timedelta(minutes=9)


@on_any_database
async def test_an_agent_gives_a_conversation_back_to_the_assistant(crowd: Crowd):
    mia = await crowd.agent(presence=Presence.AWAY, capacity=1)
    had, other = await crowd.held(mia), await crowd.customer()

    await crowd.with_conversation(had, lambda s, c: service.return_to_bot(s, c, crowd.now))

    conversation = await crowd.conversation(had)
    assert (conversation.status, conversation.agent_id) == (ConversationStatus.WITH_BOT, None)
    assert await crowd.take(other, mia) is None
    async with crowd.sessions() as session:
        returned = select(ContactEvent).where(ContactEvent.kind == ContactEventKind.RETURNED_TO_BOT)
        event = (await session.scalars(returned)).one()
    assert (event.agent_id, event.entry_id) == (mia.id, (await crowd.entry(had)).id)


@on_any_database
async def test_one_wish_for_a_person_is_one_entry_however_often_it_is_sent_and_each_later_one_its_own(crowd: Crowd):
    conversation_id = await crowd.customer()

    async def ask(session, conversation):
        await service.request_handoff(session, conversation, reason="asked", topic="bills", now=crowd.now)

    await crowd.with_conversation(conversation_id, ask)
    await crowd.take(conversation_id, await crowd.agent(presence=Presence.AWAY))
    await crowd.with_conversation(conversation_id, lambda s, c: service.return_to_bot(s, c, crowd.now))
    await crowd.with_conversation(conversation_id, ask)

    async with crowd.sessions() as session:
        entries = (await session.scalars(select(QueueEntry).order_by(QueueEntry.entered_at))).all()
        requested = select(ContactEvent.entry_id).where(ContactEvent.kind == ContactEventKind.REQUESTED)
        assert set(await session.scalars(requested)) == {entry.id for entry in entries}
    assert sorted(entry.topic for entry in entries) == ["bills", "other"]
