"""Follows what became of the conversations that wait for a callback: taken, back in line, or over."""

from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.clock import Clock
from handoff.callbacks import reaching
from handoff.callbacks.booking import WAITING as IN_LINE
from handoff.callbacks.errors import CallOutcomeMissing
from handoff.callbacks.finding import find_open_callback
from handoff.callbacks.models import Callback, CallbackStatus
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.conversations.posting import lock
from handoff.db import Sessions, reading, unbroken
from handoff.due_loop import DueLoop, do_each
from handoff.live import ROUTING_STREAM, LiveEvents
from handoff.routing.models import QueueEntry
from handoff.routing.queue import OPEN
from handoff.routing.queues import Queues

LONGEST_PAUSE: Final = 5.0
_OVER: Final = (ConversationStatus.WITH_BOT, ConversationStatus.WRAP_UP, ConversationStatus.CLOSED)


def make_loop(sessions: Sessions, live: LiveEvents, clock: Clock, _queues: Queues) -> DueLoop:
    async def work() -> datetime | None:
        await follow_all(sessions, clock.now())
        return None

    return DueLoop("callbacks", work, live, clock, ROUTING_STREAM, longest_pause=LONGEST_PAUSE)


async def follow_all(sessions: Sessions, now: datetime) -> None:
    """Bring every callback in step with its conversation; safe to repeat and to run in several processes."""
    await do_each((partial(_follow, sessions, each, now) for each in await _out_of_step(sessions)), now)
    await do_each((partial(_excuse, sessions, each, now) for each in await _late(sessions, now)), now)


@unbroken
async def _out_of_step(sessions: Sessions) -> list[UUID]:
    waits, calls = Callback.status == CallbackStatus.WAITING, Callback.status == CallbackStatus.CALLING
    wanted = (
        select(Conversation.id)
        .join(Callback, Callback.conversation_id == Conversation.id)
        .join(QueueEntry, QueueEntry.id == Callback.entry_id)
        .where(
            or_(
                # Taken, or taken and put back before anybody saw it.
                and_(waits, QueueEntry.status.not_in(OPEN)),
                and_(calls, Conversation.status != ConversationStatus.ACTIVE),
            )
        )
    )
    async with reading(sessions) as session:
        return list(await session.scalars(wanted))


@unbroken
async def _follow(sessions: Sessions, conversation_id: UUID, now: datetime) -> None:
    async with sessions.begin() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        await lock(session, conversation)
        callback = await find_open_callback(session, conversation_id)
        if callback is not None:
            await follow(session, conversation, callback, now)


@unbroken
async def _late(sessions: Sessions, now: datetime) -> list[UUID]:
    """Return the conversations whose customer was promised a time that has passed without a try."""
    missed = (Callback.status == CallbackStatus.WAITING, Callback.attempts == 0, Callback.slot_until <= now)
    async with reading(sessions) as session:
        return list(await session.scalars(select(Callback.conversation_id).where(*missed)))


@unbroken
async def _excuse(sessions: Sessions, conversation_id: UUID, now: datetime) -> None:
    async with sessions.begin() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        await lock(session, conversation)
        callback = await find_open_callback(session, conversation_id)
        if callback is not None and callback.slot_until is not None and callback.slot_until <= now:
            await reaching.excuse(session, conversation, callback, now)


async def require_outcome(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    """Raise CallOutcomeMissing while the agent has not said of a call whether the customer was reached.

    The conversation must be locked. Ending it would end the promise with it, kept or not.
    """
    callback = await find_open_callback(session, conversation.id)
    if callback is not None:
        await follow(session, conversation, callback, now)
    if callback is not None and callback.status is CallbackStatus.CALLING:
        raise CallOutcomeMissing


async def follow(session: AsyncSession, conversation: Conversation, callback: Callback, now: datetime) -> None:
    """Do what the conversation's state asks for; nothing when both are in step. It must be locked."""
    if conversation.status in _OVER:
        await reaching.end(session, conversation, callback, now)
    elif conversation.status is ConversationStatus.ACTIVE and callback.status is CallbackStatus.WAITING:
        await reaching.begin(session, conversation, callback, now)
    elif conversation.status in IN_LINE:
        await reaching.wait_again(session, conversation, callback)
