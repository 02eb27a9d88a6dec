"""From the wish for a person to a conversation with one: the line, offers, and what happens when they collide."""

import asyncio
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from handoff.agents.models import Agent, Presence, PresenceReason
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.conversations.service import close_conversation
from handoff.routing.models import EntryStatus, Offer, OfferStatus, QueueEntry
from handoff.texts import server_texts
from tests.fakes.bot import FakeBot, reply
from tests.handoff.people import AgentAtWork, Customer, on_any_database


async def offers_of(app: FastAPI, customer: Customer) -> list[OfferStatus]:
    wanted = select(Offer.status).where(Offer.conversation_id == customer.conversation_id)
    async with app.state.sessions() as session:
        return list((await session.scalars(wanted.order_by(Offer.made_at))).all())


async def entry_of(app: FastAPI, customer: Customer) -> QueueEntry:
    wanted = select(QueueEntry).where(QueueEntry.conversation_id == customer.conversation_id)
    async with app.state.sessions() as session:
        return (await session.scalars(wanted)).one()


async def presence_of(app: FastAPI, agent: AgentAtWork) -> Presence:
    async with app.state.sessions() as session:
        return (await session.get_one(Agent, agent.agent_id)).presence


async def test_the_bots_handoff_queues_the_customer_and_tells_the_place_in_line(app, customer: Customer, bot: FakeBot):
    handoff = {"type": "handoff", "reason": "not_understood", "topic": "bills"}
    bot.rule = lambda turn: reply("I pass you on.", commands=[handoff])

    seq = await customer.say("This is too hard for you")
    await customer.until(lambda: len(customer.answers_after(seq)) == 2)

    said, told = customer.answers_after(seq)
    assert (said["sender"], said["text"]) == ("bot", "I pass you on.")
    assert (told["sender"], told["text"]) == ("system", server_texts().text("wait.open_webchat", "en"))
    assert customer.conversation["status"] == "queued"
    assert customer.conversation["queue_position"] == 1
    entry = await entry_of(app, customer)
    assert (entry.reason, entry.topic, entry.status) == ("not_understood", "bills", EntryStatus.WAITING)


async def test_a_free_agent_gets_the_offer_at_once_without_any_sweep(agent: AgentAtWork, customer: Customer):
    await agent.connect()

    await customer.ask_for_person()
    await agent.until(lambda: agent.events)

    [made] = agent.events.values()
    assert made["name"] == "offer.made"
    assert made["offer"]["conversation_id"] == str(customer.conversation_id)
    assert made["offer"]["seconds_left"] == 20
    await customer.until(lambda: customer.conversation["status"] == "offered")


@on_any_database
async def test_an_agent_who_becomes_available_gets_the_waiting_customer_at_once(hire, customer: Customer):
    agent = await hire()
    await agent.be("away")
    await customer.ask_for_person()
    await agent.connect()
    assert await agent.offer() is None

    await agent.be("available")
    await agent.until(lambda: agent.events)

    assert agent.events[1]["name"] == "offer.made"


async def test_an_accepted_offer_brings_both_together(agent: AgentAtWork, customer: Customer):
    await customer.ask_for_person()
    offer = await agent.offer()
    assert offer is not None

    response = await agent.accept(offer)
    await customer.until(lambda: customer.conversation["status"] == "active")
    await customer.caught_up()

    assert response.status_code == 200
    assert response.json()["status"] == "active"
    assert customer.conversation["agent"] == {"name": "Mia"}
    assert customer.conversation["queue_position"] is None
    assert customer.texts("system")[-1] == server_texts().text("agent.joined", "en", name="Mia")
    assert (await agent.console())["offer"] is None


async def test_accepting_twice_is_accepting_once(app: FastAPI, agent: AgentAtWork, customer: Customer):
    await customer.ask_for_person()
    offer = await agent.offer()

    responses = await asyncio.gather(*(agent.accept(offer) for _ in range(4)))

    assert {response.status_code for response in responses} == {200}
    assert await offers_of(app, customer) == [OfferStatus.ACCEPTED]
    await customer.caught_up()
    joined = server_texts().text("agent.joined", "en", name="Mia")
    assert customer.texts("system").count(joined) == 1


