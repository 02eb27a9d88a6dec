"""Conversations by text message: every word of ours goes through the outbox, in the transaction that decides it."""

from datetime import datetime

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from billing.outbox import OutboxMessage
from handoff.conversations import service
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.texts import server_texts
from tests.fakes.bot import FakeBot
from tests.handoff.people import on_any_database

PHONE = "+491713920099"


async def open_by_sms(session: AsyncSession, now: datetime) -> Conversation:
    conversation, _ = await service.open_conversation(
        session, channel=Channel.SMS, language="de", address=PHONE, now=now
    )
    return conversation


async def write(app: FastAPI, text: str, sid: str, now: datetime) -> Conversation:
    """A text message arrives, as the Twilio channel stores it."""
    async with app.state.sessions.begin() as session:
        found = await service.find_open_by_address(session, Channel.SMS, PHONE)
        conversation = found or await open_by_sms(session, now)
        await service.receive_message(session, conversation, client_msg_id=sid, text=text, pepper="pepper", now=now)
    app.state.runner.wake(conversation.id)
    await app.state.runner.settled(conversation.id)
    return conversation


async def sent(app: FastAPI) -> list[tuple[str, str, str]]:
    async with app.state.sessions() as session:
        messages = (await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))).all()
    return [(message.recipient, message.body, message.dedupe_key) for message in messages]


async def test_the_bots_reply_is_in_the_outbox_once_however_often_the_message_is_delivered(app: FastAPI, clock):
    for _ in range(3):
        conversation = await write(app, "Hallo", "SM1", clock.now())

    assert await sent(app) == [(PHONE, "echo Hallo", f"message:{conversation.id}:2")]


async def test_later_messages_of_the_same_phone_belong_to_the_same_conversation(app: FastAPI, clock):
    first = await write(app, "Hallo", "SM1", clock.now())
    second = await write(app, "Noch etwas", "SM2", clock.now())

    assert first.id == second.id
    assert [body for _, body, _ in await sent(app)] == ["echo Hallo", "echo Noch etwas"]


async def test_when_the_bot_fails_who_cannot_press_a_button_is_queued_at_once(app: FastAPI, bot: FakeBot, clock):
    bot.failure = "timeout"

    conversation = await write(app, "Hallo", "SM1", clock.now())

    texts = server_texts()
    assert [body for _, body, _ in await sent(app)] == [
        texts.text("bot.unavailable_queued", "de"),
        texts.text("wait.open_sms", "de", position=1, how_long=texts.text("wait.range_unknown", "de")),
    ]
    async with app.state.sessions() as session:
        stored = await session.get_one(Conversation, conversation.id)
    assert stored.status is ConversationStatus.QUEUED


async def test_a_phone_has_one_open_conversation_and_may_open_another_after_the_end(app: FastAPI, clock):
    conversation = await write(app, "Hallo", "SM1", clock.now())
    with pytest.raises(IntegrityError):
        async with app.state.sessions.begin() as session:
            await open_by_sms(session, clock.now())

    async with app.state.sessions.begin() as session:
        await service.close_conversation(session, await session.merge(conversation), clock.now())
    assert (await write(app, "Wieder ich", "SM9", clock.now())).id != conversation.id


@on_any_database
async def test_the_agents_answer_goes_out_too(app: FastAPI, hire, bot: FakeBot, clock):
    bot.failure = "timeout"
    conversation = await write(app, "Hallo", "SM1", clock.now())
    agent = await hire(language="de")
    assert await agent.take_next() == conversation.id

    await agent.reply(conversation.id, "Guten Tag, hier ist Mia.")

    assert (await sent(app))[-1][:2] == (PHONE, "Guten Tag, hier ist Mia.")
