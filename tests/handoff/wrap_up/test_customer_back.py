"""A customer who writes although the agent has said goodbye: the two go on, or somebody who is there does."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, update

from handoff.agents.lost import look_for_lost
from handoff.agents.models import Agent
from handoff.contact_log import ContactEvent
from handoff.conversations.models import Channel, Conversation
from handoff.routing.models import EntryStatus, QueueEntry
from handoff.supervision.acting import change_limit
from handoff.supervision.contacts import fold
from handoff.texts import server_texts
from handoff.wrap_up.expiry import end_due
from tests.fakes.clock import FixedClock
from tests.handoff.conftest import HireAgent, OpenChat
from tests.handoff.people import AgentAtWork, Customer, on_any_database
from tests.handoff.wrap_up.conftest import PATH, close, finish, logged, wrap_ups


async def test_a_customer_who_writes_during_the_wrap_up_goes_on_with_the_same_agent(
    app, agent: AgentAtWork, customer: Customer, held: UUID, clock: FixedClock
):
    await close(agent, held)
    clock.advance(seconds=10)

    await customer.say("Wait, one more question")

    row = await customer.row()
    assert (row.status, row.agent_id, row.closed_at) == ("active", agent.agent_id, None)
    assert (await agent.reply(held, "Of course")).status_code == 201
    late = await finish(agent, held, "resolved")
    assert (late.status_code, late.json()["error"]) == (409, "CustomerIsBack")
    await close(agent, held)
    assert (await finish(agent, held, "resolved")).status_code == 200
    assert [stored.disposition for stored in await wrap_ups(app)] == [None, "resolved"]
    assert [kind for kind, _ in await logged(app)] == [
        "wrap_up_begun",
        "wrap_up_done",
        "reopened",
        "wrap_up_begun",
        "wrap_up_done",
        "closed",
    ]


@pytest.mark.usefixtures("unnoticed")
async def test_a_customer_who_writes_when_the_room_is_already_somebody_elses_goes_back_in_line_at_the_old_age(
    app, hire: HireAgent, open_chat: OpenChat, clock: FixedClock
):
    agent = await hire(capacity=1)
    first, second = await open_chat(), await open_chat()
    await first.ask_for_person()
    asked_at = clock.now()
    held = await agent.take_next()
    await second.ask_for_person()
    await close(agent, held)
    clock.advance(seconds=60)
    assert await agent.take_next() == second.conversation_id

    await first.say("Wait, one more question")

    assert [(await one.row()).status for one in (first, second)] == ["queued", "active"]
    wanted = select(QueueEntry.requested_at).where(QueueEntry.conversation_id == held)
    async with app.state.sessions() as session:
        waiting = wanted.where(QueueEntry.status == EntryStatus.WAITING)
        assert list(await session.scalars(waiting)) == [asked_at]


@pytest.mark.usefixtures("unnoticed")
async def test_a_customer_who_writes_after_the_time_goes_on_while_the_agent_has_room(
    agent: AgentAtWork, customer: Customer, held: UUID, clock: FixedClock
):
    await close(agent, held)
    clock.advance(seconds=60)

    await customer.say("Wait, one more question")

    row = await customer.row()
    assert (row.status, row.agent_id) == ("active", agent.agent_id)


async def test_whatever_happens_at_once_a_conversation_wraps_up_exactly_as_long_as_its_wrap_up_is_open(
    app, agent: AgentAtWork, open_chat: OpenChat, clock: FixedClock
):
    customers = [await open_chat() for _ in range(3)]
    for customer in customers:
        await customer.ask_for_person()
        await agent.take_next()

    for _ in range(3):
        for customer in customers:
            await close(agent, customer.conversation_id)
        answers = await asyncio.gather(
            *(finish(agent, customer.conversation_id, "resolved") for customer in customers),
            *(close(agent, customer.conversation_id) for customer in customers),
            end_due(app.state.sessions, clock.now() + timedelta(seconds=60)),
            *(_try_to_say(customer) for customer in customers),
        )
        statuses = {answer.status_code for answer in answers if isinstance(answer, httpx.Response)}
        assert statuses <= {200, 404, 409}
        open_now = {stored.conversation_id for stored in await wrap_ups(app) if stored.finished_at is None}
        rows = [await customer.row() for customer in customers]
        assert open_now == {row.id for row in rows if row.status == "wrap_up"}
        # Who writes a moment after the end is back in line, and perhaps on offer already.
        assert {row.status for row in rows} <= {"active", "wrap_up", "closed", "queued", "offered"}


async def _try_to_say(customer: Customer) -> None:
    frame = {"type": "message.send", "client_msg_id": uuid4().hex, "text": "One more question"}
    answered = len(customer.frames_of("message.stored")) + len(customer.frames_of("error"))
    await customer.socket.send(frame)
    await customer.until(
        lambda: len(customer.frames_of("message.stored")) + len(customer.frames_of("error")) > answered
    )


async def test_a_lost_agents_customer_who_writes_during_the_wrap_up_is_not_left_alone(
    app, agent: AgentAtWork, customer: Customer, held: UUID, clock: FixedClock
):
    await close(agent, held)
    await was_heard_now(app, agent, clock)
    clock.advance(seconds=20)
    await customer.say("Wait, one more question")
    assert (await customer.row()).status == "active"
    clock.advance(seconds=40)

    await look_for_lost(app.state.sessions, clock.now(), clock.now() - timedelta(hours=1))

    assert (await customer.row()).status == "queued"


async def was_heard_now(app, agent: AgentAtWork, clock: FixedClock) -> None:
    async with app.state.sessions.begin() as session:
        await session.execute(update(Agent).where(Agent.id == agent.agent_id).values(seen_at=clock.now()))


@pytest.mark.parametrize("gone", ["away", "silent"])
async def test_a_customer_who_writes_to_an_agent_who_has_left_the_desk_waits_for_another_at_the_old_age(
    app, agent: AgentAtWork, customer: Customer, held: UUID, clock: FixedClock, gone: str
):
    asked_at = clock.now()
    await close(agent, held)
    if gone == "away":
        clock.advance(seconds=1)
        await agent.be("away")
    await was_heard_now(app, agent, clock)
    clock.advance(seconds=10 if gone == "away" else 26)

    await customer.say("Wait, one more question")

    row = await customer.row()
    assert (row.status, row.agent_id) == ("queued", None)
    await customer.caught_up()
    assert customer.texts("system")[-1] == server_texts().text("conversation.reopened", "en")
    wanted = select(QueueEntry.requested_at).where(QueueEntry.status == EntryStatus.WAITING)
    async with app.state.sessions() as session:
        assert list(await session.scalars(wanted)) == [asked_at]


@on_any_database
async def test_who_took_the_customer_by_hand_while_away_goes_on_with_them(
    app, agent: AgentAtWork, customer: Customer, clock: FixedClock
):
    await agent.be("away")
    clock.advance(seconds=5)
    await customer.ask_for_person()
    [waiting] = (await agent.http.get("/api/console/waiting")).json()
    await agent.http.post(f"/api/console/entries/{waiting['entry_id']}/take")
    await close(agent, customer.conversation_id)

    await customer.say("Wait, one more question")

    assert (await customer.row()).agent_id == agent.agent_id


@on_any_database
async def test_what_a_caller_says_after_the_agent_has_ended_the_call_opens_nothing(
    app, agent: AgentAtWork, customer: Customer, held: UUID, clock: FixedClock
):
    async with app.state.sessions.begin() as session:
        conversation = await session.get_one(Conversation, held)
        conversation.channel = Channel.VOICE
    await close(agent, held)

    await customer.say("I still have a question")

    assert (await customer.row()).status == "wrap_up"
    await customer.caught_up()
    assert customer.texts("customer")[-1] == "I still have a question"
    assert (await finish(agent, held, "resolved")).status_code == 200


@on_any_database
async def test_who_only_says_thanks_is_read_and_takes_nothing_of_the_agents_time(
    agent: AgentAtWork, customer: Customer, held: UUID
):
    await close(agent, held)

    await customer.say("Thank you, bye!")

    assert (await customer.row()).status == "wrap_up"
    transcript = (await agent.http.get(f"{PATH}/{held}")).json()
    assert transcript["messages"][-1]["text"] == "Thank you, bye!"


@on_any_database
async def test_a_limit_that_fell_meanwhile_is_kept_when_the_customer_is_back(
    app, hire: HireAgent, open_chat: OpenChat, clock: FixedClock
):
    """Two chats are held, one of them in wrap-up, and one is allowed now."""
    agent, supervisor = await hire(capacity=2), await hire("Ida")
    await supervisor.be("away")
    first, second = await open_chat(), await open_chat()
    for customer in (first, second):
        await customer.ask_for_person()
        await agent.take_next()
    await close(agent, first.conversation_id)
    async with app.state.sessions.begin() as session:
        await change_limit(session, agent.agent_id, 1, supervisor.agent_id, clock.now())

    await first.say("Wait, one more question")

    assert [(await one.row()).status for one in (first, second)] == ["queued", "active"]


@on_any_database
async def test_a_customer_who_is_back_after_a_transfer_is_one_contact_that_does_not_wait(
    app, hire: HireAgent, agent: AgentAtWork, customer: Customer, held: UUID
):
    aino = await hire("Aino")
    moved = await agent.http.post(f"{PATH}/{held}/transfer", json={"agent_id": str(aino.agent_id)})
    assert moved.status_code == 204, moved.text
    await close(aino, held)

    await customer.say("Wait, one more question")

    async with app.state.sessions() as session:
        rows = (await session.scalars(select(ContactEvent).order_by(ContactEvent.number))).all()
    [contact] = fold(rows)
    assert (contact.is_waiting, contact.is_held, contact.transfers) == (False, True, 1)
