"""An agent who holds the customer's conversation, and others around them."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session, sessionmaker

from billing.db import make_engine, make_session_factory
from handoff.agents.models import Agent, Presence, Role
from tests.factories.billing import make_customer
from tests.handoff.console.verified import verify
from tests.handoff.people import AgentAtWork, Customer


@pytest.fixture
async def held(agent: AgentAtWork, customer: Customer) -> UUID:
    """The agent holds the customer's conversation."""
    await customer.ask_for_person()
    return await agent.take_next()


@pytest.fixture
async def supervisor(app: FastAPI, hire) -> AgentAtWork:
    """Kerstin watches and takes no conversations."""
    kerstin = await hire("Kerstin")
    async with app.state.sessions.begin() as session:
        row = await session.get_one(Agent, kerstin.agent_id)
        row.role, row.presence = Role.SUPERVISOR, Presence.AWAY
    return kerstin


@pytest.fixture
async def lena(app: FastAPI, customer: Customer, clock) -> UUID:
    """The customer has proved to be Lena Hoffmann; her id."""
    async with app.state.sessions.begin() as session:
        person = await session.run_sync(lambda sync: make_customer(sync, name="Lena Hoffmann", language="de"))
    await verify(app, customer, person.id, clock.now())
    return person.id


@pytest.fixture
def sync_sessions(database_url: str) -> Iterator[sessionmaker[Session]]:
    """Sessions of billing's kind on the same database."""
    engine = make_engine(database_url)
    yield make_session_factory(engine)
    engine.dispose()
