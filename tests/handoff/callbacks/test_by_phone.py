"""Callers and writers of text messages: they have no card, but a number, and they hang up."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.datastructures import FormData

from billing.outbox import OutboxMessage
from handoff.callbacks import reaching
from handoff.callbacks.finding import find_open_callback
from handoff.callbacks.models import CallbackStatus
from handoff.channels.twilio.models import VoiceCall
from handoff.channels.twilio.texts import twilio_texts
from handoff.channels.twilio.voice import MAX_RECONNECTS, end_of_socket
from handoff.conversations import service
from handoff.conversations.models import Channel, Conversation, ConversationStatus, Message, Sender
from handoff.conversations.posting import lock
from handoff.routing import queue
from handoff.routing.models import EntryKind
from handoff.texts import server_texts
from tests.factories.billing import make_customer
from tests.handoff.console.verified import verify_conversation
from tests.handoff.people import on_any_database

CALL_SID = "CA1"
PHONE = "+358401234567"


async def caller(app: FastAPI, now, phone: str | None = PHONE, channel: Channel = Channel.VOICE) -> Conversation:
    """Somebody on the phone who waits for a person."""
    async with app.state.sessions.begin() as session:
        conversation, _ = await service.open_conversation(
            session, channel=channel, language="fi", address=phone, now=now
        )
        call = {"call_sid": CALL_SID, "language": "fi", "token_hash": "x", "token_expires_at": now, "reconnects": 0}
        session.add(VoiceCall(**call, conversation_id=conversation.id))
        await service.request_handoff(session, conversation, reason="asked_for_person", topic="bills", now=now)
    return conversation


async def says(app: FastAPI, conversation: Conversation, text: str, now, *, key: str = "heard") -> None:
    async with app.state.sessions.begin() as session:
        stored = await session.get_one(Conversation, conversation.id)
        await service.receive_message(session, stored, client_msg_id=key, text=text, pepper="p", now=now)


async def hangs_up(app: FastAPI) -> None:
    await end_of_socket(app.state.parts, FormData({"CallSid": CALL_SID, "CallStatus": "completed"}))


async def is_cut_off(app: FastAPI) -> str:
    """The socket is lost for good; return what the caller hears before the line is dead."""
    lost = FormData({"CallSid": CALL_SID, "CallStatus": "in-progress", "ErrorCode": "64105"})
    for _ in range(MAX_RECONNECTS):
        await end_of_socket(app.state.parts, lost)
    return await end_of_socket(app.state.parts, lost)


async def status_of(app: FastAPI, conversation: Conversation) -> ConversationStatus:
    async with app.state.sessions() as session:
        return (await session.get_one(Conversation, conversation.id)).status


async def heard(app: FastAPI, conversation: Conversation) -> list[str]:
    ours = (Message.conversation_id == conversation.id, Message.sender == Sender.SYSTEM)
    async with app.state.sessions() as session:
        return list(await session.scalars(select(Message.text).where(*ours).order_by(Message.seq)))


@pytest.mark.parametrize("words", ["Soita takaisin.", "1"])
async def test_a_caller_who_was_promised_a_call_hangs_up_and_keeps_the_place(app, clock, words):
    conversation = await caller(app, clock.now())
    await says(app, conversation, words, clock.now())

    await hangs_up(app)

    assert await status_of(app, conversation) is ConversationStatus.QUEUED
    async with app.state.sessions() as session:
        callback = await find_open_callback(session, conversation.id)
        entry = await queue.find_open_entry(session, conversation.id)
    assert callback is not None
    assert (callback.phone, callback.status) == (PHONE, CallbackStatus.WAITING)
    assert entry is not None
    assert (entry.kind, entry.requested_at) == (EntryKind.CALLBACK, clock.now())


async def test_a_caller_who_says_thanks_after_the_promise_keeps_it(app, clock):
    conversation = await caller(app, clock.now())
    await says(app, conversation, "Soita takaisin.", clock.now())
    await says(app, conversation, "Kiitos, hei.", clock.now(), key="thanks")

    await hangs_up(app)

    assert await status_of(app, conversation) is ConversationStatus.QUEUED
    async with app.state.sessions() as session:
        callback = await find_open_callback(session, conversation.id)
    assert callback is not None
    assert (callback.phone, callback.status) == (PHONE, CallbackStatus.WAITING)


async def test_a_caller_who_was_promised_nothing_and_hangs_up_has_left(app, clock):
    conversation = await caller(app, clock.now())

    await hangs_up(app)

    assert await status_of(app, conversation) is ConversationStatus.CLOSED


async def test_a_caller_in_line_whose_line_we_lose_is_called_back_at_the_old_place(app, clock):
    conversation = await caller(app, clock.now())
    clock.advance(seconds=40)

    said = await is_cut_off(app)

    assert twilio_texts().text("voice.lost", "fi") in said
    assert await status_of(app, conversation) is ConversationStatus.QUEUED
    async with app.state.sessions() as session:
        callback = await find_open_callback(session, conversation.id)
        entry = await queue.find_open_entry(session, conversation.id)
    assert callback is not None
    assert (callback.phone, callback.status) == (PHONE, CallbackStatus.WAITING)
    assert entry is not None
    assert (entry.kind, entry.requested_at) == (EntryKind.CALLBACK, conversation.opened_at)


async def test_a_caller_cut_off_from_an_agent_is_called_by_that_agent(app, clock, hire):
    conversation = await caller(app, clock.now())
    agent = await hire(language="fi")
    await agent.take_next()

    assert twilio_texts().text("voice.lost", "fi") in await is_cut_off(app)

    [held] = (await agent.console())["conversations"]
    assert (held["status"], held["callback"]["phone"]) == ("active", PHONE)
    assert await status_of(app, conversation) is ConversationStatus.ACTIVE


@on_any_database
async def test_a_caller_of_whom_we_know_no_number_can_only_be_told(app, clock):
    conversation = await caller(app, clock.now(), phone=None)

    assert twilio_texts().text("voice.unavailable", "fi") in await is_cut_off(app)

    assert await status_of(app, conversation) is ConversationStatus.CLOSED


async def test_the_agent_of_a_caller_who_hangs_up_has_the_time_to_note_it(app, clock, hire):
    conversation = await caller(app, clock.now())
    agent = await hire(language="fi")
    await agent.take_next()

    await hangs_up(app)

    assert await status_of(app, conversation) is ConversationStatus.WRAP_UP
    noted = await agent.http.post(
        f"/api/console/conversations/{conversation.id}/wrap-up", json={"disposition": "resolved", "note": "Meter read."}
    )
    assert noted.status_code == 200, noted.text
    assert await status_of(app, conversation) is ConversationStatus.CLOSED


@on_any_database
async def test_a_caller_hears_the_number_that_will_be_called_digit_by_digit(app, clock):
    conversation = await caller(app, clock.now())

    await says(app, conversation, "Soita takaisin.", clock.now())

    number = "0 4 0 1 2 3 4 5 6 7"
    assert (await heard(app, conversation))[-1] == server_texts().text("callback.call_next_voice", "fi", number=number)


@on_any_database
@pytest.mark.parametrize("words", ["Ei.", "väärä numero", "2"])
async def test_a_caller_whose_number_is_wrong_waits_on_at_the_old_place(app, clock, words):
    conversation = await caller(app, clock.now())
    await says(app, conversation, "1", clock.now())

    await says(app, conversation, words, clock.now(), key="no")

    assert (await heard(app, conversation))[-1] == server_texts().text("callback.live_again_voice", "fi")
    async with app.state.sessions() as session:
        assert await find_open_callback(session, conversation.id) is None
        entry = await queue.find_open_entry(session, conversation.id)
    assert entry is not None
    assert (entry.kind, entry.requested_at) == (EntryKind.LIVE, conversation.opened_at)


@on_any_database
async def test_a_caller_with_a_withheld_number_who_proved_who_they_are_is_called_on_the_accounts(app, clock):
    conversation = await caller(app, clock.now(), phone=None)
    async with app.state.sessions.begin() as session:
        account = await session.run_sync(make_customer)
    await verify_conversation(app, conversation.id, account.id, clock.now())

    await says(app, conversation, "soita takaisin", clock.now())

    async with app.state.sessions() as session:
        callback = await find_open_callback(session, conversation.id)
    assert callback is not None
    assert callback.phone == account.phone
    assert account.phone not in (await heard(app, conversation))[-1]


@on_any_database
async def test_a_caller_with_a_withheld_number_is_not_told_at_night_that_we_call(app, clock, set_hours):
    set_hours("13:00-18:00")

    conversation = await caller(app, clock.now(), phone=None)

    [words] = await heard(app, conversation)
    assert words == server_texts().text(
        "wait.closed_voice_withheld", "fi", opens="lauantaina 21. marraskuuta klo 13.00"
    )


@on_any_database
async def test_who_writes_from_a_phone_adds_to_the_promise_and_ends_it_by_the_word_for_it(app, clock):
    conversation = await caller(app, clock.now(), channel=Channel.SMS)
    await says(app, conversation, "soita", clock.now())
    await says(app, conversation, "kiitos", clock.now(), key="thanks")
    async with app.state.sessions() as session:
        assert await find_open_callback(session, conversation.id) is not None

    await says(app, conversation, "ODOTA", clock.now(), key="wait")

    async with app.state.sessions() as session:
        assert await find_open_callback(session, conversation.id) is None
    assert (await heard(app, conversation))[-1] == server_texts().text("callback.live_again_sms", "fi")


@on_any_database
async def test_a_caller_without_a_number_hears_that_we_cannot_call_and_waits_on(app, clock):
    conversation = await caller(app, clock.now(), phone=None)

    await says(app, conversation, "soita takaisin", clock.now())

    assert (await heard(app, conversation))[-1] == server_texts().text("callback.no_number", "fi")

    assert await status_of(app, conversation) is ConversationStatus.QUEUED
    async with app.state.sessions() as session:
        assert await find_open_callback(session, conversation.id) is None


@on_any_database
async def test_a_caller_learns_by_text_that_the_calls_were_in_vain(app, clock, hire):
    conversation = await caller(app, clock.now())
    await says(app, conversation, "1", clock.now())
    agent = await hire()
    for pause in (*reaching.RETRY_AFTER, timedelta(0)):
        await agent.take_next()
        async with app.state.sessions.begin() as session:
            stored = await session.get_one(Conversation, conversation.id)
            await lock(session, stored)
            callback = await find_open_callback(session, conversation.id)
            assert callback is not None
            if callback.status is CallbackStatus.WAITING:
                await reaching.begin(session, stored, callback, clock.now())
            await reaching.not_reached(session, stored, callback, clock.now())
        clock.advance(seconds=pause.total_seconds())

    async with app.state.sessions() as session:
        sent = [(text.recipient, text.body) for text in await session.scalars(select(OutboxMessage))]
    assert sent == [(PHONE, server_texts().text("callback.failed_sms", "fi"))]


@on_any_database
async def test_a_caller_at_night_hears_when_we_open_where_they_live(app, clock, set_hours):
    set_hours("13:00-18:00")

    conversation = await caller(app, clock.now())

    opens = "lauantaina 21. marraskuuta klo 14.00"
    assert await heard(app, conversation) == [server_texts().text("wait.closed_voice", "fi", opens=opens)]


@on_any_database
async def test_a_callback_is_offered_before_a_live_contact_that_came_a_second_later(app, clock, hire):
    first = await caller(app, clock.now())
    await says(app, first, "1", clock.now())
    clock.advance(seconds=1)
    async with app.state.sessions.begin() as session:
        second, _ = await service.open_conversation(
            session, channel=Channel.WEBCHAT, language="fi", address=None, now=clock.now()
        )
        await service.request_handoff(session, second, reason="asked_for_person", topic="bills", now=clock.now())
    agent = await hire()

    offer = await agent.offer()

    assert offer is not None
    assert offer["conversation_id"] == str(first.id)
