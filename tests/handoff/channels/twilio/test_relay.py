"""A phone call: what is said becomes a message on the path of the chat, and every turn is answered by voice."""

from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from handoff.channels.twilio.models import VoiceInterruption
from handoff.channels.twilio.texts import twilio_texts
from handoff.conversations.models import Channel, Conversation, ConversationStatus, Message, Sender
from handoff.conversations.posting import NewMessage, lock, post_message
from tests.fakes.fake_twilio import sign
from tests.fakes.fake_twilio_call import CALLER, FakeCall
from tests.handoff.channels.twilio.calls import (
    change_to_finnish,
    customer_texts,
    hand_over,
    lasts,
    only_conversation,
    refusal_of,
    rows,
)
from tests.handoff.channels.twilio.conftest import Line


@pytest.fixture
def call(line: Line) -> FakeCall:
    return FakeCall(line.webhooks)


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


# What is not let in.


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
