"""Server-side sessions of agents: the browser holds a random token, we hold its hash."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, AgentSession
from handoff.agents.passwords import LOCK

COOKIE: Final = "saldo_agent"
LIFETIME: Final = timedelta(hours=12)
MAY_SIGN_IN: Final = Agent.password_hash.not_like(f"{LOCK}%")


def start_session(session: AsyncSession, agent_id: UUID, now: datetime) -> str:
    """Return a new token; only its hash is stored."""
    token = secrets.token_urlsafe(32)
    row = AgentSession(token_hash=_hash(token), agent_id=agent_id, started_at=now, expires_at=now + LIFETIME)
    session.add(row)
    return token


async def find_signed_in(session: AsyncSession, token: str | None, now: datetime) -> Agent | None:
    if not token:
        return None
    wanted = (
        select(Agent)
        .join(AgentSession, AgentSession.agent_id == Agent.id)
        .where(AgentSession.token_hash == _hash(token), AgentSession.expires_at > now, MAY_SIGN_IN)
    )
    return await session.scalar(wanted)


async def end_session(session: AsyncSession, token: str) -> None:
    await session.execute(delete(AgentSession).where(AgentSession.token_hash == _hash(token)))


async def forget_ended(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(AgentSession).where(AgentSession.expires_at <= now))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