@on_any_database
async def test_accepting_an_expired_offer_is_refused(app: FastAPI, agent: AgentAtWork, customer: Customer, clock):
    await customer.ask_for_person()
    offer = await agent.offer()
    clock.advance(seconds=20)

    response = await agent.accept(offer)

    assert response.status_code == 409
    assert response.json()["error"] == "OfferExpired"
    assert response.json()["offer_id"] == offer["id"]
    assert (await customer.row()).agent_id is None


async def test_an_offer_nobody_answered_goes_back_with_its_age(app: FastAPI, agent, customer: Customer, clock):
    await customer.ask_for_person()
    await agent.offer()
    asked_at = (await entry_of(app, customer)).requested_at
    clock.advance(seconds=20)
    await app.state.dispatcher.tick()

    entry = await entry_of(app, customer)
    assert (entry.status, entry.requested_at) == (EntryStatus.WAITING, asked_at)
    assert (await customer.row()).status is ConversationStatus.QUEUED
    assert await offers_of(app, customer) == [OfferStatus.EXPIRED]


async def test_who_misses_two_offers_in_a_row_counts_as_away(app: FastAPI, agent: AgentAtWork, open_chat, clock):
    for expected in (Presence.AVAILABLE, Presence.AWAY):
        await (await open_chat()).ask_for_person()
        assert await agent.offer() is not None
        clock.advance(seconds=20)
        assert await agent.offer() is None or expected is Presence.AVAILABLE
        assert await presence_of(app, agent) is expected

    async with app.state.sessions() as session:
        assert (await session.get_one(Agent, agent.agent_id)).presence_reason is PresenceReason.MISSED


@pytest.mark.parametrize("answer", ["accept", "decline"])
@on_any_database
async def test_an_answer_between_two_misses_keeps_the_agent_available(app, agent, open_chat, clock, answer: str):
    for number in range(3):
        await (await open_chat()).ask_for_person()
        offer = await agent.offer()
        assert offer is not None
        if number == 1:
            assert (await agent.http.post(f"/api/offers/{offer['id']}/{answer}")).is_success
        else:
            clock.advance(seconds=20)
            await app.state.dispatcher.tick()

    assert await presence_of(app, agent) is Presence.AVAILABLE


@on_any_database
async def test_a_missed_offer_goes_to_another_agent_first(app: FastAPI, hire, customer: Customer, clock):
    mia = await hire("Mia", language="en")
    await customer.ask_for_person()
    await mia.offer()
    aino = await hire("Aino", language="fi")
    clock.advance(seconds=20)

    offer = await aino.offer()

    assert offer is not None
    assert offer["waited_seconds"] == 20
    assert await mia.offer() is None


@on_any_database
async def test_who_missed_an_offer_gets_it_again_after_a_minute_when_nobody_else_is_there(hire, customer, clock):
    mia = await hire()
    await customer.ask_for_person()
    await mia.offer()
    clock.advance(seconds=20)
    assert await mia.offer() is None

    clock.advance(seconds=60)

    assert await mia.offer() is not None


@on_any_database
async def test_who_missed_an_offer_does_not_get_it_again_while_another_could(hire, customer: Customer, clock):
    mia, aino = await hire("Mia"), await hire("Aino", capacity=1)
    await customer.ask_for_person()
    assert (await mia.offer() is None) is not (await aino.offer() is None)
    first, second = (mia, aino) if await mia.offer() else (aino, mia)
    for agent in (first, second):
        await agent.http.put("/api/agents/me/presence", json={"status": "available"})
    clock.advance(seconds=20)

    assert await second.offer() is not None
    assert await first.offer() is None


@on_any_database
async def test_a_declined_offer_goes_on_and_is_not_made_to_the_same_agent_for_a_minute(hire, customer: Customer, clock):
    mia = await hire()
    await customer.ask_for_person()
    offer = await mia.offer()
    assert offer is not None

    response = await mia.http.post(f"/api/offers/{offer['id']}/decline")
    assert response.status_code == 204
    assert await mia.offer() is None
    clock.advance(seconds=61)
    assert await mia.offer() is not None


