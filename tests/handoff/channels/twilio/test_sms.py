"""A text message arrives once, is acknowledged at once, and is answered through the outbox."""

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select

from billing.db import Base
from billing.outbox import OutboxMessage, OutboxStatus
from handoff.agents.models import Presence
from handoff.app import create_app
from handoff.channels.twilio.models import SmsDelivery, SmsOptOut, SmsReceipt, VoiceCall
from handoff.channels.twilio.signature import LARGEST_BODY_BYTES
from handoff.channels.twilio.texts import twilio_texts
from handoff.conversations import service
from handoff.conversations.models import Channel, Conversation, ConversationStatus, Message, Sender
from handoff.routing import claims
from handoff.routing.models import EntryStatus, QueueEntry
from handoff.routing.queue import find_open_entry
from tests.factories.handoff import make_agent
from tests.fakes.bot import FakeBot
from tests.fakes.clock import FixedClock
from tests.fakes.fake_twilio import sign, sms_fields
from tests.handoff.asgi_socket import AsgiSocket, SocketRefused
from tests.handoff.channels.twilio.conftest import Line, eventually, make_settings
from tests.handoff.people import on_any_database

PHONE = "+4915735980001"
SETTLED = (OutboxStatus.SENT, OutboxStatus.FAILED)
FINNISH_PHONE = "+358401234567"
FIXTURES = Path(__file__).parent / "fixtures"
TABLES = (Conversation, Message, SmsReceipt, SmsOptOut, SmsDelivery, VoiceCall, OutboxMessage)


async def rows(line: Line, model: type[Base]) -> Sequence[Any]:
    async with line.sessions() as session:
        return (await session.scalars(select(model))).all()


async def all_quiet(line: Line) -> None:
    """Whatever was owed is answered, and what could be sent has been sent."""
    for conversation in await rows(line, Conversation):
        await line.parts.runner.settled(conversation.id)
    async with asyncio.timeout(5):
        while any(message.status not in SETTLED for message in await rows(line, OutboxMessage)):
            await asyncio.sleep(0.01)


async def count_everything(line: Line) -> int:
    async with line.sessions() as session:
        return sum([await session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES])


async def messages_of(line: Line, sender: Sender) -> list[str]:
    return [message.text for message in await rows(line, Message) if message.sender is sender]


def sent_bodies(line: Line) -> list[str]:
    return [message.body for message in line.twilio.messages]


async def test_a_text_message_is_answered_by_text_message(line: Line) -> None:
    response = await line.webhooks.send_sms(PHONE, "Why is my bill higher?")

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/xml")
    assert response.text.endswith("<Response />")
    await eventually(lambda: line.twilio.messages)
    assert sent_bodies(line) == ["echo Why is my bill higher?"]
    assert line.twilio.messages[0].recipient == PHONE


async def test_messages_of_one_phone_belong_to_one_conversation(line: Line) -> None:
    await line.webhooks.send_sms(PHONE, "Guten Tag")
    await line.webhooks.send_sms(PHONE, "Meine Rechnung, bitte")

    await eventually(lambda: len(line.twilio.messages) == 2)
    (conversation,) = await rows(line, Conversation)
    assert (conversation.channel, conversation.address, conversation.language) == (Channel.SMS, PHONE, "de")
    assert await messages_of(line, Sender.CUSTOMER) == ["Guten Tag", "Meine Rechnung, bitte"]


async def test_the_acknowledgement_does_not_wait_for_the_bot(line: Line) -> None:
    line.bot.hold()

    response = await asyncio.wait_for(line.webhooks.send_sms(PHONE, "Hello"), 10)

    assert response.status_code == 200
    assert line.twilio.messages == []
    line.bot.release()
    await eventually(lambda: line.twilio.messages)


async def test_a_repeated_delivery_is_one_message_and_one_reply(line: Line) -> None:
    for _ in range(3):
        response = await line.webhooks.send_sms(PHONE, "Hello", message_sid="SM" + "1" * 32)
        assert response.status_code == 200
        await eventually(lambda: line.twilio.messages)

    await all_quiet(line)
    assert await messages_of(line, Sender.CUSTOMER) == ["Hello"]
    assert len(line.bot.turns) == 1
    assert len(line.twilio.messages) == 1


