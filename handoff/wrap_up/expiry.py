"""Ends wrap-ups whose time is over."""

from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from billing.clock import Clock
from handoff.db import Sessions, reading, unbroken
from handoff.due_loop import DueLoop, do_each
from handoff.live import LiveEvents
from handoff.routing.queues import Queues
from handoff.wrap_up.models import WrapUp
from handoff.wrap_up.service import WRAP_UP_STREAM, Ending, end_if_open

LONGEST_PAUSE: Final = 5.0


def make_loop(sessions: Sessions, live: LiveEvents, clock: Clock, queues: Queues) -> DueLoop:
    @unbroken
    async def work() -> datetime | None:
        return await end_due(sessions, clock.now())

    return DueLoop("wrap-up", work, live, clock, WRAP_UP_STREAM, longest_pause=LONGEST_PAUSE)


async def end_due(sessions: Sessions, now: datetime) -> datetime | None:
    """End what is due, each in a transaction of its own; return when the next will be."""
    is_open = WrapUp.finished_at.is_(None)
    async with reading(sessions) as session:
        due = select(WrapUp.id).where(is_open, WrapUp.ends_at <= now)
        wrap_up_ids = (await session.scalars(due.order_by(WrapUp.ends_at))).all()
        coming = await session.scalar(select(func.min(WrapUp.ends_at)).where(is_open, WrapUp.ends_at > now))
    again = await do_each((partial(_expire, sessions, wrap_up_id, now) for wrap_up_id in wrap_up_ids), now)
    return min((moment for moment in (coming, again) if moment), default=None)


async def _expire(sessions: Sessions, wrap_up_id: UUID, now: datetime) -> None:
    async with sessions.begin() as session:
        await end_if_open(session, await session.get_one(WrapUp, wrap_up_id), Ending.EXPIRED, now)
