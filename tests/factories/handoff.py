"""Rows of handoff for tests: plain functions, each makes one thing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, AgentSkill, Presence
from handoff.agents.sessions import start_session
from handoff.events import open_stream
from handoff.live import agent_stream

PASSWORD = "correct horse"
_FOR_EVER = timedelta(days=365)
LANGUAGE_SKILLS = ("language:en", "language:de", "language:fi")
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


async def make_agent(
    session: AsyncSession,
    *,
    now: datetime,
    name: str = "Mia",
    language: str = "en",
    presence: Presence = Presence.OFFLINE,
    capacity: int = 3,
    skills: Sequence[str] = LANGUAGE_SKILLS,
    seen_at: datetime | None = None,
) -> Agent:
    """Make one who speaks every language and knows no topic in particular, unless told otherwise.

    Unless the test says when the console was heard last, it stays open whatever the clock does.
    """
    agent = Agent(
        email=f"{name.lower()}-{uuid4().hex[:6]}@nordlicht.example",
        name=name,
        language=language,
        password_hash=CHEAP_HASHER.hash(PASSWORD),
        presence=presence,
        presence_since=now,
        capacity=capacity,
        seen_at=seen_at or now + _FOR_EVER,
    )
    session.add(agent)
    await session.flush()
    session.add_all(AgentSkill(agent_id=agent.id, skill=skill) for skill in skills)
    open_stream(session, agent_stream(agent.id))
    return agent


async def sign_in(session: AsyncSession, agent: Agent, *, now: datetime) -> str:
    """Return the token of a new session of the agent."""
    token = start_session(session, agent.id, now)
    await session.flush()
    return token
