"""Coming back: a client gets exactly what it missed, page by page, and ends where a new client would."""

from datetime import UTC, datetime
from uuid import uuid4

from fastapi import FastAPI
from sqlalchemy import select

from handoff.conversations.models import Conversation, Message, Sender
from handoff.conversations.posting import NewMessage, post_message
from handoff.events import StreamEvent
from tests.fakes.bot import FakeBot, reply
from tests.handoff.people import Customer, on_any_database

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def test_a_customer_who_comes_back_gets_exactly_what_was_missed(app: FastAPI, customer: Customer, bot: FakeBot):
    bot.hold()
    seq = await customer.say("I am about to lose the connection")
    await customer.disconnect()
    before = set(customer.events)
    bot.release()
    await app.state.runner.settled(customer.conversation_id)

    frames_before = len(customer.frames)
    await customer.connect()

    arrived = [event for frame in customer.frames[frames_before:] for event in frame.get("events", ())]
    numbers = [event["number"] for event in arrived]
    assert numbers == list(range(max(before) + 1, customer.ready["last_event"] + 1))
    assert [message["text"] for message in customer.answers_after(seq)] == ["echo I am about to lose the connection"]


async def test_state_and_events_equal_a_fresh_state(app: FastAPI, customer: Customer, bot: FakeBot):
    bot.rule = lambda turn: reply("Kyllä", commands=[{"type": "language", "language": "fi"}], buttons=[])
    await customer.ask("Speak Finnish with me please")
    await customer.disconnect()
    await customer.connect()
    await customer.ask_for_person()
    await customer.caught_up()

    fresh = await Customer(app, customer.conversation_id, customer.token).connect(after=0)

    await fresh.caught_up()
    assert customer.messages == fresh.messages
    assert customer.conversation == fresh.conversation == fresh.ready["conversation"]
    assert sorted(customer.events) == sorted(fresh.events) == list(range(1, fresh.ready["last_event"] + 1))
    await fresh.disconnect()


async def test_many_missed_events_come_page_by_page(app: FastAPI, customer: Customer, clock):
    async with app.state.sessions.begin() as session:
        conversation = await session.get_one(Conversation, customer.conversation_id)
        for number in range(120):
            await post_message(session, conversation, NewMessage(Sender.BOT, f"message {number}"), clock.now())
    await customer.caught_up()

    fresh = await Customer(app, customer.conversation_id, customer.token).connect(after=0)

    pages = fresh.frames_of("events")
    assert [len(page["events"]) for page in pages] == [100, 21]
    assert [page["more"] for page in pages] == [True, False]
    assert fresh.messages == customer.messages
    await fresh.disconnect()


@on_any_database
async def test_a_client_may_ask_again_for_any_events(customer: Customer):
    await customer.ask("Hello there")

    page = await customer.send_and_wait({"type": "events.get", "after": 1}, "events")

    assert [event["number"] for event in page["events"]] == [2, 3]
    assert page["more"] is False


@on_any_database
async def test_events_name_rows_and_carry_no_text(app: FastAPI, customer: Customer):
    await customer.ask(f"A sentence about {uuid4().hex}")

    async with app.state.sessions() as session:
        events = (await session.scalars(select(StreamEvent))).all()
    assert [event.ref for event in events] == [f"{customer.conversation_id}/{seq}" for seq in (1, 2, 3)]


async def test_a_failing_database_puts_nothing_of_the_text_into_the_log(customer: Customer, monkeypatch, caplog):
    async def stores_under_a_taken_number(session, conversation, new, *_: object) -> None:
        session.add(Message(conversation_id=conversation.id, seq=1, sender="customer", text=new.text, sent_at=LONG_AGO))
        await session.flush()

    monkeypatch.setattr("handoff.conversations.service._post_from_customer", stores_under_a_taken_number)
    refusal = await customer.refused({"type": "message.send", "client_msg_id": "key", "text": "my secret sorrow"})

    assert refusal["error"] == "InternalError"
    assert f"message of conversation {customer.conversation_id} not stored: " in caplog.text
    assert "IntegrityError" in caplog.text
    assert "my secret sorrow" not in caplog.text


async def test_nobody_hears_of_a_message_whose_transaction_failed(app: FastAPI, customer: Customer, monkeypatch):
    async def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("handoff.conversations.service._post_from_customer", breaks)
    frame = {"type": "message.send", "client_msg_id": "key", "text": "Hello there"}
    refusal = await customer.refused(frame)
    monkeypatch.undo()

    assert refusal["error"] == "InternalError"
    assert refusal["client_msg_id"] == "key"
    assert await customer.say("Hello there", "key") == 2
