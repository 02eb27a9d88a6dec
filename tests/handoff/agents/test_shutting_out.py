"""Somebody is dismissed, or a password is known to strangers: what is open closes, and what was held is answered."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents import shutting_out
from handoff.agents.models import Agent, AgentSession, Presence, Role
from handoff.agents.passwords import hash_password, is_locked
from handoff.contact_log import ContactEventKind
from handoff.conversations.models import ConversationStatus
from handoff.push.models import PushDevice
from handoff.sockets import CLOSE_UNAUTHORISED
from tests.factories.handoff import CHEAP_HASHER, PASSWORD, sign_in
from tests.fakes.clock import FixedClock
from tests.handoff.agents.conftest import Look, log_of, row_of
from tests.handoff.asgi_socket import SocketClosed
from tests.handoff.people import AgentAtWork, Customer, on_any_database

Act = Callable[[AsyncSession, Agent, datetime], Awaitable[None]]


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work of a hash is what makes it good, and what a test need not wait for."""
    monkeypatch.setattr("handoff.agents.passwords._hasher", CHEAP_HASHER)


@pytest.fixture
async def held(mia: AgentAtWork, customer: Customer) -> UUID:
    """Mia has answered a customer."""
    await customer.ask_for_person()
    conversation_id = await mia.take_next()
    await mia.reply(conversation_id, "Hello, I am Mia.")
    return conversation_id


async def act(app: FastAPI, agent: AgentAtWork, change: Act, now: datetime) -> Agent:
    async with app.state.sessions.begin() as session:
        await change(session, await session.get_one(Agent, agent.agent_id), now)
    return await row_of(app, agent)


async def enable(session: AsyncSession, agent: Agent, _: datetime) -> None:
    await shutting_out.enable(session, agent)


async def log_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> int:
    return (await client.post("/api/agents/login", json={"email": email, "password": password})).status_code


async def test_who_is_shut_out_reads_nothing_more_and_cannot_sign_in(app, client, mia: AgentAtWork, held: UUID, clock):
    await mia.connect()

    row = await act(app, mia, shutting_out.disable, clock.now())

    assert (await mia.http.get("/api/console")).status_code == 401
    await mia.socket.send({"type": "ping"})
    with pytest.raises(SocketClosed) as closed:
        await mia.until(lambda: False)
    assert closed.value.code == CLOSE_UNAUTHORISED
    assert await log_in(client, row.email) == 401


async def test_their_customers_are_in_line_again_at_the_next_look(
    app, mia: AgentAtWork, customer: Customer, held: UUID, look: Look, clock: FixedClock
):
    await look()
    assert (await customer.row()).status is ConversationStatus.ACTIVE

    await act(app, mia, shutting_out.disable, clock.now())
    await look()

    assert (await customer.row()).status is ConversationStatus.QUEUED
    assert (await row_of(app, mia)).presence is Presence.OFFLINE
    [event] = await log_of(app, ContactEventKind.PRESENCE)
    assert (event.agent_id, event.details["presence"]) == (mia.agent_id, "offline")


@on_any_database
async def test_nobody_new_is_offered_to_them(app, mia: AgentAtWork, customer: Customer, clock):
    await act(app, mia, shutting_out.disable, clock.now())
    await customer.ask_for_person()

    await app.state.dispatcher.tick()

    assert (await customer.row()).status is ConversationStatus.QUEUED


@on_any_database
async def test_who_is_let_in_again_has_the_password_of_before(app, client, mia: AgentAtWork, clock):
    for change in (shutting_out.disable, shutting_out.disable, enable):
        row = await act(app, mia, change, clock.now())

    assert await log_in(client, row.email) == 200


@on_any_database
async def test_a_session_that_began_while_the_door_was_closing_opens_nothing(app, mia: AgentAtWork, clock):
    row = await act(app, mia, shutting_out.disable, clock.now())
    async with app.state.sessions.begin() as session:
        token = await sign_in(session, row, now=clock.now())

    late = AgentAtWork(app, mia.agent_id, token)

    assert (await late.http.get("/api/agents/me")).status_code == 401
    await late.http.aclose()


async def test_a_new_password_ends_every_session_and_phone_and_opens_alone(app, client, mia: AgentAtWork, clock):
    async with app.state.sessions.begin() as session:
        keys = {"endpoint": "https://push.example/1", "public_key": "k", "auth_secret": "s"}
        session.add(PushDevice(agent_id=mia.agent_id, added_at=clock.now(), **keys))
    new_hash = await hash_password("another horse 2")

    async def change(session: AsyncSession, agent: Agent, now: datetime) -> None:
        await shutting_out.set_password(session, agent, new_hash, now)

    row = await act(app, mia, change, clock.now())

    assert (await mia.http.get("/api/agents/me")).status_code == 401
    async with app.state.sessions() as session:
        assert list(await session.scalars(select(PushDevice))) == []
        assert list(await session.scalars(select(AgentSession))) == []
    assert (await log_in(client, row.email), await log_in(client, row.email, "another horse 2")) == (401, 200)


@on_any_database
async def test_a_new_password_lets_nobody_in_who_is_shut_out(app, client, mia: AgentAtWork, clock):
    new_hash = await hash_password("another horse 2")

    async def change(session: AsyncSession, agent: Agent, now: datetime) -> None:
        await shutting_out.set_password(session, agent, new_hash, now)

    await act(app, mia, shutting_out.disable, clock.now())
    row = await act(app, mia, change, clock.now())

    assert is_locked(row.password_hash)
    assert await log_in(client, row.email, "another horse 2") == 401


@on_any_database
async def test_who_is_no_supervisor_any_more_sees_no_board_before_and_after_signing_in(app, mia: AgentAtWork, clock):
    async def promote(session: AsyncSession, agent: Agent, now: datetime) -> None:
        await shutting_out.set_role(session, agent, Role.SUPERVISOR, now)

    async def take_back(session: AsyncSession, agent: Agent, now: datetime) -> None:
        await shutting_out.set_role(session, agent, Role.AGENT, now)

    async def sign_in_again() -> int:
        async with app.state.sessions.begin() as session:
            token = await sign_in(session, await session.get_one(Agent, mia.agent_id), now=clock.now())
        mia.http.headers["cookie"] = f"saldo_agent={token}"
        return (await mia.http.get("/api/board")).status_code

    await act(app, mia, promote, clock.now())
    as_supervisor = await sign_in_again()
    await act(app, mia, take_back, clock.now())

    assert (as_supervisor, (await mia.http.get("/api/board")).status_code, await sign_in_again()) == (200, 401, 404)
