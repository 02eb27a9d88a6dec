"""Lena, verified, in the conversation that an agent holds."""

from uuid import UUID

import pytest
from fastapi import FastAPI

from tests.handoff.console.actions.account import Desk, Lena, make_lena
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
