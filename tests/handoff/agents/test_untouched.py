"""Who is given a customer by somebody else and does not turn up gives them back after a minute."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from fastapi import FastAPI

from handoff.agents.models import Role
from handoff.contact_log import ContactEventKind
from handoff.conversations.models import ConversationStatus
from handoff.conversations.seen import Side, mark_seen
from handoff.routing import queue
from handoff.texts import server_texts
from tests.fakes.clock import FixedClock
from tests.handoff.agents.conftest import Look, log_of, row_of, was_heard
from tests.handoff.conftest import HireAgent
from tests.handoff.people import AgentAtWork, Customer, on_any_database

Wait = Callable[[float], Awaitable[None]]


@pytest.fixture
async def ida(app: FastAPI, hire: HireAgent) -> AgentAtWork:
    """A supervisor, who takes part in nothing herself."""
    ida = await hire("Ida")
    async with app.state.sessions.begin() as session:
        (await session.merge(await row_of(app, ida))).role = Role.SUPERVISOR
    await ida.be("away")
    return ida


@pytest.fixture
async def given(app: FastAPI, mia: AgentAtWork, ida: AgentAtWork, customer: Customer) -> UUID:
    """Ida gives the customer to Mia, whose console is open while she is on a break."""
    await mia.be("away")
    await customer.ask_for_person()
    async with app.state.sessions() as session:
        entry = await queue.find_open_entry(session, customer.conversation_id)
    assert entry is not None
    response = await ida.http.post(f"/api/board/entries/{entry.id}/assign", json={"agent_id": str(mia.agent_id)})
    assert response.status_code == 200, response.text
    return customer.conversation_id


@pytest.fixture
def wait(app: FastAPI, mia: AgentAtWork, clock: FixedClock, look: Look) -> Wait:
    """Let time pass with Mia's console open."""

    async def wait(seconds: float) -> None:
        clock.advance(seconds=seconds)
        await was_heard(app, mia, clock.now())
        await look()

    return wait


async def test_an_assigned_customer_whom_the_agent_does_not_touch_is_back_in_line_after_a_minute_at_the_old_age(
    app, mia: AgentAtWork, customer: Customer, given: UUID, wait: Wait, look: Look, clock: FixedClock
):
    asked_at = clock.now()
    await wait(59)
    assert (await customer.row()).agent_id == mia.agent_id

    clock.advance(seconds=1)
    await asyncio.gather(*(look() for _ in range(3)))

    row = await customer.row()
    assert (row.status, row.agent_id) == (ConversationStatus.QUEUED, None)
    async with app.state.sessions() as session:
        entry = await queue.find_open_entry(session, given)
    assert entry is not None
    assert entry.requested_at == asked_at
    await customer.caught_up()
    assert customer.texts("system")[-1] == server_texts().text("conversation.transferred", "en")
    [event] = await log_of(app, ContactEventKind.REQUEUED)
    assert (event.agent_id, event.details["why"]) == (mia.agent_id, "untouched")


@on_any_database
async def test_it_goes_to_somebody_else_and_not_back_to_the_same_agent(
    app, mia: AgentAtWork, given: UUID, wait: Wait, hire: HireAgent
):
    await mia.be("available")
    await wait(60)
    assert await mia.offer() is None

    aino = await hire("Aino")

    assert await aino.take_next() == given


@pytest.mark.parametrize("touch", ["reads", "answers"])
@on_any_database
async def test_who_has_read_or_answered_keeps_the_customer(
    app, mia: AgentAtWork, customer: Customer, given: UUID, wait: Wait, touch: str
):
    await wait(30)
    if touch == "reads":
        async with app.state.sessions.begin() as session:
            await mark_seen(session, given, Side.AGENT, (await customer.row()).last_seq)
    else:
        assert (await mia.reply(given, "Hello, I am Mia.")).status_code == 201

    await wait(60)

    assert (await customer.row()).agent_id == mia.agent_id


@on_any_database
async def test_what_another_agent_read_before_does_not_count(
    app, mia: AgentAtWork, ida: AgentAtWork, customer: Customer, hire: HireAgent, wait: Wait, clock: FixedClock
):
    aino = await hire("Aino")
    await mia.be("away")
    await customer.ask_for_person()
    held = await aino.take_next()
    await aino.reply(held, "One moment, I ask Mia.")
    async with app.state.sessions.begin() as session:
        await mark_seen(session, held, Side.AGENT, (await customer.row()).last_seq)
    clock.advance(seconds=1)
    moved = await ida.http.post(f"/api/board/conversations/{held}/reassign", json={"agent_id": str(mia.agent_id)})
    assert moved.status_code == 200, moved.text

    await wait(60)

    assert (await customer.row()).agent_id is None


@on_any_database
async def test_who_accepted_or_took_the_customer_is_there_and_may_read_on(
    app, mia: AgentAtWork, customer: Customer, wait: Wait
):
    await customer.ask_for_person()
    await mia.take_next()

    await wait(90)

    assert (await customer.row()).agent_id == mia.agent_id


@on_any_database
async def test_it_is_due_a_minute_after_it_was_given(app, mia: AgentAtWork, given: UUID, look: Look, clock: FixedClock):
    given_at = clock.now()
    clock.advance(seconds=50)
    await was_heard(app, mia, clock.now())

    assert (await look() - given_at).total_seconds() == 60
