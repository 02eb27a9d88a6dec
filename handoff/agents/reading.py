"""Agents as consoles see them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, AgentSkill
from handoff.agents.schemas import AgentOut


async def agent_out(session: AsyncSession, agent: Agent) -> AgentOut:
    return AgentOut(
        id=agent.id,
        name=agent.name,
        email=agent.email,
        language=agent.language,
        role=agent.role,
        skills=list(await list_skills(session, agent.id)),
        capacity=agent.capacity,
        presence=agent.presence,
        presence_reason=agent.presence_reason,
        presence_since=agent.presence_since,
    )


async def list_skills(session: AsyncSession, agent_id: UUID) -> Sequence[str]:
    wanted = select(AgentSkill.skill).where(AgentSkill.agent_id == agent_id)
    return (await session.scalars(wanted.order_by(AgentSkill.skill))).all()


async def list_agents(session: AsyncSession) -> Sequence[Agent]:
    return (await session.scalars(select(Agent).order_by(Agent.name, Agent.email))).all()
