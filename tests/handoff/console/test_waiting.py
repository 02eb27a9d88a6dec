"""The list to take somebody by hand: nobody whose time has not come, nobody whom the agent could not serve."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import delete, event, update

from handoff.agents.models import AgentSkill
from handoff.callbacks.booking import Wish, book
from handoff.callbacks.models import CallbackWay
from handoff.conversations.models import Conversation
from handoff.conversations.posting import lock
from handoff.routing.models import QueueEntry
from handoff.routing.queues import Queues, give_queues, load_queues
from tests.handoff.people import AgentAtWork, Customer, on_any_database


async def listed(agent: AgentAtWork) -> list[str]:
    return [row["conversation_id"] for row in (await agent.http.get("/api/console/waiting")).json()]


@pytest.fixture
async def agent(agent: AgentAtWork) -> AgentAtWork:
    """Somebody who is offered nothing and looks into the line."""
    await agent.be("away")
    return agent


async def test_a_callback_before_its_time_is_neither_listed_nor_counted(app: FastAPI, agent, customer: Customer, clock):
    await customer.ask_for_person()
    opens_at = clock.now() + timedelta(hours=2)
    async with app.state.sessions.begin() as session:
        conversation = await session.get_one(Conversation, customer.conversation_id)
        await lock(session, conversation)
        await book(session, conversation, Wish(CallbackWay.MESSAGE, None, opens_at=opens_at), clock.now())

    assert await listed(agent) == []
    assert (await agent.console())["queue"] == {"waiting": 0, "oldest_wait_seconds": None}
    clock.advance(hours=2)

    assert await listed(agent) == [str(customer.conversation_id)]
    assert (await agent.console())["queue"] == {"waiting": 1, "oldest_wait_seconds": 2 * 3600}


async def test_fifty_appointments_do_not_hide_who_waits_now(app: FastAPI, agent, open_chat, monkeypatch, clock):
    monkeypatch.setattr("handoff.console.waiting.MOST_SHOWN", 1)
    kept, live = await open_chat(), await open_chat()
    for customer in (kept, live):
        await customer.ask_for_person()
        clock.advance(seconds=1)
    tomorrow = clock.now() + timedelta(days=1)
    of_kept = QueueEntry.conversation_id == kept.conversation_id
    async with app.state.sessions.begin() as session:
        await session.execute(update(QueueEntry).where(of_kept).values(not_before=tomorrow))

    assert await listed(agent) == [str(live.conversation_id)]


@on_any_database
async def test_wishes_in_a_language_that_the_agent_does_not_speak_are_not_theirs_to_read(app, agent, open_chat):
    finn, german = await open_chat("fi"), await open_chat("de")
    for customer in (finn, german):
        await customer.ask_for_person()
    async with app.state.sessions.begin() as session:
        await session.execute(delete(AgentSkill).where(AgentSkill.skill == "language:de"))

    assert await listed(agent) == [str(finn.conversation_id)]


@on_any_database
async def test_a_queue_that_requires_a_skill_is_shown_to_those_who_have_it(app, agent, hire, customer: Customer):
    strict = {"required": ("topic:legal",)}
    give_queues(app.state.sessions, Queues(tuple(queue.model_copy(update=strict) for queue in load_queues())))
    await customer.ask_for_person()
    aino = await hire("Aino")
    await aino.be("away")
    async with app.state.sessions.begin() as session:
        session.add(AgentSkill(agent_id=aino.agent_id, skill="topic:legal"))

    assert (await listed(agent), await listed(aino)) == ([], [str(customer.conversation_id)])


async def test_the_wishes_of_a_long_line_are_read_at_once(app: FastAPI, agent, open_chat):
    for wish in ("Why is my bill higher?", "I have paid", "I move house"):
        customer = await open_chat()
        await customer.ask(wish)
        await customer.ask_for_person()
    async with app.state.sessions() as session:
        engine = session.bind.sync_engine
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", note := lambda *args: asked.append(args[2]))

    rows = (await agent.http.get("/api/console/waiting")).json()

    event.remove(engine, "before_cursor_execute", note)
    assert {row["wish"] for row in rows} == {"Why is my bill higher?", "I have paid", "I move house"}
    assert len([statement for statement in asked if "FROM message LEFT OUTER JOIN turn" in statement]) == 1
