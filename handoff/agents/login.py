"""Signing in: every try is a committed row before tries are counted, so that no crowd of them slips past the limits.

An agent who has lately signed in from an address is limited there by their own tries alone: whoever guesses from
elsewhere, or next to them, cannot lock them out.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from handoff.agents.models import Agent, LoginAttempt
from handoff.agents.passwords import is_locked, is_password
from handoff.agents.sessions import forget_ended, start_session
from handoff.db import Sessions, reading
from handoff.errors import TooManyLogins, WrongLogin
from handoff.routing import claims

WINDOW: Final = timedelta(minutes=15)
PER_EMAIL_AND_ADDRESS: Final = 5
PER_ADDRESS: Final = 30
PER_EMAIL: Final = 50
KNOWN_FOR: Final = timedelta(days=30)


async def log_in(sessions: Sessions, *, email: str, password: str, address: str, now: datetime) -> tuple[Agent, str]:
    """Return the agent and a session token; a wrong address and a wrong password get the same answer."""
    email = email.strip().lower()
    attempt = LoginAttempt(
        id=uuid4(), email_hash=_hash(email), address_hash=_hash(address), tried_at=now, succeeded=False
    )
    await _count(sessions, attempt)
    async with reading(sessions) as session:
        agent = await session.scalar(select(Agent).where(Agent.email == email))
    known_hash = None if agent is None or is_locked(agent.password_hash) else agent.password_hash
    if not await is_password(password, known_hash) or agent is None:
        raise WrongLogin
    async with sessions.begin() as session:
        # Held and read anew: who was shut out or got another password meanwhile does not slip in.
        stored = (await claims.lock_agents(session, [agent.id]))[agent.id]
        if stored.password_hash != known_hash:
            raise WrongLogin
        await session.execute(update(LoginAttempt).where(LoginAttempt.id == attempt.id).values(succeeded=True))
        await forget_ended(session, now)
        token = start_session(session, agent.id, now)
    return agent, token


async def _count(sessions: Sessions, attempt: LoginAttempt) -> None:
    """Commit the try, then count: the sixth to commit sees six. A refused try does not prolong the wait."""
    async with sessions.begin() as session:
        is_old = LoginAttempt.tried_at <= attempt.tried_at - WINDOW
        is_forgotten = LoginAttempt.tried_at <= attempt.tried_at - KNOWN_FOR
        await session.execute(delete(LoginAttempt).where(is_old, LoginAttempt.succeeded.is_(False)))
        await session.execute(delete(LoginAttempt).where(is_forgotten))
        session.add(attempt)
    async with sessions.begin() as session:
        too_many = await _is_too_many(session, attempt)
        if too_many:
            await session.execute(delete(LoginAttempt).where(LoginAttempt.id == attempt.id))
    if too_many:
        raise TooManyLogins(int(WINDOW.total_seconds() // 60))


async def _is_too_many(session: AsyncSession, attempt: LoginAttempt) -> bool:
    by_email = LoginAttempt.email_hash == attempt.email_hash
    by_address = LoginAttempt.address_hash == attempt.address_hash
    if await _failures(session, by_email, by_address) > PER_EMAIL_AND_ADDRESS:
        return True
    succeeded = select(LoginAttempt.id).where(by_email, by_address, LoginAttempt.succeeded).limit(1)
    if await session.scalar(succeeded) is not None:
        return False
    return await _failures(session, by_address) > PER_ADDRESS or await _failures(session, by_email) > PER_EMAIL


async def _failures(session: AsyncSession, *conditions: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(LoginAttempt)
    return await session.scalar(counted.where(LoginAttempt.succeeded.is_(False), *conditions)) or 0


async def forget_tries(session: AsyncSession, email: str) -> None:
    """The agent is as unknown everywhere as on their first day."""
    await session.execute(delete(LoginAttempt).where(LoginAttempt.email_hash == _hash(email)))


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()
