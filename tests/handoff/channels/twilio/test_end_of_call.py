"""How a call ends: by whoever hangs up, and never by a fault of ours."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy.exc import OperationalError
from websockets.exceptions import ConnectionClosed

from handoff.agents.models import Presence
from handoff.callbacks.models import Callback, CallbackStatus
from handoff.channels.twilio import relay, voice
from handoff.channels.twilio.dead_lines import DEAD_AFTER, DeadLines
from handoff.channels.twilio.models import VoiceCall
from handoff.channels.twilio.texts import twilio_texts
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.conversations.service import StoredMessage, close_conversation, receive_message
from handoff.live import conversation_stream
from handoff.routing import claims
from handoff.routing.queue import find_open_entry
from handoff.wrap_up.closing import close_active
from tests.factories.handoff import make_agent
from tests.fakes.fake_twilio_call import CALLER, FakeCall
from tests.handoff.channels.twilio.calls import (
    change_to_finnish,
    customer_texts,
    hand_over,
    only_conversation,
    refusal_of,
    rows,
    verbs,
)
from tests.handoff.channels.twilio.conftest import Line, eventually
from tests.handoff.people import on_any_database


@pytest.fixture
def call(line: Line) -> FakeCall:
    return FakeCall(line.webhooks)


async def test_a_lost_socket_is_opened_again_and_the_conversation_goes_on(line: Line, call: FakeCall) -> None:
    async with call.answered():
        await call.say("eins")
        await call.hear_answer()

    document = await call.end_socket(ErrorCode="64105", SessionStatus="failed")
    call.session_id = "VX" + "0" * 32
    async with call.connected():
        await call.send(call.setup_frame())
        assert await call.hear_answer() == "echo eins"
        await call.say("zwei")
        assert await call.hear_answer() == "echo zwei"

    assert verbs(document) == ["Connect"]
    assert len(await rows(line, Conversation)) == 1
    assert await customer_texts(line) == ["eins", "zwei"]


async def test_a_socket_opened_again_speaks_the_language_that_the_conversation_had_changed_to(
    line: Line, call: FakeCall
) -> None:
    line.bot.rule = change_to_finnish
    async with call.answered():
        await call.say("Suomeksi, kiitos")
        await call.hear_answer()
    await call.end_socket(ErrorCode="64105", SessionStatus="failed")
    async with call.connected():
        await call.send(call.setup_frame())

        assert (await call.hear())["ttsLanguage"] == "fi-FI"
        assert (await call.hear())["lang"] == "fi-FI"


async def test_a_socket_opened_again_after_the_conversation_was_closed_is_ended(line: Line, call: FakeCall) -> None:
    async with call.answered():
        await call.say("Hallo")
        await call.hear_answer()
    await call.end_socket(ErrorCode="64105", SessionStatus="failed")
    async with line.sessions.begin() as session:
        conversation = await session.get_one(Conversation, (await only_conversation(line)).id)
        await close_conversation(session, conversation, line.clock.now())
    async with call.connected():
        await call.send(call.setup_frame())
        await call.hear_answer()

        assert await call.hear() == {"type": "end"}


async def test_a_socket_is_not_opened_a_third_time(line: Line, call: FakeCall) -> None:
    async with call.answered():
        await call.say("Hallo")
        await call.hear_answer()

    ends = [verbs(await call.end_socket(ErrorCode="64105", SessionStatus="failed")) for _ in range(3)]

    assert ends == [["Connect"], ["Connect"], ["Say", "Hangup"]]
    assert (await only_conversation(line)).status is ConversationStatus.CLOSED


async def test_when_the_caller_hangs_up_the_conversation_is_closed_and_leaves_the_queue(
    line: Line, call: FakeCall
) -> None:
    line.bot.rule = hand_over
    async with call.answered():
        await call.say("Ein Mensch, bitte")
        await call.hear_answer()

    document = await call.end_socket(SessionStatus="completed")

    assert verbs(document) == ["Hangup"]
    assert (await only_conversation(line)).status is ConversationStatus.CLOSED


async def test_the_end_of_a_call_that_nobody_knows_is_a_goodbye(line: Line, call: FakeCall) -> None:
    assert verbs(await call.end_socket(SessionStatus="completed")) == ["Hangup"]


async def test_a_call_asked_about_twice_is_one_call_and_the_later_token_counts(line: Line, call: FakeCall) -> None:
    await call.ring()
    first = call.token
    await call.ring()

    assert call.token != first
    assert await refusal_of(call, call.setup_frame(customParameters={"token": first})) == 1008
    (row,) = await rows(line, VoiceCall)
    assert row.token_expires_at.astimezone(UTC) > line.clock.now()
    assert row.token_hash not in {first, call.token}


async def test_a_fault_of_ours_costs_the_caller_neither_the_line_nor_the_talk(
    line: Line, call: FakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [RuntimeError("a fault of ours")]

    async def stumble_once(*args: Any, **kwargs: Any) -> Any:
        if faults:
            raise faults.pop()
        return await receive_message(*args, **kwargs)

    monkeypatch.setattr(relay, "receive_message", stumble_once)
    async with call.answered():
        await call.say("Ein Mensch, bitte")
        await call.hear_answer()
        with pytest.raises(ConnectionClosed):
            await call.hear()
    document = await call.end_socket(ErrorCode="64105", SessionStatus="failed")
    async with call.connected():
        await call.send(call.setup_frame())
        await call.say("Ein Mensch, bitte")

        assert await call.hear_answer() == "echo Ein Mensch, bitte"

    assert {"type": "end"} not in call.heard
    assert verbs(document) == ["Connect"]


async def test_a_caller_whose_end_nobody_told_us_of_is_called_back(line: Line, call: FakeCall) -> None:
    line.bot.rule = hand_over
    lines = DeadLines(line.sessions, line.parts.live)
    async with call.answered():
        await call.say("Ein Mensch, bitte")
        await call.hear_answer()
        await lines.clear(line.clock.now())
        line.clock.advance(seconds=DEAD_AFTER.total_seconds())
        await lines.clear(line.clock.now())
        assert await rows(line, Callback) == []
    conversation = await only_conversation(line)
    await eventually(lambda: not line.parts.live.is_heard(conversation_stream(conversation.id)))
    await lines.clear(line.clock.now())
    line.clock.advance(seconds=DEAD_AFTER.total_seconds() - 1)
    await lines.clear(line.clock.now())
    assert await rows(line, Callback) == []
    line.clock.advance(seconds=1)

    await lines.clear(line.clock.now())

    (callback,) = await rows(line, Callback)
    assert (callback.phone, callback.status) == (CALLER, CallbackStatus.WAITING)
    assert (await only_conversation(line)).status is ConversationStatus.QUEUED


async def test_while_the_database_is_busy_a_caller_waits_a_moment_and_is_answered(
    line: Line, call: FakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce = voice._announce
    obstacles = [OperationalError("", None, Exception("busy"))] * 2

    async def announce_late(*args: Any) -> str:
        if obstacles:
            raise obstacles.pop()
        return await announce(*args)

    monkeypatch.setattr(voice, "_announce", announce_late)

    document = await call.ring()
    answers = [verbs(document)]
    while (redirect := document.find("Redirect")) is not None:
        path = str(redirect.text).removeprefix(line.webhooks.public_url)
        response = await line.webhooks.post(path, call.voice_fields())
        document = ElementTree.fromstring(response.text)
        answers.append(verbs(document))

    assert answers == [["Say", "Pause", "Redirect"], ["Say", "Pause", "Redirect"], ["Connect"]]


async def test_a_caller_is_not_put_off_for_ever(line: Line) -> None:
    document = ElementTree.fromstring(voice.answer_soon(line.parts, voice.MOST_ATTEMPTS))

    assert verbs(document) == ["Say", "Hangup"]


async def test_when_the_agent_ends_the_call_the_line_is_closed_and_a_goodbye_brings_nobody_back(
    line: Line, call: FakeCall
) -> None:
    line.bot.rule = hand_over
    async with call.answered():
        await call.say("Ein Mensch, bitte")
        await call.hear_answer()
        await end_by_agent(line)
        await call.hear_answer()

        assert await call.hear() == {"type": "end"}
        await call.say("Tschüss")
        assert await call.hear_answer() == ""

    assert (await only_conversation(line)).status is ConversationStatus.WRAP_UP


async def end_by_agent(line: Line) -> None:
    """Somebody takes the call and ends it."""
    now, waiting = line.clock.now(), await only_conversation(line)
    async with line.sessions.begin() as session:
        agent = await make_agent(session, now=now, presence=Presence.AVAILABLE, skills=("language:de",))
        entry = await find_open_entry(session, waiting.id)
        assert entry is not None
        conversation = await claims.claim(session, entry.id, agent.id, now, how="taken")
        await close_active(session, conversation, agent, line.parts.queues, now)


async def test_what_was_said_while_the_database_was_busy_is_answered_once(
    line: Line, call: FakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "receive_message", busy(times=relay.STORE_TRIES - 1))
    async with call.answered():
        await call.say("Warum so viel?")

        assert await call.hear_answer() == "echo Warum so viel?"

    assert await customer_texts(line) == ["Warum so viel?"]


@on_any_database
async def test_who_could_not_be_understood_in_time_is_asked_again_on_the_same_line(
    line: Line, call: FakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "receive_message", busy(times=relay.STORE_TRIES))
    async with call.answered():
        await call.say("Warum so viel?")
        assert await call.hear_answer() == twilio_texts().text("voice.say_again", "de")
        await call.say("Warum so viel?")

        assert await call.hear_answer() == "echo Warum so viel?"

    assert await customer_texts(line) == ["Warum so viel?"]


def busy(times: int) -> Callable[..., Awaitable[StoredMessage]]:
    failures = [OperationalError("", {}, Exception("busy"))] * times

    async def receive(*args: Any, **kwargs: Any) -> StoredMessage:
        if failures:
            raise failures.pop()
        return await receive_message(*args, **kwargs)

    return receive


@on_any_database
async def test_a_socket_that_held_for_a_while_was_no_failed_try(line: Line, call: FakeCall) -> None:
    await call.ring()
    ends = []
    for _ in range(4):
        async with call.connected():
            await call.send(call.setup_frame())
            await call.say("Hallo")
            await call.hear_answer()
        line.clock.advance(minutes=1)
        ends.append(verbs(await call.end_socket(ErrorCode="64105", SessionStatus="failed")))
        call.session_id = "VX" + secrets.token_hex(16)

    assert ends == [["Connect"]] * 4
