"""The customer's socket: what is sent is stored once, acknowledged, answered and seen in order."""

import asyncio
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from handoff.conversations.models import Message
from handoff.texts import server_texts
from tests.fakes.bot import FakeBot
from tests.handoff.asgi_socket import AsgiSocket, SocketClosed, SocketRefused
from tests.handoff.people import ORIGIN, Customer, on_any_database


def send(text: str, client_msg_id: str | None = None) -> dict[str, str]:
    return {"type": "message.send", "client_msg_id": client_msg_id or uuid4().hex, "text": text}


async def count_messages(customer: Customer) -> int:
    async with customer.app.state.sessions() as session:
        counted = select(func.count()).select_from(Message)
        count: int = await session.scalar(counted.where(Message.conversation_id == customer.conversation_id))
    return count


@on_any_database
@pytest.mark.parametrize("language", ["en", "de", "fi"])
async def test_a_conversation_opens_with_an_assistant_that_says_what_it_is(open_chat, bot: FakeBot, language: str):
    customer = await open_chat(language)

    [greeting] = customer.messages
    assert greeting["seq"] == 1
    assert greeting["sender"] == "bot"
    assert greeting["text"] == server_texts().text("greeting", language, company="Nordlicht Netz")
    assert server_texts().text("button.person", language) in [button["title"] for button in greeting["buttons"]]
    assert bot.turns == []


async def test_a_message_is_acknowledged_and_answered(customer: Customer):
    seq = await customer.say("What do I owe you?")
    await customer.until(lambda: customer.answers_after(seq))

    assert customer.texts()[1:] == ["What do I owe you?", "echo What do I owe you?"]
    assert [message["seq"] for message in customer.messages] == [1, 2, 3]


async def test_several_messages_sent_quickly_are_answered_in_order_one_at_a_time(customer: Customer, bot: FakeBot):
    bot.hold()
    for number in range(4):
        await customer.say(f"question number {number}")
    bot.release()
    await customer.until(lambda: len(customer.texts("bot")) == 5)

    assert customer.texts("bot")[1:] == [f"echo question number {number}" for number in range(4)]
    assert bot.most_at_once == 1
    assert [turn.state for turn in bot.turns] == [None, {"turns": 1}, {"turns": 2}, {"turns": 3}]


async def test_a_repeated_message_is_stored_once_and_acknowledged_with_the_first_number(
    customer: Customer, bot: FakeBot
):
    first = await customer.say("Hello there", "key-1")
    await customer.until(lambda: customer.answers_after(first))

    assert await customer.say("Hello there", "key-1") == first
    assert await customer.say("Something else", "key-1") == first
    assert customer.texts("customer") == ["Hello there"]
    assert len(bot.turns) == 1


async def test_the_same_message_sent_five_times_at_once_is_stored_once(app: FastAPI, customer: Customer, bot: FakeBot):
    others = [await Customer(app, customer.conversation_id, customer.token).connect() for _ in range(5)]

    seqs = await asyncio.gather(*(other.say("Hello there", "the-same-key") for other in others))
    await app.state.runner.settled(customer.conversation_id)

    assert set(seqs) == {2}
    assert await count_messages(customer) == 3
    assert len(bot.turns) == 1
    for other in others:
        await other.disconnect()


async def test_messages_of_many_sockets_at_once_get_numbers_without_gaps(app: FastAPI, customer: Customer):
    others = [await Customer(app, customer.conversation_id, customer.token).connect() for _ in range(6)]

    await asyncio.gather(*(other.say(f"message {number}") for number, other in enumerate(others)))
    await app.state.runner.settled(customer.conversation_id)
    await customer.until(lambda: len(customer.messages) == 13)

    assert [message["seq"] for message in customer.messages] == list(range(1, 14))
    assert sorted(customer.events) == list(range(1, max(customer.events) + 1))
    for other in others:
        await other.disconnect()


@on_any_database
@pytest.mark.parametrize("language", ["en", "de", "fi"])
async def test_a_message_that_cannot_be_stored_gets_a_clear_answer(open_chat, language: str):
    customer = await open_chat(language)
    cases = {"": "Empty", "  \n\t": "Empty", "\u200b\u2060": "Empty", "x" * 2001: "TooLong", "x" * 50_000: "TooLong"}

    for text, kind in cases.items():
        refusal = await customer.refused(send(text, "key"))
        error = {"Empty": "EmptyMessage", "TooLong": "MessageTooLong"}[kind]
        assert refusal["error"] == error
        assert refusal["client_msg_id"] == "key"
        assert refusal["text"] == server_texts().text(f"error.{error}", language, limit=2000)
    assert await count_messages(customer) == 1


