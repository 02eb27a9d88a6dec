"""Closing time: who stands in line of a closed queue that nobody serves any more is told so and promised the opening.

The same holds for whoever gets into such a line later, from a lost agent, by a transfer, or reopened, and for whom we
promised to call when it is their turn.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.clock import Clock
from billing.outbox import enqueue_sms
from handoff.agents.models import Agent, AgentSkill, Presence
from handoff.agents.presence import is_live_clause
from handoff.callbacks import booking
from handoff.callbacks.booking import Wish
from handoff.callbacks.finding import find_open_callback
from handoff.callbacks.models import Callback, CallbackWay
from handoff.callbacks.phones import find_phone
from handoff.callbacks.waiting_words import local_moment, zone_of
from handoff.conversations.models import Channel, Conversation, Sender
from handoff.conversations.posting import NewMessage, announce_change, lock, post_message
from handoff.db import Sessions, reading, unbroken
from handoff.due_loop import DueLoop, do_each
from handoff.live import LiveEvents
from handoff.opening_hours import is_open, next_opening
from handoff.routing import queue
from handoff.routing.models import EntryKind, EntryStatus, QueueEntry
from handoff.routing.queues import Queues, queues_of
from handoff.texts import server_texts

LONGEST_PAUSE: Final = 2.0
# Who is away this long after closing time does not come back today.
SHORT_BREAK: Final = timedelta(minutes=5)


def make_loop(sessions: Sessions, live: LiveEvents, clock: Clock, _queues: Queues) -> DueLoop:
    @unbroken
    async def work() -> datetime | None:
        return await tell_left_over(sessions, clock.now())

    return DueLoop("closing time", work, live, clock, longest_pause=LONGEST_PAUSE)


async def tell_left_over(sessions: Sessions, now: datetime) -> datetime | None:
    """Tell everybody whom nobody will serve before the opening, each once; return when to try again if a step fails."""
    async with reading(sessions) as session:
        entry_ids = await _list_left_over(session, now)
    return await do_each((partial(_promise_opening, sessions, entry_id, now) for entry_id in entry_ids), now)


async def _list_left_over(session: AsyncSession, now: datetime) -> Sequence[UUID]:
    waits_now, queues = _waits_now(now), queues_of(session)
    lines = (await session.execute(select(QueueEntry.queue, QueueEntry.language).where(waits_now).distinct())).all()
    entry_ids: list[UUID] = []
    for key, language in lines:
        if is_open(queues[key], now) or await _is_served(session, key, language, now):
            continue
        in_line = (waits_now, QueueEntry.queue == key, QueueEntry.language == language)
        entry_ids += await session.scalars(select(QueueEntry.id).where(*in_line).order_by(QueueEntry.requested_at))
    return entry_ids


def _waits_now(now: datetime) -> ColumnElement[bool]:
    has_begun = or_(QueueEntry.not_before.is_(None), QueueEntry.not_before <= now)
    return and_(QueueEntry.status == EntryStatus.WAITING, has_begun)


async def _is_served(session: AsyncSession, queue_key: str, language: str, now: datetime) -> bool:
    """Whether anybody who may serve the line is still there, if only after a short break."""
    needed = {*queues_of(session)[queue_key].required, f"language:{language}"}
    on_break = and_(Agent.presence == Presence.AWAY, Agent.presence_since > now - SHORT_BREAK)
    stays = or_(Agent.presence == Presence.AVAILABLE, on_break)
    able = [
        select(AgentSkill.skill).where(AgentSkill.agent_id == Agent.id, AgentSkill.skill == skill).exists()
        for skill in sorted(needed)
    ]
    return await session.scalar(select(Agent.id).where(is_live_clause(now), stays, *able).limit(1)) is not None


async def _promise_opening(sessions: Sessions, entry_id: UUID, now: datetime) -> None:
    async with sessions.begin() as session:
        entry = await session.get_one(QueueEntry, entry_id)
        conversation = await session.get_one(Conversation, entry.conversation_id)
        await lock(session, conversation)
        if await session.scalar(select(QueueEntry.id).where(QueueEntry.id == entry_id, _waits_now(now))) is None:
            return
        await session.refresh(entry)
        settings = queues_of(session)[entry.queue]
        opens_at = next_opening(settings, now)
        if opens_at is None or opens_at <= now:
            return
        callback = await find_open_callback(session, conversation.id)
        if callback is None:
            await _tell_live(session, conversation, entry, opens_at, now)
        else:
            await _put_off(session, conversation, entry, callback, opens_at, now)
        await announce_change(session, conversation, now)
        queue.line_changed(session)


async def _tell_live(
    session: AsyncSession, conversation: Conversation, entry: QueueEntry, opens_at: datetime, now: datetime
) -> None:
    """We write where the customer wrote, and call the number that a call comes from, read out to be corrected."""
    is_call = conversation.channel is Channel.VOICE
    phone = await find_phone(session, conversation, now) if is_call else None
    if not is_call:
        await booking.promise(
            session, conversation, entry, Wish(CallbackWay.MESSAGE, None, opens_at=opens_at, by="closing"), now
        )
    elif phone is None:
        entry.not_before = opens_at
    await session.flush()
    key = "closing_voice_withheld" if is_call and phone is None else f"closing_{conversation.channel}"
    text = _words(session, conversation, entry, key, opens_at)
    await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)
    if phone is not None:
        await booking.book(session, conversation, Wish(CallbackWay.CALL, phone, opens_at=opens_at, by="closing"), now)


async def _put_off(
    session: AsyncSession,
    conversation: Conversation,
    entry: QueueEntry,
    callback: Callback,
    opens_at: datetime,
    now: datetime,
) -> None:
    """The promise stands for the opening. Who has hung up or left the page reads of it on the phone that we call."""
    if entry.kind is not EntryKind.CALLBACK:
        return  # Just put back into the line; who keeps the callback notes it in a moment.
    entry.not_before = opens_at
    await session.flush()
    text = _words(session, conversation, entry, "closing_callback", opens_at)
    await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)
    if conversation.channel is not Channel.SMS and callback.phone is not None:
        phone, key = callback.phone, f"closing:{entry.id}"
        await session.run_sync(lambda sync: enqueue_sms(sync, recipient=phone, body=text, dedupe_key=key, now=now))


def _words(session: AsyncSession, conversation: Conversation, entry: QueueEntry, key: str, opens_at: datetime) -> str:
    zone = zone_of(conversation.address, queues_of(session)[entry.queue].time_zone)
    opens = local_moment(opens_at, zone, conversation.language)
    return server_texts().text(f"wait.{key}", conversation.language, opens=opens)
