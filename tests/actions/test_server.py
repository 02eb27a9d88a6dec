"""The action server: only the bot is answered, and no error repeats what was sent."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session, sessionmaker

from actions.server import MAX_BODY_BYTES, create_app
from actions.settings import Settings
from tests.actions.conversation import PEPPER, TURN_SECRET, Conversation
from tests.actions.customers import make_subscriber
from tests.fakes.clock import FixedClock

# What is stored is tested on both databases by each skill's own tests.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SECRET = "bot secret"
WORDS = "my secret words"


@pytest.fixture
def app(database_url: str, clock: FixedClock) -> FastAPI:
    settings = Settings(database_url=database_url, bot_secret=SECRET, turn_secret=TURN_SECRET, code_pepper=PEPPER)
    return create_app(settings, clock=clock)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://actions") as client:
        yield client


def call(action: str, token: str = "") -> dict[str, object]:
    message = {"text": WORDS, "intent": {"name": "greet"}, "entities": [], "metadata": {"turn_token": token}}
    tracker = {
        "sender_id": "c-1",
        "slots": {},
        "latest_message": message,
        "events": [],
        "paused": False,
        "active_loop": {},
        "latest_action_name": "action_listen",
    }
    return {"next_action": action, "sender_id": "c-1", "tracker": tracker, "version": "3.6.21"}


async def post(client: httpx.AsyncClient, body: object, secret: str = SECRET) -> httpx.Response:
    return await client.post("/webhook", json=body, headers={"X-Saldo-Secret": secret})


async def test_health_needs_no_secret(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health")).json() == {"status": "ok"}


async def test_an_action_is_run_for_the_bot(client: httpx.AsyncClient, conversation: Conversation) -> None:
    response = await post(client, call("action_request_handoff", conversation.token()))

    assert response.status_code == 200
    assert response.json()["responses"][0]["custom"]["command"]["type"] == "handoff"


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + " "])
async def test_a_caller_without_the_secret_is_refused(
    client: httpx.AsyncClient, conversation: Conversation, secret: str
) -> None:
    response = await post(client, call("action_request_handoff", conversation.token()), secret)

    assert (response.status_code, response.json()) == (401, {"error": "WrongSecret"})


async def test_a_turn_token_that_is_not_ours_is_refused_by_name_only(client: httpx.AsyncClient) -> None:
    response = await post(client, call("action_request_handoff", "forged"))

    assert (response.status_code, response.json()) == (401, {"error": "TurnTokenInvalid"})


async def test_an_unknown_action_is_not_found(client: httpx.AsyncClient) -> None:
    response = await post(client, call("action_pay_out_everything"))

    assert (response.status_code, response.json()) == (404, {"error": "ActionNotFound"})


async def test_a_body_that_is_no_json_is_refused_without_repeating_it(client: httpx.AsyncClient) -> None:
    response = await client.post("/webhook", content=WORDS, headers={"X-Saldo-Secret": SECRET})

    assert (response.status_code, response.json()) == (400, {"error": "InvalidJson"})


@pytest.mark.parametrize("body", [[], "text", {}, {"tracker": WORDS}])
async def test_a_body_that_is_no_call_is_refused(client: httpx.AsyncClient, body: object) -> None:
    response = await post(client, body)

    assert (response.status_code, response.json()) == (422, {"error": "InvalidCall"})


async def test_a_body_beyond_the_limit_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post("/webhook", content=b"x" * (MAX_BODY_BYTES + 1), headers={"X-Saldo-Secret": SECRET})

    assert (response.status_code, response.json()) == (413, {"error": "BodyTooLarge"})


async def test_a_failing_action_answers_its_class_and_logs_no_words(
    client: httpx.AsyncClient, conversation: Conversation, caplog: pytest.LogCaptureFixture
) -> None:
    broken = call("action_switch_language", conversation.token())
    broken["tracker"]["latest_message"]["entities"] = WORDS

    response = await post(client, broken)

    assert response.status_code == 500
    assert WORDS not in response.text + caplog.text


async def test_what_an_action_wrote_is_committed(
    client: httpx.AsyncClient, conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        make_subscriber(session)
    body = call("action_start_challenge", conversation.token())
    body["tracker"]["slots"] = {"identity_customer_number": "53464097"}

    response = await post(client, body)

    assert response.status_code == 200
    assert len(conversation.text_messages()) == 1
