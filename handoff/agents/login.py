"""Signing in: every try is a row before it is checked, so that no crowd of tries slips past the limits."""

import hashlib
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from handoff.agents.models import Agent, LoginAttempt
from handoff.agents.passwords import is_password
from handoff.agents.sessions import start_session
from handoff.db import Sessions
from handoff.errors import TooManyLogins, WrongLogin

WINDOW: Final = timedelta(minutes=15)
PER_EMAIL_AND_ADDRESS: Final = 5
PER_ADDRESS: Final = 30
PER_EMAIL: Final = 50


async def log_in(sessions: Sessions, *, email: str, password: str, address: str, now: datetime) -> tuple[Agent, str]:
    """Return the agent and a session token; a wrong address and a wrong password get the same answer."""
    email = email.strip().lower()
    async with sessions.begin() as session:
        attempt_id = await _count_attempt(session, _hash(email), _hash(address), now)
        agent = await session.scalar(select(Agent).where(Agent.email == email))
    if not await is_password(password, agent.password_hash if agent else None) or agent is None:
        raise WrongLogin
    async with sessions.begin() as session:
        await session.execute(update(LoginAttempt).where(LoginAttempt.id == attempt_id).values(succeeded=True))
        token = start_session(session, agent.id, now)
    return agent, token


async def _count_attempt(session: AsyncSession, email_hash: str, address_hash: str, now: datetime) -> UUID:
    await session.execute(delete(LoginAttempt).where(LoginAttempt.tried_at <= now - WINDOW))
    by_email, by_address = LoginAttempt.email_hash == email_hash, LoginAttempt.address_hash == address_hash
    too_many = (
        await _failures(session, by_email, by_address) >= PER_EMAIL_AND_ADDRESS
        or await _failures(session, by_address) >= PER_ADDRESS
        or await _failures(session, by_email) >= PER_EMAIL
    )
    if too_many:
        raise TooManyLogins(int(WINDOW.total_seconds() // 60))
    attempt = LoginAttempt(email_hash=email_hash, address_hash=address_hash, tried_at=now, succeeded=False)
    session.add(attempt)
    await session.flush()
    return attempt.id


async def _failures(session: AsyncSession, *conditions: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(LoginAttempt)
    return await session.scalar(counted.where(LoginAttempt.succeeded.is_(False), *conditions)) or 0


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()
