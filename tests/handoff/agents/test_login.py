"""Signing in and out: nothing is given away, guessing is limited, and a session is ours to end."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from handoff.agents.models import Agent, AgentSession
from handoff.agents.passwords import _nobodys_hash
from handoff.agents.service import NewAgent, add_agent
from handoff.errors import AgentExists
from tests.factories.handoff import CHEAP_HASHER, PASSWORD, make_agent
from tests.handoff.people import ORIGIN, AgentAtWork, Customer, on_any_database


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work of a hash is what makes it good, and what a test need not wait for."""
    monkeypatch.setattr("handoff.agents.passwords._hasher", CHEAP_HASHER)
    _nobodys_hash.cache_clear()


@pytest.fixture
async def mia(app: FastAPI, clock) -> Agent:
    async with app.state.sessions.begin() as session:
        return await make_agent(session, now=clock.now(), name="Mia", language="de")


async def log_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/api/agents/login", json={"email": email, "password": password})


async def test_an_agent_signs_in_with_a_cookie_that_scripts_cannot_read(client: httpx.AsyncClient, mia: Agent, clock):
    response = await log_in(client, f"  {mia.email.upper()} ")

    assert response.status_code == 200
    assert response.json() == {
        "id": str(mia.id),
        "name": "Mia",
        "email": mia.email,
        "language": "de",
        "role": "agent",
        "skills": ["language:de", "language:en", "language:fi"],
        "capacity": 3,
        "presence": "offline",
        "presence_reason": "chosen",
        "presence_since": clock.now().isoformat().replace("+00:00", "Z"),
    }
    cookie = response.headers["set-cookie"].lower()
    assert cookie.startswith("saldo_agent=")
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert (await client.get("/api/agents/me")).json()["email"] == mia.email


@on_any_database
async def test_only_the_hash_of_the_session_token_is_stored(app: FastAPI, client: httpx.AsyncClient, mia: Agent):
    await log_in(client, mia.email)

    async with app.state.sessions() as session:
        [row] = (await session.scalars(select(AgentSession))).all()
    assert client.cookies["saldo_agent"] not in str(vars(row))


@on_any_database
async def test_a_wrong_address_and_a_wrong_password_get_the_same_answer(client: httpx.AsyncClient, mia: Agent):
    wrong_password = await log_in(client, mia.email, "guess")
    wrong_address = await log_in(client, "nobody@nordlicht.example")

    assert (wrong_password.status_code, wrong_password.content) == (401, wrong_address.content)
    assert wrong_password.json()["error"] == "WrongLogin"
    assert wrong_address.status_code == 401


async def test_guessing_is_stopped_and_resumes_after_the_window(client: httpx.AsyncClient, mia: Agent, clock):
    for _ in range(5):
        assert (await log_in(client, mia.email, "guess")).status_code == 401

    refused = await log_in(client, mia.email)
    assert (refused.status_code, refused.json()["error"]) == (429, "TooManyLogins")

    clock.advance(minutes=15)
    assert (await log_in(client, mia.email)).status_code == 200


@on_any_database
async def test_an_unknown_address_is_limited_in_the_same_way(client: httpx.AsyncClient):
    statuses = [(await log_in(client, "nobody@nordlicht.example")).status_code for _ in range(6)]

    assert statuses == [401] * 5 + [429]


async def test_a_crowd_of_guesses_at_once_does_not_slip_past_the_limit(client: httpx.AsyncClient, mia: Agent):
    responses = await asyncio.gather(*(log_in(client, mia.email, f"guess {number}") for number in range(12)))

    statuses = [response.status_code for response in responses]
    assert statuses.count(401) <= 5
    assert statuses.count(401) + statuses.count(429) == 12


async def tried_from(app: FastAPI, address: str, email: str, password: str = PASSWORD) -> int:
    transport = httpx.ASGITransport(app, client=(address, 50000))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        return (await log_in(client, email, password)).status_code


@on_any_database
async def test_guesses_from_everywhere_lock_an_agent_out_of_no_place_where_they_work(app: FastAPI, mia: Agent, clock):
    assert await tried_from(app, "203.0.113.1", mia.email) == 200
    clock.advance(days=3)
    guesses = [await tried_from(app, f"198.51.100.{number}", mia.email, "guess") for number in range(50)]

    assert guesses == [401] * 50
    assert await tried_from(app, "198.51.100.99", mia.email, "guess") == 429
    assert await tried_from(app, "203.0.113.1", mia.email) == 200
    clock.advance(days=30, seconds=1)
    for number in range(50):
        await tried_from(app, f"198.51.100.{number}", mia.email, "guess")
    assert await tried_from(app, "203.0.113.1", mia.email) == 429


@on_any_database
async def test_whoever_guesses_at_a_desk_next_to_an_agent_does_not_lock_them_out(app: FastAPI, mia: Agent):
    assert await tried_from(app, "203.0.113.1", mia.email) == 200
    for number in range(30):
        await tried_from(app, "203.0.113.1", f"nobody{number}@nordlicht.example")

    assert await tried_from(app, "203.0.113.1", "stranger@nordlicht.example") == 429
    assert await tried_from(app, "203.0.113.1", mia.email) == 200
    for _ in range(5):
        await tried_from(app, "203.0.113.1", mia.email, "guess")
    assert await tried_from(app, "203.0.113.1", mia.email) == 429


@on_any_database
async def test_all_addresses_of_one_household_count_as_one(app: FastAPI, mia: Agent):
    statuses = [await tried_from(app, f"2001:db8:1:2::{number:x}", mia.email, "guess") for number in range(1, 7)]

    assert statuses == [401] * 5 + [429]


