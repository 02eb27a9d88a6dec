"""Signs of life: what counts as one, how seldom it is written, and what follows from it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from handoff.agents.lost import look_for_lost
from handoff.agents.models import Agent
from handoff.agents.presence import GRACE, is_live, is_live_clause
from handoff.contact_log import ContactEventKind
from handoff.sockets import CLOSE_UNAUTHORISED
from tests.fakes.clock import FixedClock
from tests.handoff.agents.conftest import log_of, row_of, was_heard
from tests.handoff.asgi_socket import SocketClosed
from tests.handoff.people import AgentAtWork, Customer, on_any_database


@pytest.mark.parametrize(("seconds_ago", "live"), [(0, True), (24, True), (25, False), (26, False), (None, False)])
async def test_an_agent_is_there_while_heard_within_the_grace(app, mia: AgentAtWork, clock, seconds_ago, live):
    heard_at = None if seconds_ago is None else clock.now() - timedelta(seconds=seconds_ago)
    await was_heard(app, mia, heard_at)

    async with app.state.sessions() as session:
        found = await session.scalar(select(Agent).where(Agent.id == mia.agent_id, is_live_clause(clock.now())))

    assert (found is not None) is live
    assert is_live(await row_of(app, mia), clock.now()) is live


async def test_opening_the_console_and_every_ping_are_signs_of_life(app, mia: AgentAtWork, clock: FixedClock):
    clock.advance(minutes=1)
    await mia.connect()
    assert (await row_of(app, mia)).seen_at == clock.now()

    clock.advance(seconds=10)
    await mia.send_and_wait({"type": "ping"}, "pong")
    await mia.send_and_wait({"type": "ping"}, "pong")

    assert (await row_of(app, mia)).seen_at == clock.now()
    await mia.socket.disconnect()


@on_any_database
async def test_signs_that_follow_each_other_closely_are_written_once(app, mia: AgentAtWork, clock: FixedClock):
    await mia.connect()
    first = clock.now()
    clock.advance(seconds=4)

    for _ in range(2):
        await mia.send_and_wait({"type": "ping"}, "pong")

    assert (await row_of(app, mia)).seen_at == first
    await mia.socket.disconnect()


async def test_a_console_that_is_heard_again_gets_the_waiting_customer_at_once(
    mia: AgentAtWork, customer: Customer, clock: FixedClock
):
    clock.advance(seconds=26)
    await customer.ask_for_person()
    assert await mia.offer() is None

    await mia.connect()
    await mia.until(lambda: mia.events)

    assert mia.events[1]["name"] == "offer.made"
    await mia.socket.disconnect()


@on_any_database
async def test_choosing_a_presence_is_a_sign_of_life(app, mia: AgentAtWork, clock: FixedClock):
    clock.advance(minutes=1)

    await mia.be("available")

    row = await row_of(app, mia)
    assert row.seen_at == clock.now()
    assert is_live(row, clock.now() + GRACE - timedelta(seconds=1))


@on_any_database
async def test_a_ping_without_a_session_is_no_sign_of_life(app, mia: AgentAtWork, clock: FixedClock):
    await mia.connect()
    heard = clock.now()
    clock.advance(hours=12)

    await mia.socket.send({"type": "ping"})
    with pytest.raises(SocketClosed) as closed:
        await mia.until(lambda: False)

    assert closed.value.code == CLOSE_UNAUTHORISED
    assert (await row_of(app, mia)).seen_at == heard


async def test_every_change_of_presence_is_logged_once(app, mia: AgentAtWork, clock: FixedClock):
    for status in ("away", "away", "available"):
        clock.advance(seconds=1)
        await mia.be(status)

    events = await log_of(app, ContactEventKind.PRESENCE)
    assert [event.details for event in events] == [
        {"presence": "away", "reason": "chosen"},
        {"presence": "available", "reason": "chosen"},
    ]
    me = (await mia.http.get("/api/agents/me")).json()
    assert me["presence_since"] == clock.now().isoformat().replace("+00:00", "Z")


@on_any_database
async def test_the_server_asks_open_consoles_for_a_ping(mia: AgentAtWork, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("handoff.console.agent_socket.PING_SECONDS", 0.01)
    await mia.connect()

    await mia.until(lambda: mia.frames_of("pulse"))

    await mia.socket.disconnect()


async def test_a_socket_that_comes_back_within_the_grace_changes_nothing(
    app, mia: AgentAtWork, customer: Customer, clock: FixedClock
):
    await customer.ask_for_person()
    held = await mia.take_next()
    for _ in range(3):
        await mia.connect()
        await mia.socket.disconnect()
        mia.ready = {}
        clock.advance(seconds=24)
        await look_for_lost(app.state.sessions, clock.now(), clock.now() - timedelta(days=1))

    row = await customer.row()
    assert (row.id, row.status, row.agent_id) == (held, "active", mia.agent_id)
    assert await log_of(app, ContactEventKind.PRESENCE, ContactEventKind.REQUEUED) == []
    assert mia.frames_of("presence.changed") == []
