"""What tests of phone calls look at, and what callers and agents do in them."""

import asyncio
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import select
from websockets.exceptions import ConnectionClosed

from billing.db import Base
from handoff.bot_gateway import BotTurn
from handoff.conversations.models import Conversation, Message, Sender
from tests.fakes.bot import Answer, reply
from tests.fakes.fake_twilio_call import FakeCall
from tests.handoff.channels.twilio.conftest import Line


async def rows(line: Line, model: type[Base]) -> Sequence[Any]:
    async with line.sessions() as session:
        return (await session.scalars(select(model))).all()


async def only_conversation(line: Line) -> Conversation:
    (conversation,) = await rows(line, Conversation)
    assert isinstance(conversation, Conversation)
    return conversation


async def customer_texts(line: Line) -> list[str]:
    return [message.text for message in await rows(line, Message) if message.sender is Sender.CUSTOMER]


def hand_over(_turn: BotTurn) -> Answer:
    return reply("Gern.", commands=[{"type": "handoff", "reason": "asked_for_person", "topic": "bills"}])


def change_to_finnish(_turn: BotTurn) -> Answer:
    return reply("Jatketaan suomeksi.", commands=[{"type": "language", "language": "fi"}])


def lasts(call: FakeCall) -> int:
    return sum(frame["type"] == "text" and frame["last"] for frame in call.heard)


def verbs(document: ElementTree.Element) -> list[str]:
    return [verb.tag for verb in document]


async def refusal_of(call: FakeCall, frame: dict[str, Any]) -> int | None:
    async with call.connected() as socket:
        await call.send(frame)
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 5)
        return socket.close_code
