"""Shutting an agent out and letting them in again: at once, wherever they are signed in.

Who may not sign in keeps their row, because customers' histories name them: their password's hash is locked. What they
held goes back to the line as with any agent who is heard no more (`agents/lost.py`), in the process that serves.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.login import forget_tries
from handoff.agents.models import Agent, AgentSession, Presence, PresenceReason, Role
from handoff.agents.passwords import is_locked, locked, unlocked
from handoff.agents.presence import change
from handoff.push.service import forget_devices
from handoff.routing import claims


async def disable(session: AsyncSession, agent: Agent, now: datetime) -> None:
    """Nothing is offered to the agent from now on, and no browser of theirs shows anything more."""
    stored = await _sign_out_everywhere(session, agent.id, now)
    stored.password_hash = locked(stored.password_hash)
    # No sign of life of theirs counts: nobody waits for them to come back.
    stored.seen_at = stored.reachable_until = None
    change(session, stored, Presence.OFFLINE, PresenceReason.CHOSEN, now)
    await session.flush()


async def enable(session: AsyncSession, agent: Agent) -> None:
    """Let the agent sign in again, with the password they had."""
    stored = await _lock(session, agent.id)
    stored.password_hash = unlocked(stored.password_hash)
    await session.flush()


async def set_password(session: AsyncSession, agent: Agent, password_hash: str, now: datetime) -> None:
    """Only the new one opens the door, and none for who is shut out. Customers stay as long as signing in takes."""
    stored = await _sign_out_everywhere(session, agent.id, now)
    stored.password_hash = locked(password_hash) if is_locked(stored.password_hash) else password_hash
    await session.flush()


async def set_role(session: AsyncSession, agent: Agent, role: Role, now: datetime) -> None:
    """What is open in their browsers was opened with the old role: they sign in anew."""
    stored = await _sign_out_everywhere(session, agent.id, now)
    stored.role = role
    await session.flush()


async def _sign_out_everywhere(session: AsyncSession, agent_id: UUID, now: datetime) -> Agent:
    agent = await _lock(session, agent_id)
    await forget_devices(session, agent_id, now)
    await session.execute(delete(AgentSession).where(AgentSession.agent_id == agent_id))
    await forget_tries(session, agent.email)
    return agent


async def _lock(session: AsyncSession, agent_id: UUID) -> Agent:
    return (await claims.lock_agents(session, [agent_id]))[agent_id]
