"""The two agents of the demo; their password is public, so they exist in a demo only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.service import add_agent
from handoff.errors import AgentExists


@dataclass(frozen=True)
class DemoAgent:
    """Who signs in to the console of the demo."""

    email: str
    name: str
    language: str


DEMO_PASSWORD = "nordlicht-demo"
DEMO_AGENTS = (
    DemoAgent("mia@nordlicht.example", "Mia Brandt", "de"),
    DemoAgent("aino@nordlicht.example", "Aino Laine", "fi"),
)


async def seed_demo_agents(session: AsyncSession, now: datetime) -> None:
    """Add the agents that are not there yet."""
    for agent in DEMO_AGENTS:
        try:
            async with session.begin_nested():
                await add_agent(
                    session,
                    email=agent.email,
                    name=agent.name,
                    language=agent.language,
                    password=DEMO_PASSWORD,
                    now=now,
                )
        except AgentExists:
            continue
