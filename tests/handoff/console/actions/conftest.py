"""Lena, verified, in the conversation that an agent holds; and people who decide."""

from uuid import UUID

import pytest
from fastapi import FastAPI

from handoff.agents.models import Agent, Presence, Role
from tests.handoff.console.actions.account import Approver, Desk, Lena, make_lena
from tests.handoff.console.verified import verify
from tests.handoff.people import AgentAtWork, Customer


@pytest.fixture
async def lena(app: FastAPI, customer: Customer, clock) -> Lena:
    async with app.state.sessions.begin() as session:
        lena = await session.run_sync(make_lena)
    await verify(app, customer, lena.id, clock.now())
    return lena


@pytest.fixture
async def desk(agent: AgentAtWork, held: UUID, lena: Lena) -> Desk:
    return Desk(agent, held)


@pytest.fixture
async def desks(app: FastAPI, desk: Desk, lena: Lena, open_chat, hire, clock) -> list[Desk]:
    """Four agents, each with a conversation of Lena's."""
    desks = [desk]
    for name in ("Aino", "Ben", "Cem"):
        rival, chat = await hire(name), await open_chat()
        await verify(app, chat, lena.id, clock.now())
        await chat.ask_for_person()
        await app.state.dispatcher.tick()
        offers = {agent: (await agent.console())["offer"] for agent in (rival, *(one.agent for one in desks))}
        taker, offer = next((agent, offer) for agent, offer in offers.items() if offer is not None)
        await taker.accept(offer)
        desks.append(Desk(taker, chat.conversation_id))
    return desks


@pytest.fixture
async def approver(supervisor: AgentAtWork) -> Approver:
    return Approver(supervisor)


@pytest.fixture
async def other_approver(app: FastAPI, hire) -> Approver:
    """Olli decides too."""
    olli = await hire("Olli")
    async with app.state.sessions.begin() as session:
        row = await session.get_one(Agent, olli.agent_id)
        row.role, row.presence = Role.SUPERVISOR, Presence.AWAY
    return Approver(olli)
