"""Closing time: nobody who is still in line is forgotten, told twice, or sent home while somebody serves them."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from billing.outbox import OutboxMessage
from handoff.agents.models import Agent, Presence
from handoff.agents.service import set_presence
from handoff.callbacks import booking
from handoff.callbacks.booking import Wish
from handoff.callbacks.models import Callback, CallbackWay
from handoff.callbacks.slots import Slot
from handoff.conversations.models import Channel, Message, Sender
from handoff.conversations.posting import lock
from handoff.routing import claims, queue
from handoff.routing.closing_time import make_loop, tell_left_over
from handoff.routing.models import EntryKind
from handoff.routing.queues import WEEKDAYS, Queues, give_queues, load_queues
from handoff.texts import server_texts
from tests.handoff.people import on_any_database
from tests.handoff.routing.crowd import Crowd

OPENS_AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def crowd(app: FastAPI) -> Crowd:
    """Every queue is open from 8:00 to 18:00, and it is a quarter to six."""
    changed = {"hours": dict.fromkeys(WEEKDAYS, ("08:00-18:00",)), "time_zone": "UTC"}
    give_queues(app.state.sessions, Queues(tuple(each.model_copy(update=changed) for each in load_queues())))
    app.state.clock.advance(hours=8, minutes=45)
    return Crowd(app)


async def close_queues(crowd: Crowd) -> None:
    crowd.clock.advance(minutes=16)
    await tell_left_over(crowd.sessions, crowd.now)


async def leave(crowd: Crowd, agent: Agent, presence: Presence = Presence.OFFLINE) -> None:
    async with crowd.sessions.begin() as session:
        await set_presence(session, agent, presence, crowd.now)


async def told(crowd: Crowd, conversation_id: UUID) -> list[str]:
    ours = (Message.conversation_id == conversation_id, Message.sender == Sender.SYSTEM)
    async with crowd.sessions() as session:
        return list(await session.scalars(select(Message.text).where(*ours).order_by(Message.seq)))


async def promise_of(crowd: Crowd, conversation_id: UUID) -> tuple[EntryKind, datetime | None, CallbackWay | None]:
    entry = await crowd.entry(conversation_id)
    async with crowd.sessions() as session:
        way = await session.scalar(select(Callback.way).where(Callback.conversation_id == conversation_id))
    return entry.kind, entry.not_before, way


async def test_who_is_in_line_when_we_close_is_told_once_and_promised_an_answer_at_the_opening(crowd: Crowd):
    conversation_id = await crowd.customer()
    asked_at = (await crowd.entry(conversation_id)).requested_at

    await close_queues(crowd)
    await asyncio.gather(*(tell_left_over(crowd.sessions, crowd.now) for _ in range(3)))

    assert await promise_of(crowd, conversation_id) == (EntryKind.CALLBACK, OPENS_AT, CallbackWay.MESSAGE)
    assert (await crowd.entry(conversation_id)).requested_at == asked_at
    assert (await told(crowd, conversation_id))[1:] == [server_texts().text("wait.closing_webchat", "en")]


@on_any_database
async def test_at_the_opening_they_come_before_who_asks_then(crowd: Crowd):
    kept = await crowd.customer()
    await close_queues(crowd)
    mia = await crowd.agent("Mia")
    await crowd.tick()
    assert await crowd.offer_to(mia) is None

    crowd.clock.advance(seconds=(OPENS_AT - crowd.now).total_seconds())
    await crowd.customer()
    await crowd.tick()

    offer = await crowd.offer_to(mia)
    assert offer is not None
    assert offer.conversation_id == kept


@on_any_database
async def test_while_somebody_serves_the_line_nobody_is_sent_home(crowd: Crowd):
    mia = await crowd.agent("Mia", capacity=1)
    await crowd.held(mia)
    waiting = await crowd.customer()

    await close_queues(crowd)
    assert (await promise_of(crowd, waiting))[0] is EntryKind.LIVE

    await leave(crowd, mia)
    await tell_left_over(crowd.sessions, crowd.now)
    assert (await promise_of(crowd, waiting))[0] is EntryKind.CALLBACK


@pytest.mark.parametrize(("minutes", "kind"), [(4, EntryKind.LIVE), (6, EntryKind.CALLBACK)])
@on_any_database
async def test_a_short_break_after_closing_time_sends_nobody_home(crowd: Crowd, minutes: int, kind: EntryKind):
    mia = await crowd.agent("Mia", capacity=1)
    await crowd.held(mia)
    waiting = await crowd.customer()
    await close_queues(crowd)
    await leave(crowd, mia, Presence.AWAY)
    crowd.clock.advance(minutes=minutes)

    await tell_left_over(crowd.sessions, crowd.now)

    assert (await promise_of(crowd, waiting))[0] is kind


@on_any_database
async def test_who_serves_another_language_does_not_count(crowd: Crowd):
    await crowd.agent("Aino", skills=["language:fi"])
    waiting = await crowd.customer(language="de")

    await close_queues(crowd)

    assert (await promise_of(crowd, waiting))[0] is EntryKind.CALLBACK
    assert (await told(crowd, waiting))[-1] == server_texts().text("wait.closing_webchat", "de")


@on_any_database
async def test_a_queue_that_is_open_sends_nobody_home(crowd: Crowd):
    waiting = await crowd.customer()

    await tell_left_over(crowd.sessions, crowd.now)

    assert (await promise_of(crowd, waiting))[0] is EntryKind.LIVE


@on_any_database
async def test_who_gets_into_a_closed_line_from_an_agent_is_told_too(crowd: Crowd):
    mia = await crowd.agent("Mia", presence=Presence.AWAY)
    lost, handed_on = await crowd.held(mia), await crowd.held(mia)
    await close_queues(crowd)
    await leave(crowd, mia)

    async def lose(session, conversation):
        await lock(session, conversation)
        await claims.requeue(session, conversation, crowd.now, why="agent_lost")

    await crowd.with_conversation(lost, lose)
    await crowd.transfer(handed_on, to_queue="bills")
    await tell_left_over(crowd.sessions, crowd.now)

    for conversation_id in (lost, handed_on):
        assert await promise_of(crowd, conversation_id) == (EntryKind.CALLBACK, OPENS_AT, CallbackWay.MESSAGE)
        assert server_texts().text("wait.closing_webchat", "en") in await told(crowd, conversation_id)


@on_any_database
async def test_by_text_message_the_time_of_the_opening_and_a_call_are_named(crowd: Crowd):
    waiting = await crowd.customer(channel=Channel.SMS, address="+4915112345678")

    await close_queues(crowd)

    [text] = (await told(crowd, waiting))[1:]
    assert ("Sunday" in text, "9:00" in text) == (True, True)
    assert "CALL" in text


@on_any_database
async def test_a_caller_is_called_at_the_opening_and_hears_the_number(crowd: Crowd):
    waiting = await crowd.customer(channel=Channel.VOICE, address="+4915112345678")

    await close_queues(crowd)

    assert await promise_of(crowd, waiting) == (EntryKind.CALLBACK, OPENS_AT, CallbackWay.CALL)
    _, closing, promised = await told(crowd, waiting)
    assert "we closed" in closing
    assert "0 1 5 1 1 2 3 4 5 6 7 8" in promised


@on_any_database
async def test_a_caller_whose_number_is_withheld_hears_when_to_call_again_and_keeps_the_place(crowd: Crowd):
    waiting = await crowd.customer(channel=Channel.VOICE)

    await close_queues(crowd)
    await tell_left_over(crowd.sessions, crowd.now)

    assert await promise_of(crowd, waiting) == (EntryKind.LIVE, OPENS_AT, None)
    assert len(await told(crowd, waiting)) == 2
    assert "withheld" in (await told(crowd, waiting))[-1]


async def ask_for_call(crowd: Crowd, conversation_id: UUID, phone: str, slot: Slot | None = None) -> None:
    async def book(session, conversation):
        await lock(session, conversation)
        await booking.book(session, conversation, Wish(CallbackWay.CALL, phone, slot), crowd.now)

    assert await crowd.with_conversation(conversation_id, book) is None


@on_any_database
async def test_who_was_to_be_called_in_turn_hears_on_the_phone_that_it_will_be_at_the_opening(crowd: Crowd):
    waiting = await crowd.customer()
    await ask_for_call(crowd, waiting, "+4915112345678")

    await close_queues(crowd)
    await tell_left_over(crowd.sessions, crowd.now)

    assert await promise_of(crowd, waiting) == (EntryKind.CALLBACK, OPENS_AT, CallbackWay.CALL)
    [text] = [text for text in await told(crowd, waiting) if "before we closed" in text]
    async with crowd.sessions() as session:
        [sent] = (await session.scalars(select(OutboxMessage))).all()
    assert (sent.recipient, sent.body) == ("+4915112345678", text)


@on_any_database
async def test_who_chose_a_later_time_is_left_in_peace(crowd: Crowd):
    waiting = await crowd.customer()
    start = OPENS_AT + timedelta(hours=2)
    await ask_for_call(crowd, waiting, "+4915112345678", Slot(start, start + timedelta(hours=2)))
    before = await told(crowd, waiting)

    await close_queues(crowd)

    assert await promise_of(crowd, waiting) == (EntryKind.CALLBACK, start, CallbackWay.CALL)
    assert await told(crowd, waiting) == before


@on_any_database
async def test_what_an_agent_looks_at_is_left_to_them(crowd: Crowd):
    await crowd.agent("Mia")
    offered = await crowd.customer()
    await crowd.tick()

    await close_queues(crowd)

    async with crowd.sessions() as session:
        entry = await queue.find_open_entry(session, offered)
    assert entry is not None
    assert entry.kind is EntryKind.LIVE


@on_any_database
async def test_the_loop_tells_them_by_itself(crowd: Crowd, monkeypatch: pytest.MonkeyPatch):
    waiting = await crowd.customer()
    monkeypatch.setattr("handoff.routing.closing_time.LONGEST_PAUSE", 0.01)
    loop = make_loop(crowd.sessions, crowd.live, crowd.clock, load_queues())
    loop.start()
    try:
        crowd.clock.advance(minutes=16)
        async with asyncio.timeout(10):
            while (await promise_of(crowd, waiting))[0] is EntryKind.LIVE:
                await asyncio.sleep(0.01)
    finally:
        await loop.stop()

    assert (await promise_of(crowd, waiting))[1] == OPENS_AT
