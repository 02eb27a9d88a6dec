"""Telling the consoles that an agent's presence changed; it is not numbered, the newest counts."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.db import touch
from handoff.live import CONSOLES_STREAM, ROUTING_STREAM, Signal, agent_stream


def presence_changed(session: AsyncSession, agent_id: UUID) -> None:
    touch(session, agent_stream(agent_id), Signal("presence"))
    touch(session, ROUTING_STREAM)
    touch(session, CONSOLES_STREAM, Signal("queue"))
