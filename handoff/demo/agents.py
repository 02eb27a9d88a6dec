"""The people of the demo's contact centre; their password is public, so they exist in a demo only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, Role
from handoff.agents.service import NewAgent, add_agent, set_skills
from handoff.errors import AgentExists

TOPICS: Final = ("bills", "payments", "contracts", "general")


@dataclass(frozen=True)
class DemoAgent:
    """Who signs in to the console of the demo; `speaks` are the languages in which they serve customers."""

    email: str
    name: str
    language: str
    speaks: tuple[str, ...]
    role: Role = Role.AGENT

    @property
    def skills(self) -> tuple[str, ...]:
        return (*(f"language:{language}" for language in self.speaks), *(f"topic:{topic}" for topic in TOPICS))

    @property
    def new_agent(self) -> NewAgent:
        return NewAgent(self.email, self.name, self.language, DEMO_PASSWORD, self.role, self.skills)


DEMO_PASSWORD = "nordlicht-demo"
DEMO_AGENTS = (
    DemoAgent("mia@nordlicht.example", "Mia Brandt", "de", ("de", "en", "fi")),
    DemoAgent("aino@nordlicht.example", "Aino Laine", "fi", ("fi", "en")),
    DemoAgent("kerstin@nordlicht.example", "Kerstin Vogt", "de", ("de", "en", "fi"), Role.SUPERVISOR),
)


async def seed_demo_agents(session: AsyncSession, now: datetime) -> None:
    """Add the agents that are not there yet; those of an earlier version learn what they can do."""
    for demo in DEMO_AGENTS:
        try:
            async with session.begin_nested():
                await add_agent(session, demo.new_agent, now)
        except AgentExists:
            agent = (await session.scalars(select(Agent).where(Agent.email == demo.email))).one()
            await set_skills(session, agent, demo.skills)