async def test_concurrent_deliveries_of_one_message_are_one_message(line: Line) -> None:
    sends = [line.webhooks.send_sms(PHONE, "Hello", message_sid="SM" + "2" * 32) for _ in range(8)]

    responses = await asyncio.gather(*sends)

    assert {response.status_code for response in responses} == {200}
    await eventually(lambda: line.twilio.messages)
    await all_quiet(line)
    assert await messages_of(line, Sender.CUSTOMER) == ["Hello"]
    assert len(line.bot.turns) == 1
    assert len(line.twilio.messages) == 1


async def test_two_first_messages_at_once_open_one_conversation(line: Line) -> None:
    sends = [line.webhooks.send_sms(PHONE, text) for text in ("one", "two", "three", "four")]

    responses = await asyncio.gather(*sends)

    assert {response.status_code for response in responses} == {200}
    assert len(await rows(line, Conversation)) == 1
    assert sorted(await messages_of(line, Sender.CUSTOMER)) == ["four", "one", "three", "two"]


@pytest.mark.parametrize("fixture", ["sms_picture_only", "sms_place_only"])
async def test_a_message_without_words_gets_a_polite_answer(line: Line, fixture: str) -> None:
    fields = json.loads((FIXTURES / f"{fixture}.json").read_text())

    response = await line.webhooks.post("/twilio/sms", [*fields.items()])

    assert response.status_code == 200
    await eventually(lambda: line.twilio.messages)
    assert sent_bodies(line) == [twilio_texts().text("sms.no_text", "fi")]
    assert line.twilio.messages[0].recipient == FINNISH_PHONE
    assert line.bot.turns == []
    assert await rows(line, Conversation) == []


async def test_a_message_over_the_limit_gets_an_answer_that_says_so(line: Line) -> None:
    await line.webhooks.send_sms(PHONE, "x" * 2001)

    await eventually(lambda: line.twilio.messages)
    assert sent_bodies(line) == [twilio_texts().text("sms.too_long", "de", limit=2000)]
    assert line.bot.turns == []


@pytest.mark.parametrize("text", ["/restart", "／restart", '/verified{"x":1}'])
async def test_a_slash_is_text(line: Line, text: str) -> None:
    await line.webhooks.send_sms(PHONE, text)

    await eventually(lambda: line.bot.turns)
    assert line.bot.turns[0].intent is None
    assert line.bot.turns[0].text == text


@pytest.mark.parametrize("word", ["STOP", "Stopp", "LOPETA"])
async def test_after_a_stop_nothing_is_sent_until_a_start(line: Line, word: str) -> None:
    await line.webhooks.send_sms(PHONE, word)
    await line.webhooks.send_sms(PHONE, "Why is my bill higher?")
    await eventually(lambda: line.bot.turns)
    await all_quiet(line)

    assert [turn.text for turn in line.bot.turns] == ["Why is my bill higher?"]
    assert line.twilio.forms == []

    await line.webhooks.send_sms(PHONE, "Start")
    await line.webhooks.send_sms(PHONE, "And now?")
    await eventually(lambda: line.twilio.messages)

    assert sent_bodies(line) == ["echo And now?"]


async def ask_by_text(line: Line) -> UUID:
    """The one customer there is asks for a person; return the entry in line."""
    await line.webhooks.send_sms(PHONE, "Hello")
    await eventually(lambda: line.twilio.messages)
    (known,) = await rows(line, Conversation)
    async with line.sessions.begin() as session:
        conversation = await session.get_one(Conversation, known.id)
        await service.request_handoff(
            session, conversation, reason="asked_for_person", topic="bills", now=line.clock.now()
        )
        entry = await find_open_entry(session, known.id)
    assert entry is not None
    return entry.id


async def test_who_says_stop_while_waiting_stands_in_line_no_more(line: Line) -> None:
    await ask_by_text(line)

    await line.webhooks.send_sms(PHONE, "STOP")

    (conversation,) = await rows(line, Conversation)
    assert conversation.status is ConversationStatus.CLOSED
    assert [entry.status for entry in await rows(line, QueueEntry)] == [EntryStatus.LEFT]