@on_any_database
async def test_accepting_a_declined_offer_says_it_was_withdrawn(agent: AgentAtWork, customer: Customer):
    await customer.ask_for_person()
    offer = await agent.offer()
    await agent.http.post(f"/api/offers/{offer['id']}/decline")

    response = await agent.accept(offer)

    assert (response.status_code, response.json()["error"]) == (409, "OfferWithdrawn")


@pytest.mark.parametrize("leave", ["away", "logout"])
@on_any_database
async def test_an_agent_who_leaves_gives_the_offer_back(
    app: FastAPI, agent: AgentAtWork, customer: Customer, leave: str
):
    await customer.ask_for_person()
    await agent.offer()

    if leave == "away":
        await agent.be("away")
    else:
        await agent.http.post("/api/agents/logout")

    assert await offers_of(app, customer) == [OfferStatus.WITHDRAWN]
    assert (await customer.row()).status is ConversationStatus.QUEUED


@on_any_database
async def test_a_customer_who_leaves_while_offered_withdraws_the_offer(app, agent: AgentAtWork, customer, clock):
    await customer.ask_for_person()
    offer = await agent.offer()

    async with app.state.sessions.begin() as session:
        conversation = await session.get_one(Conversation, customer.conversation_id)
        await close_conversation(session, conversation, clock.now())

    response = await agent.accept(offer)
    assert (response.status_code, response.json()["error"]) == (409, "OfferWithdrawn")
    assert (await entry_of(app, customer)).status is EntryStatus.LEFT


@on_any_database
async def test_another_agents_offer_does_not_exist(hire, customer: Customer):
    mia = await hire("Mia")
    await customer.ask_for_person()
    offer = await mia.offer()
    aino = await hire("Aino")

    for path in (
        f"/api/offers/{offer['id']}/accept",
        f"/api/offers/{uuid4()}/accept",
        f"/api/offers/{offer['id']}/decline",
    ):
        response = await aino.http.post(path)
        assert (response.status_code, response.json()["error"]) == (404, "OfferNotFound")
    assert (await mia.accept(offer)).status_code == 200


async def test_the_line_is_served_in_the_order_of_the_wish_however_much_is_written(app, open_chat, hire, clock):
    first, second, third = [await open_chat() for _ in range(3)]
    for customer in (first, second, third):
        await customer.ask_for_person()
        clock.advance(seconds=1)
    for _ in range(3):
        await first.say("Are you there?")
    await second.caught_up()
    assert [customer.conversation["queue_position"] for customer in (first, second)] == [1, 2]

    agent = await hire()
    order = [await agent.take_next() for _ in range(3)]

    assert order == [customer.conversation_id for customer in (first, second, third)]


@on_any_database
async def test_those_behind_hear_that_they_moved_up(app: FastAPI, open_chat, hire, clock):
    first, second = await open_chat(), await open_chat()
    await first.ask_for_person()
    clock.advance(seconds=1)
    await second.ask_for_person()
    await second.until(lambda: second.conversation["queue_position"] == 2)

    await (await hire()).take_next()

    await second.until(lambda: second.conversation["queue_position"] == 1)


async def test_an_agent_holds_no_more_than_fits_and_the_next_comes_when_one_is_wrapped_up(app, open_chat, hire):
    customers = [await open_chat() for _ in range(2)]
    agent = await hire(capacity=1)
    for customer in customers:
        await customer.ask_for_person()
    held = await agent.take_next()
    assert await agent.offer() is None

    await agent.connect()
    await agent.http.post(f"/api/console/conversations/{held}/close")
    assert await agent.offer() is None
    await agent.http.post(f"/api/console/conversations/{held}/wrap-up", json={})
    await agent.until(lambda: [event for event in agent.events.values() if event["name"] == "offer.made"][1:])

    offer = await agent.offer()
    assert offer["conversation_id"] != str(held)


@on_any_database
async def test_asking_again_for_a_person_keeps_the_place(app: FastAPI, open_chat, clock):
    first, second = await open_chat(), await open_chat()
    await first.ask_for_person()
    clock.advance(seconds=5)
    await second.ask_for_person()
    clock.advance(seconds=5)
    await first.ask_for_person()

    await first.caught_up()
    assert first.conversation["queue_position"] == 1
    assert first.texts("system") == [server_texts().text("wait.open_webchat", "en")] * 2
