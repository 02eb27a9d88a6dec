"""The call to the bot: what is sent, what is accepted as an answer, and what counts as a failure."""

import asyncio
import json
from collections.abc import Callable
from uuid import UUID

import httpx
import pytest

from handoff.bot_gateway import BotFailure, BotTurn, HttpBotGateway, parse_payload
from tests.fakes.bot import reply

TURN = BotTurn(
    conversation_id=UUID(int=7),
    text="Why?",
    intent=None,
    language="de",
    channel="webchat",
    turn_token="token",
    state={"turns": 1},
)
Handler = Callable[[httpx.Request], httpx.Response]


def gateway(handler: Handler, timeout_seconds: float = 8.0) -> HttpBotGateway:
    return HttpBotGateway(("http://bot",), "the secret", timeout_seconds, httpx.MockTransport(handler))


async def failure_of(handler: Handler) -> str:
    with pytest.raises(BotFailure) as failed:
        await gateway(handler).answer(TURN)
    return failed.value.reason


async def test_a_turn_carries_state_token_language_and_the_shared_secret():
    requests: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json=reply("Because."))

    answer = await gateway(handler).answer(TURN)

    assert answer.text == "Because."
    [request] = requests
    assert request.url.path == "/webhooks/saldo/turn"
    assert request.headers["x-saldo-secret"] == "the secret"
    assert json.loads(request.content) == {
        "conversation_id": "00000000-0000-0000-0000-000000000007",
        "text": "Why?",
        "intent": None,
        "language": "de",
        "channel": "webchat",
        "turn_token": "token",
        "state": {"turns": 1},
    }


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadError])
async def test_a_lost_connection_is_tried_once_more(error: type[httpx.TransportError]):
    tries: list[int] = []

    def handler(request: httpx.Request) -> httpx.Response:
        tries.append(1)
        if len(tries) == 1:
            raise error("gone")
        return httpx.Response(200, json=reply("Back again"))

    assert (await gateway(handler).answer(TURN)).text == "Back again"


async def test_a_bot_that_stays_away_is_a_failure_after_the_second_try():
    tries: list[int] = []

    def handler(request: httpx.Request) -> httpx.Response:
        tries.append(1)
        raise httpx.ConnectError("gone")

    assert await failure_of(handler) == "ConnectError"
    assert len(tries) == 2


async def test_a_bot_that_takes_too_long_is_a_failure():
    async def never(request: httpx.Request) -> httpx.Response:
        import asyncio

        await asyncio.sleep(60)
        raise AssertionError

    with pytest.raises(BotFailure, match="timeout"):
        await gateway(never, timeout_seconds=0.05).answer(TURN)


@pytest.mark.parametrize("status", [401, 422, 500, 503])
async def test_an_error_of_the_bot_is_a_failure_and_not_tried_again(status: int):
    tries: list[int] = []

    def handler(request: httpx.Request) -> httpx.Response:
        tries.append(1)
        return httpx.Response(status, json={"error": "Broken"})

    assert await failure_of(handler) == f"status {status}"
    assert len(tries) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"no json",
        b'{"replies": []}',
        json.dumps({**reply("x"), "commands": [{"type": "give_discount"}]}).encode(),
        json.dumps({**reply("x"), "commands": [{"type": "language", "language": "sv"}]}).encode(),
        json.dumps(reply("x", buttons=[{"title": "A", "payload": "not an intent"}])).encode(),
        json.dumps(reply("x", buttons=[{"title": "A", "payload": "/broken{json"}])).encode(),
    ],
)
async def test_an_answer_of_another_form_is_a_failure(body: bytes):
    assert await failure_of(lambda request: httpx.Response(200, content=body)) == "invalid answer"


@pytest.mark.parametrize("text", ["", "  \n"])
async def test_silence_is_a_failure(text: str):
    assert await failure_of(lambda request: httpx.Response(200, json=reply(text))) == "empty answer"


async def test_a_handoff_needs_no_words():
    handoff = {"type": "handoff", "reason": "asked_for_person", "topic": "bills"}

    answer = await gateway(lambda request: httpx.Response(200, json=reply(commands=[handoff]))).answer(TURN)

    assert answer.handoff is not None
    assert (answer.handoff.reason, answer.handoff.topic) == ("asked_for_person", "bills")


def test_a_payload_is_an_intent_with_entities():
    assert parse_payload('/ask_bill{"number": 7}') == {"name": "ask_bill", "entities": {"number": "7"}}
    assert parse_payload("/ask_bill") == {"name": "ask_bill", "entities": {}}
    with pytest.raises(ValueError, match="not an intent"):
        parse_payload("ask_bill")


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False)])
async def test_the_bot_is_ready_when_its_health_says_so(status: int, ready: bool):
    assert await gateway(lambda request: httpx.Response(status)).is_ready() is ready


def test_a_turn_shows_neither_token_nor_state_in_a_log():
    assert "token" not in repr(TURN).replace("turn_token", "")
    assert "turns" not in repr(TURN)


async def test_a_turn_that_one_process_loses_is_answered_by_another():
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        if request.url.host == "one":
            raise httpx.ConnectError("gone")
        return httpx.Response(200, json=reply("I am the other one"))

    both = HttpBotGateway(("http://one", "http://two"), "the secret", 8.0, httpx.MockTransport(handler))

    assert (await both.answer(TURN)).text == "I am the other one"
    assert asked == ["one", "two"]


async def test_a_busy_process_gets_the_next_turn_only_when_no_other_is_idle():
    asked: list[str] = []
    both_are_asked = asyncio.Event()

    async def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        if len(asked) == 2:
            both_are_asked.set()
        await both_are_asked.wait()
        return httpx.Response(200, json=reply("Done"))

    both = HttpBotGateway(("http://one", "http://two"), "the secret", 8.0, httpx.MockTransport(handler))
    await asyncio.gather(both.answer(TURN), both.answer(TURN))

    assert sorted(asked) == ["one", "two"]


async def test_the_bot_is_ready_when_one_process_is():
    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200 if request.url.host == "two" else 503)

    both = HttpBotGateway(("http://one", "http://two"), "the secret", 8.0, httpx.MockTransport(handler))

    assert await both.is_ready()
