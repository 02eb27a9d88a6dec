"""Who is there: what an agent last said, and the console's signs of life.

A sign of life is a frame of the console's socket, or the choice of a presence. A phone whose screen is locked has no
open socket: while it answers push messages, that stands in for it (`handoff/push`).
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, Presence, PresenceReason
from handoff.alarms.models import Alarm, AlarmKind
from handoff.alarms.raising import end_alarms
from handoff.contact_log import ContactEventKind, record
from handoff.db import Sessions, touch
from handoff.live import CONSOLES_STREAM, ROUTING_STREAM, Signal, agent_stream

PING_SECONDS: Final = 10
GRACE: Final = timedelta(seconds=25)
WRITE_AT_MOST_EVERY: Final = timedelta(seconds=5)


def is_live_clause(now: datetime) -> ColumnElement[bool]:
    """True of agents whose console gave a sign of life within the grace; who never gave one is not there."""
    return or_(Agent.seen_at > now - GRACE, Agent.reachable_until > now)


def is_live(agent: Agent, now: datetime) -> bool:
    is_reachable = agent.reachable_until is not None and agent.reachable_until > now
    return is_reachable or (agent.seen_at is not None and agent.seen_at > now - GRACE)


def last_sign(seen_at: datetime | None, reachable_until: datetime | None, now: datetime) -> datetime | None:
    """Return when the agent last gave a sign of life; as long as a phone of theirs could be reached, it was one."""
    signs = [seen_at, None if reachable_until is None else min(reachable_until, now)]
    return max((sign for sign in signs if sign is not None), default=None)


async def mark_seen(sessions: Sessions, agent: Agent, now: datetime) -> None:
    """Note a sign of life of the agent as just read, in a transaction of its own, seldom enough to cost nothing."""
    if agent.seen_at is not None and agent.seen_at > now - WRITE_AT_MOST_EVERY:
        return
    async with sessions.begin() as session:
        is_older = or_(Agent.seen_at.is_(None), Agent.seen_at < now)
        await session.execute(update(Agent).where(Agent.id == agent.id, is_older).values(seen_at=now))
        if not is_live(agent, now):
            await come_back(session, agent.id, now)


async def come_back(session: AsyncSession, agent_id: UUID, now: datetime) -> None:
    """The agent is heard again: nobody need look for them, and who is available can be offered something."""
    missing = (Alarm.kind == AlarmKind.AGENT_LOST, Alarm.agent_id == agent_id, Alarm.ended_at.is_(None))
    await end_alarms(session, (await session.scalars(select(Alarm.id).where(*missing))).all(), now)
    presence_changed(session, agent_id)


def change(session: AsyncSession, agent: Agent, presence: Presence, reason: PresenceReason, now: datetime) -> bool:
    """Store, log and announce the presence; False when it was so already. The agent's row must be locked."""
    if (agent.presence, agent.presence_reason) == (presence, reason):
        return False
    if agent.presence is not presence:
        agent.presence_since = now
    agent.presence, agent.presence_reason = presence, reason
    record(session, ContactEventKind.PRESENCE, now, agent_id=agent.id, presence=presence.value, reason=reason.value)
    presence_changed(session, agent.id)
    return True


def presence_changed(session: AsyncSession, agent_id: UUID) -> None:
    """Tell the consoles; it is not numbered, the newest counts."""
    touch(session, agent_stream(agent_id), Signal("presence"))
    touch(session, ROUTING_STREAM)
    touch(session, CONSOLES_STREAM, Signal("queue"))