@on_any_database
async def test_odd_texts_are_ordinary_messages(customer: Customer, bot: FakeBot):
    odd = ["/restart", "／restart", "<b>bold</b><script>alert(1)</script>", "😀", "x" * 2000, "a\nb", '{"a": 1}']
    for text in odd:
        await customer.ask(text)

    assert customer.texts("customer") == odd
    assert [(turn.text, turn.intent) for turn in bot.turns] == [(text, None) for text in odd]


async def test_characters_that_no_database_holds_do_no_harm(customer: Customer):
    for text in ("zero\x00byte", "half a \ud83d surrogate"):
        assert (await customer.ask(text))["sender"] == "bot"


UNKNOWN_FRAMES = [
    "no json",
    "[]",
    "{}",
    '{"type": "unknown"}',
    '{"type": "message.send", "text": "no key"}',
    '{"type": "message.send", "client_msg_id": "with space", "text": "x"}',
    '{"type": "message.send", "client_msg_id": "key", "text": 7}',
    '{"type": "language.set", "language": "sv"}',
    '{"type": "events.get", "after": -1}',
    "[" * 20_000,
]


@on_any_database
async def test_a_frame_that_we_do_not_know_is_refused_and_the_socket_stays_open(customer: Customer):
    for frame in UNKNOWN_FRAMES:
        await customer.socket.send_text(frame)
    await customer.until(lambda: len(customer.frames_of("error")) == len(UNKNOWN_FRAMES))

    assert {error["error"] for error in customer.frames_of("error")} == {"InvalidFrame"}
    assert (await customer.ask("Still there?"))["text"] == "echo Still there?"


@on_any_database
async def test_a_frame_above_the_limit_closes_the_socket(customer: Customer):
    await customer.socket.send_text('{"type": "ping", "filling": "' + "x" * (256 * 1024) + '"}')

    with pytest.raises(SocketClosed) as closed:
        await customer.until(lambda: False)
    assert closed.value.code == 1009


@on_any_database
async def test_too_many_messages_at_once_are_refused_until_some_time_has_passed(customer: Customer, bot, clock):
    for number in range(20):
        await customer.say(f"message {number}")

    refusal = await customer.refused(send("one too many"))
    assert refusal["error"] == "TooManyMessages"

    clock.advance(seconds=2)
    await customer.say("patience helps")


@on_any_database
async def test_a_socket_without_a_valid_token_is_closed(app: FastAPI, customer: Customer):
    for hello in ({"type": "hello", "token": "wrong"}, {"type": "ping"}, {"type": "hello"}, "text"):
        socket = await AsgiSocket(app, "/ws/chat", origin=ORIGIN).connect()
        await socket.send(hello)

        with pytest.raises(SocketClosed) as closed:
            await socket.receive()
        assert closed.value.code == 4401


@on_any_database
async def test_a_page_of_another_origin_cannot_connect(app: FastAPI):
    for origin in ("https://evil.example", "null", None):
        with pytest.raises(SocketRefused):
            await AsgiSocket(app, "/ws/chat", origin=origin).connect()


@on_any_database
async def test_our_own_page_and_listed_ones_can_connect(app: FastAPI, customer: Customer):
    for origin in (ORIGIN, "http://localhost:8000", "https://shop.example"):
        socket = await AsgiSocket(app, "/ws/chat", origin=origin).connect()
        await socket.send({"type": "hello", "token": customer.token, "after": 0})

        assert (await socket.receive())["type"] == "ready"
        await socket.disconnect()


@on_any_database
async def test_a_conversation_of_another_token_is_not_seen(open_chat):
    first, second = await open_chat(), await open_chat()
    await first.ask("This is only mine")

    assert "This is only mine" not in second.texts()
    assert second.ready["conversation"]["id"] != first.ready["conversation"]["id"]


@on_any_database
async def test_opening_needs_a_language_that_we_speak(client: httpx.AsyncClient):
    response = await client.post("/api/conversations", json={"language": "sv"})

    assert response.status_code == 422
    assert response.json()["error"] == "InvalidRequest"


@on_any_database
async def test_the_bot_is_seen_typing_while_it_thinks(customer: Customer, bot: FakeBot):
    bot.hold()
    await customer.say("Think about it")
    await customer.until(lambda: customer.frames_of("typing"))
    bot.release()

    assert customer.frames_of("typing") == [{"type": "typing", "sender": "bot"}]
