"""An agent closes the conversation at the very moment at which Twilio tells us something about it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from billing.db import Base
from handoff.channels.twilio import sms
from handoff.conversations.models import Conversation, ConversationStatus, Message, Sender
from handoff.conversations.service import close_conversation
from handoff.errors import ConversationClosed
from tests.fakes.fake_twilio_call import FakeCall
from tests.handoff.channels.twilio.conftest import Line, eventually

PHONE = "+4915735980001"
# Long enough for a request to reach the lock, far shorter than it waits there.
MEANWHILE_SECONDS = 0.4


async def rows(line: Line, model: type[Base]) -> Sequence[Any]:
    async with line.sessions() as session:
        return (await session.scalars(select(model))).all()


@asynccontextmanager
async def closing(line: Line) -> AsyncIterator[None]:
    """Close the only conversation; the transaction stays open for what happens inside and a moment longer."""
    (known,) = await rows(line, Conversation)
    async with line.sessions.begin() as session:
        conversation = await session.get_one(Conversation, known.id)
        await close_conversation(session, conversation, line.clock.now())
        yield
        await asyncio.sleep(MEANWHILE_SECONDS)


async def test_a_text_message_that_meets_the_close_opens_the_next_conversation(line: Line) -> None:
    await line.webhooks.send_sms(PHONE, "Guten Tag")
    await eventually(lambda: line.twilio.messages)

    async with closing(line):
        sends = [asyncio.create_task(line.webhooks.send_sms(PHONE, text)) for text in ("Noch etwas", "Und das")]

    assert [(await send).status_code for send in sends] == [200, 200]
    texts = {message.text for message in await rows(line, Message) if message.sender is Sender.CUSTOMER}
    assert texts == {"Guten Tag", "Noch etwas", "Und das"}
    statuses = sorted(conversation.status for conversation in await rows(line, Conversation))
    assert statuses == [ConversationStatus.CLOSED, ConversationStatus.WITH_BOT]


@pytest.mark.parametrize("obstacle", [IntegrityError, OperationalError])
async def test_a_text_message_meets_a_close_and_then_a_rival(
    line: Line, monkeypatch: pytest.MonkeyPatch, obstacle: type[DBAPIError]
) -> None:
    converse = sms._converse
    obstacles: list[Exception] = [ConversationClosed(), obstacle("", None, Exception())]

    async def meet_obstacles(*args: Any) -> Any:
        if obstacles:
            raise obstacles.pop(0)
        return await converse(*args)

    monkeypatch.setattr(sms, "_converse", meet_obstacles)

    response = await line.webhooks.send_sms(PHONE, "Guten Tag")

    assert response.status_code == 200
    await eventually(lambda: line.bot.turns)


async def test_a_caller_who_hangs_up_while_the_agent_closes_is_told_goodbye(line: Line) -> None:
    call = FakeCall(line.webhooks)
    async with call.answered():
        await call.say("Hallo")
        await call.hear_answer()

    async with closing(line):
        ended = asyncio.create_task(call.end_socket(SessionStatus="completed"))

    assert [verb.tag for verb in await ended] == ["Hangup"]
    (conversation,) = await rows(line, Conversation)
    assert conversation.status is ConversationStatus.CLOSED
