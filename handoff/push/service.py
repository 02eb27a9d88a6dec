"""An agent's phone as a sign of life: while it answers pushes, its sleeping page does not make the agent absent.

A phone whose screen is locked closes the console's socket. Each push that its browser says it has received counts for
`TRUST`; one that is not answered within `PATIENCE` ends that at once, and the usual rules for the lost begin.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
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
    """Know this browser, newly if it was another agent's: it works once it has answered a first push."""
    await session.execute(delete(PushDevice).where(PushDevice.endpoint == endpoint))
    device = PushDevice(
        agent_id=agent.id, endpoint=endpoint, public_key=public_key, auth_secret=auth_secret, added_at=now
    )
    session.add(device)
    await session.flush()
    return device


async def forget_device(session: AsyncSession, agent_id: UUID, endpoint: str) -> None:
    wanted = (PushDevice.endpoint == endpoint, PushDevice.agent_id == agent_id)
    await session.execute(delete(PushDevice).where(*wanted))
    await _reckon(session, agent_id)


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
    await _reckon(session, agent_id)
    if not was_live:
        await come_back(session, agent_id, now)
    return True


async def lose(session: AsyncSession, message_id: UUID) -> None:
    """Nothing came back: this device can no longer be relied on."""
    message = await session.get(PushMessage, message_id)
    if message is None or message.heard_at is not None:
        return
    message.is_lost = True
    device = await session.get_one(PushDevice, message.device_id)
    device.works_until = None
    await claims.lock_agents(session, [device.agent_id])
    await _reckon(session, device.agent_id)
    presence_changed(session, device.agent_id)


async def forget_old(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(PushMessage).where(PushMessage.sent_at < now - KEPT_FOR))


async def _reckon(session: AsyncSession, agent_id: UUID) -> None:
    """The agent is reachable as long as the best of their devices."""
    await session.flush()
    longest = select(func.max(PushDevice.works_until)).where(PushDevice.agent_id == agent_id)
    agent = await session.get_one(Agent, agent_id)
    agent.reachable_until = await session.scalar(longest)
    await session.flush()
