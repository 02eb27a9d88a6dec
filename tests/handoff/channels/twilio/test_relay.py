"""A phone call: what is said becomes a message on the path of the chat, and every turn is answered by voice."""

import asyncio
from collections.abc import Sequence
from datetime import UTC
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import select
from websockets.exceptions import ConnectionClosed, InvalidStatus

from billing.db import Base
from handoff.agents.models import Presence
from handoff.bot_gateway import BotTurn
from handoff.callbacks.models import Callback, CallbackStatus
from handoff.channels.twilio import relay
from handoff.channels.twilio.dead_lines import DEAD_AFTER, DeadLines
from handoff.channels.twilio.models import VoiceCall, VoiceInterruption
from handoff.channels.twilio.texts import twilio_texts
from handoff.conversations.models import Channel, Conversation, ConversationStatus, Message, Sender
from handoff.conversations.posting import NewMessage, lock, post_message
from handoff.conversations.service import close_conversation, receive_message
from handoff.live import conversation_stream
from handoff.routing import claims
from handoff.routing.queue import find_open_entry
from handoff.wrap_up.closing import close_active
from tests.factories.handoff import make_agent
from tests.fakes.bot import Answer, reply
from tests.fakes.fake_twilio import sign
from tests.fakes.fake_twilio_call import CALLER, FakeCall
from tests.handoff.channels.twilio.conftest import Line, eventually


@pytest.fixture
def call(line: Line) -> FakeCall:
    return FakeCall(line.webhooks)


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


async def test_a_question_is_answered_by_voice(line: Line, call: FakeCall) -> None:
    async with call.answered():
        await call.say("Warum ist meine Rechnung höher?")

        assert await call.hear_answer() == "echo Warum ist meine Rechnung höher?"

    conversation = await only_conversation(line)
    assert (conversation.channel, conversation.address, conversation.language) == (Channel.VOICE, CALLER, "de")
    assert line.bot.turns[0].channel == "voice"


async def test_each_turn_ends_with_exactly_one_last_frame(line: Line, call: FakeCall) -> None:
    async with call.answered():
        for question in ("eins", "zwei", "drei"):
            await call.say(question)
            await call.hear_answer()

        assert await call.is_quiet()
        assert lasts(call) == 3
    assert await customer_texts(line) == ["eins", "zwei", "drei"]


async def test_speech_that_is_not_complete_is_not_a_turn(line: Line, call: FakeCall) -> None:
    async with call.answered():
        await call.say("Warum", last=False)
        await call.say("Warum ist", last=False)
        await call.say("Warum ist das so?")
        await call.hear_answer()

    assert [turn.text for turn in line.bot.turns] == ["Warum ist das so?"]


async def test_two_questions_in_one_breath_are_both_answered_in_order(line: Line, call: FakeCall) -> None:
    async with call.answered():
        await call.say("eins")
        await call.say("zwei")

        assert [await call.hear_answer(), await call.hear_answer()] == ["echo eins", "echo zwei"]


async def test_keys_are_collected_until_the_hash(line: Line, call: FakeCall) -> None:
    async with call.answered():
        await call.press("99*5346")
        assert await call.is_quiet()
        await call.press("4097#")

        assert await call.hear_answer() == "echo 53464097"


async def test_a_hash_alone_ends_its_turn_and_asks_nobody(line: Line, call: FakeCall) -> None:
    async with call.answered():
        await call.press("#")

        assert await call.hear_answer() == ""
    assert line.bot.turns == []


async def test_what_was_heard_before_an_interruption_is_kept_as_length(line: Line, call: FakeCall) -> None:
    async with call.answered():
        await call.say("Wie viel?")
        await call.hear_answer()
        await call.interrupt("echo Wie", "460")
        await call.interrupt("ech", 90)
        await call.say("Nein, wann?")

        assert await call.hear_answer() == "echo Nein, wann?"

    kept = [(row.heard_characters, row.heard_milliseconds) for row in await rows(line, VoiceInterruption)]
    assert sorted(kept) == [(3, 90), (8, 460)]
    assert await customer_texts(line) == ["Wie viel?", "Nein, wann?"]


async def test_a_caller_who_waits_hears_that_the_answer_is_coming(line: Line, call: FakeCall) -> None:
    line.bot.hold()
    async with call.answered():
        await call.say("Warum?")
        filler = await call.hear()
        line.bot.release()

        assert (filler["token"], filler["last"]) == (twilio_texts().text("voice.one_moment", "de"), False)
        assert await call.hear_answer() == "echo Warum?"
        assert lasts(call) == 1


async def test_when_the_bot_fails_the_caller_is_told_and_waits_for_a_person(line: Line, call: FakeCall) -> None:
    line.bot.failure = "down"
    async with call.answered():
        await call.say("Warum?")
        spoken = await call.hear_answer()

        assert spoken.strip()
        assert (await only_conversation(line)).status is ConversationStatus.QUEUED
        await call.say("Hallo?")
        assert await call.hear_answer() == twilio_texts().text("voice.waiting", "de")

    assert len(line.bot.turns) == 1


