"""Nobody floods the line or the disk, and many behind one address are not mistaken for somebody who does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from handoff.console.errors import FileTooSlow
from handoff.console.uploads import AT_ONCE_OF_ADDRESS, AT_ONCE_OF_CONVERSATION, Uploads
from handoff.errors import TooManyRequests
from handoff.rate_limit import OPENINGS, REQUESTS_OF_CONVERSATION, Limit, RateLimits, address_of
from tests.handoff.asgi_socket import AsgiSocket, SocketClosed
from tests.handoff.people import ORIGIN, Customer, on_any_database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TWO = Limit("two", burst=2, seconds=10)


def test_what_is_too_much_says_when_to_come_again():
    limits = RateLimits()
    limits.take(TWO, "a", NOW)
    limits.take(TWO, "a", NOW)
    limits.take(TWO, "b", NOW)

    with pytest.raises(TooManyRequests) as refused:
        limits.take(TWO, "a", NOW + timedelta(seconds=4))

    assert refused.value.seconds == 6
    limits.take(TWO, "a", NOW + timedelta(seconds=10))


def test_who_cannot_be_told_from_others_is_not_limited():
    limits = RateLimits()
    for _ in range(5):
        limits.take(TWO, None, NOW)


def test_the_memory_of_limits_has_an_end():
    limits = RateLimits(most=2)
    for whose in ("a", "a", "b", "c"):
        limits.take(TWO, whose, NOW)

    limits.take(TWO, "a", NOW)  # forgotten: it was not asked for longest


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("127.0.0.1", None),
        ("::1", None),
        ("testclient", None),
        (None, None),
    ],
)
def test_an_address_is_who_stands_behind_it(host: str | None, address: str | None):
    assert address_of(host) == address


@on_any_database
async def test_openings_from_one_address_end_and_others_go_on(app: FastAPI, clock, monkeypatch):
    monkeypatch.setattr("handoff.conversations.endpoints.OPENINGS", Limit("few", burst=2, seconds=5))

    async def open_from(host: str) -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(host, 1))
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            return await client.post("/api/conversations", json={}, headers={"accept-language": "de"})

    answers = [await open_from("203.0.113.7") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[-1].headers["retry-after"] == "5"
    assert answers[-1].json()["text"] == "Das war viel auf einmal. Bitte versuchen Sie es in 5 Sekunden noch einmal."
    assert (await open_from("203.0.113.8")).status_code == 201
    clock.advance(seconds=5)
    assert (await open_from("203.0.113.7")).status_code == 201


def test_an_office_fits_behind_one_address():
    assert OPENINGS.burst >= 100


@on_any_database
async def test_a_person_can_be_asked_for_again_and_again_but_not_without_end(customer: Customer, clock):
    for _ in range(REQUESTS_OF_CONVERSATION.burst):
        await customer.ask_for_person()
        await customer.send_and_wait({"type": "queue.leave", "client_msg_id": uuid4().hex}, "message.stored")
        clock.advance(seconds=1)

    refused = await customer.refused({"type": "handoff.request", "client_msg_id": uuid4().hex})

    assert refused["error"] == "TooManyRequests"
    clock.advance(seconds=refused["seconds"])
    assert await customer.ask_for_person()


async def test_nobody_takes_all_places_for_files():
    uploads = Uploads()
    async with AsyncExitStack() as under_way:
        for _ in range(AT_ONCE_OF_CONVERSATION):
            await under_way.enter_async_context(uploads.place("one", "203.0.113.7"))
        with pytest.raises(TooManyRequests):
            await uploads.place("one", "203.0.113.7").__aenter__()
        async with uploads.place("another", "203.0.113.7"):
            pass
    async with AsyncExitStack() as under_way:
        for number in range(AT_ONCE_OF_ADDRESS):
            await under_way.enter_async_context(uploads.place(number, "203.0.113.7"))
        with pytest.raises(TooManyRequests):
            await uploads.place("one", "203.0.113.7").__aenter__()
        async with uploads.place("one", "203.0.113.8"):
            pass
    async with uploads.place("one", "203.0.113.7"):
        pass


async def test_a_file_that_never_ends_is_given_up():
    async def drip() -> AsyncIterator[bytes]:
        yield b"%PDF-"
        await asyncio.Event().wait()

    with pytest.raises(FileTooSlow):
        await Uploads(seconds=0.01).read(drip())


@on_any_database
async def test_one_conversation_has_no_more_sockets_than_anybody_has_tabs(app, customer: Customer, monkeypatch):
    monkeypatch.setattr("handoff.conversations.chat_socket.MOST_SOCKETS", 2)
    second = await Customer(app, customer.conversation_id, customer.token).connect()
    third = AsgiSocket(app, "/ws/chat", origin=ORIGIN)
    await third.connect()
    await third.send({"type": "hello", "token": customer.token, "after": 0})

    with pytest.raises(SocketClosed):
        await third.receive()

    await second.disconnect()
    await Customer(app, customer.conversation_id, customer.token).connect()
