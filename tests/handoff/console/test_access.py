"""Who may read what a customer told, and for how long."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete

from handoff.agents.models import AgentSession
from handoff.console.access import READABLE_AFTER_THE_END
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.sockets import CLOSE_UNAUTHORISED
from tests.handoff.asgi_socket import SocketClosed
from tests.handoff.people import AgentAtWork, Customer, on_any_database


@on_any_database
async def test_what_was_told_is_not_the_agents_to_read_for_ever(agent: AgentAtWork, supervisor, held: UUID, clock, app):
    path = f"/api/console/conversations/{held}"
    await agent.http.post(f"{path}/close")
    await agent.http.post(f"{path}/wrap-up", json={"disposition": "resolved", "note": None})
    note = {"client_note_id": uuid4().hex, "text": "Called the meter reader."}
    clock.advance(minutes=30)
    parts = (path, f"{path}/actions", f"{path}/customer")
    assert {(await agent.http.get(part)).status_code for part in parts} == {200}
    assert (await agent.http.post(f"{path}/notes", json=note)).status_code == 201
    async with app.state.sessions.begin() as session:
        ended = await session.get_one(Conversation, held)
        ended.closed_at = clock.now() - READABLE_AFTER_THE_END - timedelta(seconds=1)

    assert {(await agent.http.get(part)).status_code for part in parts} == {404}
    assert (await agent.http.post(f"{path}/notes", json=note)).status_code == 404
    assert {(await supervisor.http.get(part)).status_code for part in parts} == {200}


async def replayed(agent: AgentAtWork) -> str:
    """Everything that the agent's stream tells to a console that asks for it from the beginning."""
    agent.events.clear()
    await agent.connect()
    await agent.socket.disconnect()
    return json.dumps(list(agent.events.values()))


async def test_the_past_of_a_stream_tells_nothing_of_what_is_a_colleagues_now(
    agent: AgentAtWork, hire, customer: Customer, lena: UUID, held: UUID
):
    aino = await hire("Aino")
    await customer.say("My meter stands in the cellar")
    assert "in the cellar" in await replayed(agent)
    note = {"client_note_id": uuid4().hex, "text": "Wants it in writing"}
    await agent.http.post(f"/api/console/conversations/{held}/notes", json=note)
    await agent.http.post(f"/api/console/conversations/{held}/transfer", json={"agent_id": str(aino.agent_id)})
    await aino.reply(held, "I see to it")

    told = await replayed(agent)

    last = [event["conversation"] for event in agent.events.values() if "conversation" in event][-1]
    assert (last["id"], last["agent_id"], last["customer_name"]) == (str(held), str(aino.agent_id), None)
    for words in ("in the cellar", "I see to it", "in writing", "Lena Hoffmann"):
        assert words not in told


@on_any_database
async def test_the_past_of_a_stream_tells_nothing_of_what_is_long_over(agent: AgentAtWork, customer, held, clock, app):
    await customer.say("My meter stands in the cellar")
    async with app.state.sessions.begin() as session:
        ended = await session.get_one(Conversation, held)
        ended.status = ConversationStatus.CLOSED
        ended.closed_at = clock.now() - READABLE_AFTER_THE_END - timedelta(seconds=1)

    assert "in the cellar" not in await replayed(agent)


async def test_of_an_offer_that_was_declined_nothing_is_left_but_its_end(
    agent: AgentAtWork, customer: Customer, lena: UUID
):
    await customer.say("Why is my bill higher?")
    await customer.ask_for_person()
    offer = await agent.offer()
    assert offer is not None
    await agent.http.post(f"/api/offers/{offer['id']}/decline")

    await replayed(agent)

    ended = {"id": offer["id"], "conversation_id": offer["conversation_id"], "status": "declined"}
    assert [event["offer"] for event in agent.events.values() if "offer" in event] == [ended, ended]


@on_any_database
async def test_a_console_whose_session_has_ended_is_shown_nothing_more(agent: AgentAtWork, held: UUID, app):
    await agent.connect()
    async with app.state.sessions.begin() as session:
        await session.execute(delete(AgentSession))

    await agent.socket.send({"type": "ping"})
    with pytest.raises(SocketClosed) as closed:
        await agent.until(lambda: False)

    assert closed.value.code == CLOSE_UNAUTHORISED


async def test_asking_again_for_what_was_theirs_tells_nothing_of_what_a_colleague_hears(
    agent: AgentAtWork, hire, customer: Customer, lena: UUID
):
    await customer.ask_for_person()
    offer = await agent.offer()
    assert offer is not None
    await agent.accept(offer)
    aino = await hire("Aino")
    path = f"/api/console/conversations/{customer.conversation_id}"
    await agent.http.post(f"{path}/transfer", json={"agent_id": str(aino.agent_id)})
    await aino.reply(customer.conversation_id, "The old meter was wrong")

    again = await agent.accept(offer)

    row = again.json()
    assert (again.status_code, row["agent_id"]) == (200, str(aino.agent_id))
    assert (row["customer_name"], row["last_text"]) == (None, None)