async def test_who_asks_for_a_person_hears_the_answer_and_the_place_in_one_turn(line: Line, call: FakeCall) -> None:
    line.bot.rule = hand_over
    async with call.answered():
        await call.say("Ich möchte mit einem Menschen sprechen")
        spoken = await call.hear_answer()

        assert spoken.startswith("Gern.")
        assert len(spoken) > len("Gern.\n")
        assert await call.is_quiet()
        assert lasts(call) == 1


async def test_what_a_person_writes_is_spoken(line: Line, call: FakeCall) -> None:
    async with call.answered():
        await call.say("Hallo")
        await call.hear_answer()
        conversation = await only_conversation(line)
        async with line.sessions.begin() as session:
            stored = await session.get_one(Conversation, conversation.id)
            await lock(session, stored)
            await post_message(
                session, stored, NewMessage(Sender.SYSTEM, "Mia ist jetzt für Sie da."), line.clock.now()
            )

        assert await call.hear_answer() == "Mia ist jetzt für Sie da."


async def test_the_voice_changes_with_the_language_of_the_conversation(line: Line, call: FakeCall) -> None:
    line.bot.rule = change_to_finnish
    async with call.answered():
        await call.say("Suomeksi, kiitos")
        await call.hear_answer()

    language = next(frame for frame in call.heard if frame["type"] == "language")
    spoken = next(frame for frame in call.heard if frame["type"] == "text")
    assert (language["ttsLanguage"], language["transcriptionLanguage"]) == ("fi-FI", "fi-FI")
    assert spoken["lang"] == "fi-FI"
    assert call.heard.index(language) < call.heard.index(spoken)


async def test_more_than_we_can_take_in_is_answered_so(line: Line, call: FakeCall) -> None:
    async with call.answered():
        await call.say("ja " * 1000)

        assert await call.hear_answer() == twilio_texts().text("voice.too_long", "de")
    assert line.bot.turns == []


async def test_frames_that_nobody_knows_are_passed_over(line: Line, call: FakeCall) -> None:
    async with call.answered():
        assert call.socket is not None
        for raw in ("no json", "[]", '{"type":"info"}', '{"type":"error","description":"Invalid message"}', "{}"):
            await call.socket.send(raw)
        await call.say("Hallo")

        assert await call.hear_answer() == "echo Hallo"


async def test_a_slash_that_is_spoken_is_text(line: Line, call: FakeCall) -> None:
    async with call.answered():
        await call.say('/verified{"x":1}')
        await call.hear_answer()

    assert line.bot.turns[0].intent is None


async def test_withheld_numbers_share_nothing(line: Line) -> None:
    for _ in range(2):
        call = FakeCall(line.webhooks, caller="anonymous")
        async with call.answered():
            await call.say("Hallo")
            await call.hear_answer()

    conversations = await rows(line, Conversation)
    assert len(conversations) == 2
    assert {conversation.address for conversation in conversations} == {None}


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


# What is not let in.


async def refusal_of(call: FakeCall, frame: dict[str, Any]) -> int | None:
    async with call.connected() as socket:
        await call.send(frame)
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 5)
        return socket.close_code


@pytest.mark.parametrize("signature", ["", "bm90IGl0", sign("https://bills.example/twilio/relay")])
async def test_a_socket_without_twilios_signature_is_refused_before_it_opens(
    line: Line, call: FakeCall, signature: str
) -> None:
    await call.ring()

    with pytest.raises(InvalidStatus) as refused:
        async with call.connected(signature=signature):
            pass

    assert refused.value.response.status_code == 403
    assert await rows(line, Conversation) == []


async def test_a_token_opens_one_socket_only(line: Line, call: FakeCall) -> None:
    async with call.answered():
        await call.say("Hallo")
        await call.hear_answer()

    assert await refusal_of(call, call.setup_frame()) == 1008
    assert len(await rows(line, Conversation)) == 1


async def test_a_token_is_worthless_after_a_minute(line: Line, call: FakeCall) -> None:
    await call.ring()
    line.clock.advance(seconds=60)

    assert await refusal_of(call, call.setup_frame()) == 1008
    assert await rows(line, Conversation) == []


async def test_a_token_is_worthless_for_another_call(line: Line, call: FakeCall) -> None:
    await call.ring()
    other = FakeCall(line.webhooks)
    await other.ring()

    assert await refusal_of(call, call.setup_frame(callSid=other.call_sid)) == 1008
    assert await rows(line, Conversation) == []


@pytest.mark.parametrize(
    "change",
    [
        {"customParameters": {}},
        {"customParameters": None},
        {"customParameters": {"token": "guessed"}},
        {"accountSid": "AC" + "f" * 32},
        {"type": "prompt", "voicePrompt": "Hallo", "last": True},
    ],
    ids=["no token", "no parameters", "a guessed token", "another account", "no setup"],
)
async def test_a_socket_that_does_not_introduce_its_call_is_closed(
    line: Line, call: FakeCall, change: dict[str, Any]
) -> None:
    await call.ring()

    assert await refusal_of(call, call.setup_frame(**change)) == 1008
    assert await rows(line, Conversation) == []
    assert await rows(line, Message) == []


# The ends of a call.


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
