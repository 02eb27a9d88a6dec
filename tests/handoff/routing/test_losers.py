"""Who comes second to a conversation gets a 409 with the name of who has it, whichever way both went."""

from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from handoff.agents.models import Agent, Presence, Role
from handoff.routing import queue
from tests.fakes.clock import FixedClock
from tests.handoff.conftest import HireAgent
from tests.handoff.people import AgentAtWork, Customer, on_any_database


@pytest.fixture
async def mia(hire: HireAgent) -> AgentAtWork:
    """Available, the only one who is offered anything."""
    return await hire("Mia")


@pytest.fixture
async def aino(hire: HireAgent) -> AgentAtWork:
    aino = await hire("Aino")
    await aino.be("away")
    return aino


@pytest.fixture
async def ida(app: FastAPI, hire: HireAgent) -> AgentAtWork:
    """The supervisor."""
    ida = await hire("Ida")
    async with app.state.sessions.begin() as session:
        row = await session.get_one(Agent, ida.agent_id)
        row.role, row.presence = Role.SUPERVISOR, Presence.AWAY
    return ida


async def entry_of(app: FastAPI, customer: Customer) -> UUID:
    async with app.state.sessions() as session:
        entry = await queue.find_open_entry(session, customer.conversation_id)
    assert entry is not None
    return entry.id


async def take(agent: AgentAtWork, entry_id: UUID) -> httpx.Response:
    return await agent.http.post(f"/api/console/entries/{entry_id}/take")


async def assign(supervisor: AgentAtWork, entry_id: UUID, agent: AgentAtWork) -> httpx.Response:
    return await supervisor.http.post(f"/api/board/entries/{entry_id}/assign", json={"agent_id": str(agent.agent_id)})


def named(response: httpx.Response) -> tuple[int, str]:
    body = response.json()
    return response.status_code, body.get("agent_name") or body.get("owner")


@on_any_database
async def test_who_takes_second_learns_who_was_first(app, mia, aino, ida, customer: Customer):
    await mia.be("away")
    await customer.ask_for_person()
    entry_id = await entry_of(app, customer)
    await take(mia, entry_id)

    assert named(await take(aino, entry_id)) == (409, "Mia")


@on_any_database
async def test_who_assigns_second_learns_who_was_first(app, mia, aino, ida, customer: Customer):
    await mia.be("away")
    await customer.ask_for_person()
    entry_id = await entry_of(app, customer)
    await take(mia, entry_id)

    assert named(await assign(ida, entry_id, aino)) == (409, "Mia")


@pytest.mark.parametrize("late_by", [0, 20], ids=["in_time", "too_late"])
@on_any_database
async def test_who_accepts_second_learns_who_was_first(
    app, mia, aino, ida, customer: Customer, clock: FixedClock, late_by: int
):
    await customer.ask_for_person()
    offer = await mia.offer()
    assert offer is not None
    clock.advance(seconds=late_by)
    await take(aino, await entry_of(app, customer))

    assert named(await mia.accept(offer)) == (409, "Aino")


@on_any_database
async def test_who_transfers_second_learns_who_has_it(app, mia, aino, ida, customer: Customer):
    await customer.ask_for_person()
    held = await mia.take_next()
    moved = await ida.http.post(f"/api/board/conversations/{held}/reassign", json={"agent_id": str(aino.agent_id)})
    assert moved.status_code == 200, moved.text

    late = await mia.http.post(f"/api/console/conversations/{held}/transfer", json={"queue": "bills"})

    assert named(late) == (409, "Aino")


@on_any_database
async def test_who_was_assigned_what_was_just_offered_to_them_has_it_and_lost_nothing(
    app, mia, aino, ida, customer: Customer
):
    await customer.ask_for_person()
    offer = await mia.offer()
    assert offer is not None
    assert (await assign(ida, await entry_of(app, customer), mia)).status_code == 200

    accepted = await mia.accept(offer)

    assert (accepted.status_code, accepted.json()["status"]) == (200, "active")


@on_any_database
async def test_the_next_agent_reads_that_the_supervisor_handed_it_on(app, mia, aino, ida, customer: Customer):
    await customer.ask_for_person()
    held = await mia.take_next()
    await ida.http.post(f"/api/board/conversations/{held}/reassign", json={"agent_id": str(aino.agent_id)})

    transcript = (await aino.http.get(f"/api/console/conversations/{held}")).json()

    assert transcript["summary"]["transfer"]["from_name"] == "Ida"
