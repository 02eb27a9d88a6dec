"""An agent whose console was heard just now, and what the tests ask of the database."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from handoff.agents.lost import look_for_lost
from handoff.agents.models import Agent
from handoff.contact_log import ContactEvent, ContactEventKind
from tests.fakes.clock import FixedClock
from tests.handoff.conftest import HireAgent
from tests.handoff.people import AgentAtWork

Look = Callable[[], Awaitable[datetime | None]]


async def was_heard(app: FastAPI, agent: AgentAtWork, at: datetime | None) -> None:
    async with app.state.sessions.begin() as session:
        await session.execute(update(Agent).where(Agent.id == agent.agent_id).values(seen_at=at))


async def row_of(app: FastAPI, agent: AgentAtWork) -> Agent:
    async with app.state.sessions() as session:
        return await session.get_one(Agent, agent.agent_id)


async def log_of(app: FastAPI, *kinds: ContactEventKind) -> Sequence[ContactEvent]:
    wanted = select(ContactEvent).where(ContactEvent.kind.in_(kinds)).order_by(ContactEvent.number)
    async with app.state.sessions() as session:
        return (await session.scalars(wanted)).all()


@pytest.fixture
async def mia(app: FastAPI, hire: HireAgent, clock: FixedClock) -> AgentAtWork:
    """Available, and heard now for the last time unless the test says otherwise."""
    mia = await hire("Mia")
    await was_heard(app, mia, clock.now())
    return mia


@pytest.fixture
def look(app: FastAPI, clock: FixedClock) -> Look:
    """Look for lost agents, as a process does that has listened for long."""

    async def look() -> datetime | None:
        return await look_for_lost(app.state.sessions, clock.now(), clock.now() - timedelta(days=1))

    return look
