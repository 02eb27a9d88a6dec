"""A promised call: what it takes of an agent, when it may be taken, and who sees the number."""

from datetime import timedelta

import pytest

from handoff.callbacks import booking
from handoff.callbacks.booking import Wish
from handoff.callbacks.models import CallbackWay
from handoff.conversations.models import Channel, Conversation
from handoff.conversations.posting import lock
from tests.handoff.callbacks.conftest import Waiter, called, tell
from tests.handoff.people import AgentAtWork, on_any_database


async def test_a_promised_call_takes_all_of_an_agent_also_when_the_customer_is_reached(
    waiter: Waiter, prove, open_chat, hire, clock
):
    await prove(waiter.customer)
    await waiter.wish("call")
    assert (await waiter.entry()).channel is Channel.VOICE
    clock.advance(seconds=1)
    other = await open_chat()
    await other.ask_for_person()
    agent = await hire()

    call = await called(agent, waiter)

    assert await agent.offer() is None
    await tell(agent, call["id"], reached=True)
    assert await agent.offer() is None


@on_any_database
async def test_an_agent_who_has_a_chat_is_offered_no_call(waiter: Waiter, prove, open_chat, hire):
    agent, chatting = await hire(), await open_chat()
    await agent.be("away")
    await prove(waiter.customer)
    await waiter.wish("call")
    await chatting.ask_for_person()
    entry = await Waiter(waiter.app, chatting).entry()
    assert (await agent.http.post(f"/api/console/entries/{entry.id}/take")).status_code == 200

    await agent.be("available")

    assert await agent.offer() is None


@on_any_database
@pytest.mark.parametrize("ending", ["callback.cancel", "message"])
async def test_who_is_not_to_be_called_any_more_takes_the_room_of_a_chat(waiter: Waiter, prove, ending: str):
    await prove(waiter.customer)
    await waiter.wish("call")

    await (waiter.wish("message") if ending == "message" else waiter.send(ending))

    assert (await waiter.entry()).channel is Channel.WEBCHAT


@on_any_database
async def test_nobody_can_be_taken_before_the_time_that_they_chose(waiter: Waiter, agent: AgentAtWork, clock):
    opens_at = clock.now() + timedelta(hours=1)
    async with waiter.app.state.sessions.begin() as session:
        conversation = await session.get_one(Conversation, waiter.customer.conversation_id)
        await lock(session, conversation)
        await booking.book(session, conversation, Wish(CallbackWay.MESSAGE, None, opens_at=opens_at), clock.now())
    entry = await waiter.entry()

    refused = await agent.http.post(f"/api/console/entries/{entry.id}/take")

    assert refused.json()["error"] == "NotWaiting"
    clock.advance(hours=1)
    assert (await agent.http.post(f"/api/console/entries/{entry.id}/take")).status_code == 200


@on_any_database
async def test_the_number_of_a_promised_call_is_told_to_nobody_else(waiter: Waiter, prove, hire):
    phone = await prove(waiter.customer)
    await waiter.wish("call")
    caller = await hire("Mia")
    call = await called(caller, waiter)
    stranger = await hire("Aino")
    assert (await tell(caller, call["id"], reached=True)).json()["phone"] == phone

    told = await tell(stranger, call["id"], reached=True)

    assert told.json()["phone"] is None


@on_any_database
async def test_who_is_reached_by_no_call_is_a_chat_again(waiter: Waiter, prove, hire, open_chat, clock):
    await prove(waiter.customer)
    await waiter.wish("call")
    agent = await hire()
    for _ in range(4):
        call = await called(agent, waiter)
        await tell(agent, call["id"], reached=False)
        clock.advance(hours=1)
    other = await open_chat()
    await other.ask_for_person()

    assert await agent.take_next() == other.conversation_id