@on_any_database
async def test_who_says_stop_is_called_all_the_same_if_that_was_promised(line: Line) -> None:
    await ask_by_text(line)
    await line.webhooks.send_sms(PHONE, "CALL")

    await line.webhooks.send_sms(PHONE, "STOP")

    (conversation,) = await rows(line, Conversation)
    assert conversation.status is ConversationStatus.QUEUED


@on_any_database
async def test_an_agent_reads_that_no_more_texts_are_wanted(line: Line) -> None:
    entry_id = await ask_by_text(line)
    async with line.sessions.begin() as session:
        agent = await make_agent(session, now=line.clock.now(), presence=Presence.AVAILABLE)
        await claims.claim(session, entry_id, agent.id, line.clock.now(), how="taken")

    await line.webhooks.send_sms(PHONE, "STOP")

    (conversation,) = await rows(line, Conversation)
    assert conversation.status is ConversationStatus.ACTIVE
    stopped = twilio_texts().text("sms.stopped", conversation.language)
    assert (await messages_of(line, Sender.SYSTEM))[-1] == stopped


async def test_a_yes_is_an_answer_unless_the_phone_had_said_stop(line: Line) -> None:
    await line.webhooks.send_sms(PHONE, "Yes")

    await eventually(lambda: line.bot.turns)
    assert line.bot.turns[0].text == "Yes"


async def test_help_is_answered_without_the_bot(line: Line) -> None:
    await line.webhooks.send_sms(PHONE, "Hilfe")

    await eventually(lambda: line.twilio.messages)
    assert sent_bodies(line) == [twilio_texts().text("sms.help", "de", company="Nordlicht Netz")]
    assert line.bot.turns == []


async def test_a_sender_that_cannot_be_answered_is_not_stored(line: Line) -> None:
    response = await line.webhooks.send_sms("Nordlicht", "Win a prize")

    assert response.status_code == 200
    assert await count_everything(line) == 0


async def test_without_twilios_signature_nothing_is_stored(line: Line) -> None:
    form = dict([*sms_fields(PHONE, "Hello"), ("CallSid", "CA" + "3" * 32), ("MessageStatus", "sent")])
    client = line.webhooks.client

    for path in ("/twilio/sms", "/twilio/sms/status", "/twilio/voice", "/twilio/voice/ended"):
        assert (await client.post(path, data=form)).status_code == 403
        for signature in ("", "bm90IGl0", "ü"):
            headers = {"X-Twilio-Signature": signature.encode()}
            assert (await client.post(path, data=form, headers=headers)).status_code == 403

    assert await count_everything(line) == 0


async def test_without_a_token_of_ours_nothing_of_twilio_runs(
    database_url: str, clock: FixedClock, bot: FakeBot
) -> None:
    app = create_app(make_settings(database_url=database_url, twilio_auth_token=None), clock=clock, bot=bot)
    url = "http://127.0.0.1:8000"
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=url) as client:
        for path in ("/twilio/sms", "/twilio/sms/status", "/twilio/voice", "/twilio/voice/ended"):
            fields = sms_fields(PHONE, "Hello")
            headers = {"X-Twilio-Signature": sign(url + path, fields, token="")}
            assert (await client.post(path, data=dict(fields), headers=headers)).status_code == 403
        with pytest.raises(SocketRefused):
            await AsgiSocket(app, "/twilio/relay", origin=None).connect()
        async with app.state.sessions() as session:
            assert (await session.scalars(select(SmsReceipt))).all() == []


async def test_another_account_signed_with_our_token_is_refused(line: Line) -> None:
    ours = sms_fields(PHONE, "Hello")
    fields = [("AccountSid", "AC" + "f" * 32) if name == "AccountSid" else (name, value) for name, value in ours]

    response = await line.webhooks.post("/twilio/sms", fields)

    assert response.status_code == 403
    assert await count_everything(line) == 0


async def test_a_body_over_the_limit_is_refused_whatever_its_signature(line: Line) -> None:
    response = await line.webhooks.send_sms(PHONE, "x" * LARGEST_BODY_BYTES)

    assert response.status_code == 403
    assert await count_everything(line) == 0


