"""An agent's phone as a sign of life: while it answers pushes, its sleeping page does not make the agent absent.

A phone whose screen is locked closes the console's socket. Each push that its browser says it has received counts for
`TRUST`; one that is not answered within `PATIENCE` ends that at once, and the usual rules for the lost begin.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent
from handoff.agents.presence import come_back, is_live, presence_changed
from handoff.push.models import PushDevice, PushMessage
from handoff.routing import claims

TRUST: Final = timedelta(minutes=30)
PATIENCE: Final = timedelta(seconds=10)
KEPT_FOR: Final = timedelta(days=1)


async def add_device(
    session: AsyncSession, agent: Agent, *, endpoint: str, public_key: str, auth_secret: str, now: datetime
) -> PushDevice:
    """Know this browser, newly if it was another agent's: it is asked at once, and works when it has answered."""
    owner = await session.scalar(select(PushDevice.agent_id).where(PushDevice.endpoint == endpoint))
    await claims.lock_agents(session, [agent.id, owner or agent.id])
    known = select(PushDevice).where(PushDevice.endpoint == endpoint).execution_options(populate_existing=True)
    device = await session.scalar(known)
    if device is not None and device.agent_id != agent.id:
        await session.delete(device)
        await _reckon(session, device.agent_id, now)
        device = None
    if device is None:
        device = PushDevice(agent_id=agent.id, endpoint=endpoint)
        session.add(device)
    device.public_key, device.auth_secret, device.added_at = public_key, auth_secret, now
    await session.flush()
    return device


async def forget_device(session: AsyncSession, agent_id: UUID, endpoint: str, now: datetime) -> None:
    await _forget(session, agent_id, now, PushDevice.endpoint == endpoint)


async def forget_devices(session: AsyncSession, agent_id: UUID, now: datetime) -> None:
    """The agent signs out: nothing is to reach them."""
    await _forget(session, agent_id, now)


async def _forget(session: AsyncSession, agent_id: UUID, now: datetime, *which: ColumnElement[bool]) -> None:
    await claims.lock_agents(session, [agent_id])
    await session.execute(delete(PushDevice).where(PushDevice.agent_id == agent_id, *which))
    await _reckon(session, agent_id, now)


async def hear(session: AsyncSession, agent_id: UUID, message_id: UUID, now: datetime) -> bool:
    """The browser has received this push; False when it is not one of this agent's."""
    agent = (await claims.lock_agents(session, [agent_id]))[agent_id]
    found = (
        select(PushMessage, PushDevice)
        .join(PushDevice, PushDevice.id == PushMessage.device_id)
        .where(PushMessage.id == message_id, PushDevice.agent_id == agent_id)
    )
    row = (await session.execute(found)).one_or_none()
    if row is None:
        return False
    message, device = row
    if message.heard_at is not None or message.sent_at + PATIENCE <= now:
        return True
    message.heard_at = now
    device.works_until = now + TRUST
    was_live = is_live(agent, now)
    await _reckon(session, agent_id, now)
    if not was_live:
        await come_back(session, agent_id, now)
    return True


async def lose(session: AsyncSession, message_id: UUID, now: datetime) -> None:
    """Nothing came back: this device can no longer be relied on."""
    owner = select(PushDevice.agent_id).join(PushMessage, PushMessage.device_id == PushDevice.id)
    agent_id = await session.scalar(owner.where(PushMessage.id == message_id))
    if agent_id is None:
        return
    await claims.lock_agents(session, [agent_id])
    message = await session.get(PushMessage, message_id, populate_existing=True)
    if message is None or message.heard_at is not None:
        return
    message.is_lost = True
    device = await session.get_one(PushDevice, message.device_id, populate_existing=True)
    device.works_until = None
    await _reckon(session, agent_id, now)


async def forget_old(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(PushMessage).where(PushMessage.sent_at < now - KEPT_FOR))


async def _reckon(session: AsyncSession, agent_id: UUID, now: datetime) -> None:
    """The agent is reachable as long as the best of their devices, or was until now; the agent must be locked."""
    await session.flush()
    longest = select(func.max(PushDevice.works_until)).where(PushDevice.agent_id == agent_id)
    agent = await session.get_one(Agent, agent_id)
    until = await session.scalar(longest)
    was_reachable = agent.reachable_until is not None and agent.reachable_until > now
    if until is None and was_reachable:
        until = now
        presence_changed(session, agent_id)
    agent.reachable_until = until or agent.reachable_until
    await session.flush()
