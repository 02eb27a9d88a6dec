"""What happens to offers in the same moment: one winner, and nothing is offered or held twice."""

import asyncio
from datetime import timedelta
from uuid import UUID

import httpx
from fastapi import FastAPI
from sqlalchemy import delete, select

from handoff.agents.models import Agent, AgentSkill, Presence
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.conversations.service import close_conversation
from handoff.routing.dispatcher import Dispatcher
from handoff.routing.models import Offer, OfferStatus, QueueEntry
from handoff.routing.offering import make_offers
from tests.handoff.people import AgentAtWork, Customer


async def offers_of(app: FastAPI, customer: Customer) -> list[OfferStatus]:
    wanted = select(Offer.status).where(Offer.conversation_id == customer.conversation_id)
    async with app.state.sessions() as session:
        return list((await session.scalars(wanted.order_by(Offer.made_at))).all())


async def test_accept_and_expiry_at_the_same_moment_have_one_winner(app: FastAPI, hire, open_chat, clock):
    for _ in range(3):
        agent, customer = await hire(), await open_chat()
        await customer.ask_for_person()
        offer = await agent.offer()
        assert offer is not None
        clock.advance(seconds=19.999)
        accepting = asyncio.create_task(agent.accept(offer))
        clock.advance(seconds=0.001)
        await asyncio.gather(accepting, app.state.dispatcher.tick())

        statuses = await offers_of(app, customer)
        conversation = await customer.row()
        if accepting.result().status_code == 200:
            assert statuses[0] is OfferStatus.ACCEPTED
            assert (conversation.status, conversation.agent_id) == (ConversationStatus.ACTIVE, agent.agent_id)
        else:
            assert accepting.result().json()["error"] == "OfferExpired"
            assert statuses[0] is OfferStatus.EXPIRED
            assert conversation.agent_id is None
        async with app.state.sessions.begin() as session:
            await close_conversation(session, await session.merge(conversation), clock.now())
        await agent.be("away")


async def test_an_agent_too_late_and_the_next_one_in_time_never_share_a_conversation(app, hire, customer, clock):
    mia = await hire("Mia")
    await customer.ask_for_person()
    first = await mia.offer()
    aino = await hire("Aino")
    clock.advance(seconds=20)
    second = await aino.offer()

    late, in_time = await asyncio.gather(mia.accept(first), aino.accept(second))

    assert in_time.status_code == 200
    assert late.status_code == 409
    assert late.json()["error"] == "OfferExpired" or late.json()["agent_name"] == "Aino"
    assert (await customer.row()).agent_id == aino.agent_id


async def test_many_customers_and_agents_at_once_pair_up_without_doubles(app: FastAPI, open_chat, hire):
    customers = [await open_chat() for _ in range(6)]
    agents = [await hire(f"Agent{number}", capacity=2) for number in range(3)]

    await asyncio.gather(*(customer.ask_for_person() for customer in customers))

    async def work(agent: AgentAtWork) -> list[UUID]:
        return [await _take_when_offered(agent) for _ in range(2)]

    taken = [conversation_id for held in await asyncio.gather(*map(work, agents)) for conversation_id in held]

    assert sorted(taken) == sorted(customer.conversation_id for customer in customers)
    async with app.state.sessions() as session:
        rows = (await session.scalars(select(Conversation))).all()
    assert {row.status for row in rows} == {ConversationStatus.ACTIVE}
    assert sorted(row.agent_id for row in rows) == sorted(agent.agent_id for agent in agents for _ in range(2))


async def test_two_processes_that_offer_at_once_offer_nothing_twice(app: FastAPI, open_chat, hire, clock):
    customers = [await open_chat() for _ in range(4)]
    await asyncio.gather(*(customer.ask_for_person() for customer in customers))
    rivals = [Dispatcher(app.state.sessions, app.state.live, clock) for _ in range(3)]
    for number in range(2):
        await hire(f"Agent{number}")

    await asyncio.gather(*(rival.tick() for rival in rivals))

    async with app.state.sessions() as session:
        offers = (await session.scalars(select(Offer))).all()
    assert len(offers) == 2
    assert len({offer.agent_id for offer in offers}) == len({offer.conversation_id for offer in offers}) == 2


async def _take_when_offered(agent: AgentAtWork) -> UUID:
    async with asyncio.timeout(10):
        while (offer := (await agent.console())["offer"]) is None:
            await asyncio.sleep(0.02)
    response: httpx.Response = await agent.accept(offer)
    assert response.status_code == 200, response.text
    return UUID(offer["conversation_id"])


async def test_who_books_a_time_or_changes_the_language_after_the_choice_is_not_offered(
    app: FastAPI, hire, open_chat, clock
):
    """A pair is chosen from an earlier reading; under the locks it may no longer fit."""
    agent = await hire()
    await agent.be("away")
    later, german = await open_chat(), await open_chat()
    for customer in (later, german):
        await customer.ask_for_person()
    async with app.state.sessions.begin() as session:
        entries = {entry.conversation_id: entry for entry in await session.scalars(select(QueueEntry))}
        entries[later.conversation_id].not_before = clock.now() + timedelta(hours=1)
        entries[german.conversation_id].language = "de"
        await session.execute(delete(AgentSkill).where(AgentSkill.skill == "language:de"))
        (await session.get_one(Agent, agent.agent_id)).presence = Presence.AVAILABLE
        await session.flush()
        for entry in entries.values():
            assert await make_offers(session, [(entry.id, agent.agent_id)], clock.now()) == []
        entries[later.conversation_id].not_before = clock.now()
        await session.flush()
        [offer] = await make_offers(session, [(entries[later.conversation_id].id, agent.agent_id)], clock.now())

    assert offer.conversation_id == later.conversation_id