async def test_a_body_that_is_no_text_is_refused(line: Line) -> None:
    headers = {"X-Twilio-Signature": "x", "Content-Type": "application/x-www-form-urlencoded"}

    response = await line.webhooks.client.post("/twilio/sms", content=b"Body=\xff\xfe", headers=headers)

    assert response.status_code == 403


async def test_a_slash_too_many_is_no_redirect(line: Line) -> None:
    response = await line.webhooks.post("/twilio/sms/", sms_fields(PHONE, "Hello"))

    assert response.status_code in {404, 405}


@pytest.mark.parametrize(
    ("reports", "final"),
    [
        (["queued", "sent", "delivered"], "delivered"),
        (["delivered", "sent", "queued"], "delivered"),
        (["sent", "sent", "sent"], "sent"),
        (["undelivered", "sent"], "undelivered"),
        (["sent", "something-new"], "sent"),
        (["read", "delivered"], "read"),
    ],
)
async def test_a_delivery_never_goes_back(line: Line, reports: list[str], final: str) -> None:
    for status in reports:
        response = await line.webhooks.report("SM" + "4" * 32, status)
        assert response.status_code == 200

    (delivery,) = await rows(line, SmsDelivery)
    assert delivery.status == final


async def test_a_failed_delivery_keeps_its_code(line: Line) -> None:
    await line.webhooks.report("SM" + "5" * 32, "undelivered", ErrorCode="30003", To=PHONE)

    (delivery,) = await rows(line, SmsDelivery)
    assert delivery.error_code == "30003"


async def test_an_unknown_status_alone_is_acknowledged_and_not_stored(line: Line) -> None:
    response = await line.webhooks.report("SM" + "6" * 32, "teleported")

    assert response.status_code == 200
    assert await rows(line, SmsDelivery) == []


async def test_the_reply_asks_twilio_to_report_back(line: Line) -> None:
    await line.webhooks.send_sms(PHONE, "Hello")

    await eventually(lambda: line.twilio.forms)
    assert line.twilio.forms[0]["StatusCallback"] == f"{line.webhooks.public_url}/twilio/sms/status"


async def test_a_reply_is_marked_sent_with_twilios_id(line: Line) -> None:
    await line.webhooks.send_sms(PHONE, "Hello")
    await eventually(lambda: line.twilio.messages)
    await all_quiet(line)

    (message,) = await rows(line, OutboxMessage)
    assert message.provider_sid == line.twilio.messages[0].sid
    assert message.sent_at is not None
    assert message.sent_at - message.created_at < timedelta(minutes=1)


async def end_by_agent(line: Line) -> None:
    """A person has talked with the one customer there is, and has ended it."""
    now = line.clock.now()
    (known,) = await rows(line, Conversation)
    async with line.sessions.begin() as session:
        agent = await make_agent(session, now=now, presence=Presence.AWAY)
        conversation = await session.get_one(Conversation, known.id)
        await service.request_handoff(session, conversation, reason="asked_for_person", topic="bills", now=now)
        entry = await find_open_entry(session, known.id)
        assert entry is not None
        await claims.claim(session, entry.id, agent.id, now, how="taken")
        await service.close_conversation(session, conversation, now)


@pytest.mark.parametrize(
    ("text", "hours", "statuses"),
    [
        ("Noch eine Frage", 23, [ConversationStatus.QUEUED]),
        ("Danke schön", 1, [ConversationStatus.CLOSED, ConversationStatus.WITH_BOT]),
        ("Noch eine Frage", 25, [ConversationStatus.CLOSED, ConversationStatus.WITH_BOT]),
    ],
)
async def test_who_writes_after_the_end_goes_on_with_a_person_in_time_and_else_begins_anew(
    line: Line, text: str, hours: int, statuses: list[ConversationStatus]
) -> None:
    await line.webhooks.send_sms(PHONE, "Guten Tag")
    await eventually(lambda: line.twilio.messages)
    await end_by_agent(line)
    line.clock.advance(hours=hours)

    await line.webhooks.send_sms(PHONE, text)

    found = sorted(await rows(line, Conversation), key=lambda conversation: conversation.opened_at)
    assert [conversation.status for conversation in found] == statuses
    assert (await messages_of(line, Sender.CUSTOMER))[-1] == text