@on_any_database
async def test_a_password_that_is_changed_while_it_is_checked_opens_nothing(app, client, mia: Agent, monkeypatch):
    async def check_slowly(password: str, password_hash: str | None) -> bool:
        async with app.state.sessions.begin() as session:
            await session.execute(update(Agent).values(password_hash=CHEAP_HASHER.hash("another horse 2")))
        return True

    monkeypatch.setattr("handoff.agents.login.is_password", check_slowly)

    assert (await log_in(client, mia.email)).status_code == 401


@on_any_database
async def test_signing_in_often_with_the_right_password_is_not_guessing(client: httpx.AsyncClient, mia: Agent):
    statuses = [(await log_in(client, mia.email)).status_code for _ in range(7)]

    assert statuses == [200] * 7


async def test_signing_out_ends_the_session_and_the_presence(app: FastAPI, agent: AgentAtWork):
    assert (await agent.http.post("/api/agents/logout")).status_code == 204

    assert (await agent.http.get("/api/agents/me")).json()["error"] == "NotSignedIn"
    async with app.state.sessions() as session:
        assert (await session.get_one(Agent, agent.agent_id)).presence == "offline"


async def test_an_agent_with_customers_cannot_sign_out_before_they_are_closed(agent: AgentAtWork, customer: Customer):
    await customer.ask_for_person()
    held = await agent.take_next()

    refused = await agent.http.post("/api/agents/logout", headers={"accept-language": "de"})

    assert refused.status_code == 409
    assert refused.json() == {
        "error": "ConversationsHeld",
        "text": "Noch offene Gespräche: 1. Beenden Sie sie, bevor Sie sich abmelden.",
        "count": 1,
    }
    assert (await agent.http.get("/api/agents/me")).json()["presence"] == "available"
    assert (await agent.reply(held, "I am still here.")).status_code == 201
    await agent.http.post(f"/api/console/conversations/{held}/close")
    assert (await agent.http.post("/api/agents/logout")).status_code == 204


async def test_a_refused_sign_out_gives_no_offer_back(agent: AgentAtWork, open_chat):
    for customer in (await open_chat(), await open_chat()):
        await customer.ask_for_person()
    await agent.take_next()
    offer = await agent.offer()
    assert offer is not None

    assert (await agent.http.post("/api/agents/logout")).status_code == 409

    assert (await agent.accept(offer)).status_code == 200


@on_any_database
async def test_a_session_ends_after_twelve_hours(agent: AgentAtWork, clock):
    clock.advance(hours=11.9)
    assert (await agent.http.get("/api/agents/me")).status_code == 200

    clock.advance(hours=0.1)
    assert (await agent.http.get("/api/agents/me")).status_code == 401


@on_any_database
async def test_nothing_of_the_console_is_open_to_strangers(client: httpx.AsyncClient):
    nobody = "00000000-0000-0000-0000-000000000000"
    addresses = [
        ("GET", "/api/agents/me"),
        ("POST", "/api/agents/logout"),
        ("PUT", "/api/agents/me/presence"),
        ("GET", "/api/console"),
        ("GET", f"/api/console/conversations/{nobody}"),
        ("POST", f"/api/console/conversations/{nobody}/messages"),
        ("POST", f"/api/console/conversations/{nobody}/close"),
        ("POST", f"/api/offers/{nobody}/accept"),
        ("POST", f"/api/offers/{nobody}/decline"),
    ]

    for cookie in ("", "saldo_agent=invented"):
        for method, path in addresses:
            body = {"status": "available", "client_msg_id": "k", "text": "x"} if method != "GET" else None
            response = await client.request(method, path, json=body, headers={"cookie": cookie})
            assert response.status_code == 401, (method, path)


@on_any_database
async def test_presence_is_available_or_away_and_nothing_else(agent: AgentAtWork):
    await agent.be("away")
    assert (await agent.http.get("/api/agents/me")).json()["presence"] == "away"

    response = await agent.http.put("/api/agents/me/presence", json={"status": "dancing"})
    assert response.status_code == 422
    assert (await agent.http.get("/api/agents/me")).json()["presence"] == "away"


async def test_an_agent_can_be_added_once_and_then_sign_in(app: FastAPI, client: httpx.AsyncClient, clock):
    facts = {"email": "New@Nordlicht.example", "name": "New", "language": "fi", "password": "long enough"}
    async with app.state.sessions.begin() as session:
        await add_agent(session, NewAgent(**facts), clock.now())

    assert (await log_in(client, "new@nordlicht.example", "long enough")).status_code == 200
    async with app.state.sessions() as session:
        with pytest.raises(AgentExists):
            await add_agent(session, NewAgent(**facts), clock.now())


@on_any_database
async def test_over_https_the_cookie_travels_over_https_only(settings, clock, bot, database_url):
    from tests.handoff.conftest import running

    secure = settings.model_copy(update={"public_url": "https://saldo.example"})
    async with running(secure, clock, bot) as app:
        async with app.state.sessions.begin() as session:
            agent = await make_agent(session, now=clock.now())
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="https://saldo.example") as client:
            response = await log_in(client, agent.email)

    assert "secure" in response.headers["set-cookie"].lower()
    assert "strict-transport-security" in response.headers


@on_any_database
async def test_a_hash_that_is_damaged_lets_nobody_in(app: FastAPI, client: httpx.AsyncClient, mia: Agent):
    async with app.state.sessions.begin() as session:
        await session.execute(update(Agent).values(password_hash="damaged"))

    assert (await log_in(client, mia.email)).status_code == 401
    assert ORIGIN not in (await log_in(client, mia.email)).text
