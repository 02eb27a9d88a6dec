"""Finds the callback of a conversation."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.callbacks.models import Callback, CallbackStatus

OPEN = (CallbackStatus.WAITING, CallbackStatus.CALLING)


async def find_open_callback(session: AsyncSession, conversation_id: UUID) -> Callback | None:
    wanted = select(Callback).where(Callback.conversation_id == conversation_id, Callback.status.in_(OPEN))
    return await session.scalar(wanted.execution_options(populate_existing=True))


async def find_calling(session: AsyncSession, conversation_id: UUID) -> Callback | None:
    """Return the callback that the agent of this conversation is to make now."""
    callback = await find_open_callback(session, conversation_id)
    return callback if callback and callback.status is CallbackStatus.CALLING else None
