"""Customers who leave the website while they wait: nobody is offered them, and who comes back has the old place.

For a short while they only reload or their phone sleeps. Then whoever has shown us a phone number is written to when
it is their turn; the others leave the line and count as abandoned since they were last there.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.clock import Clock
from handoff.callbacks import booking
from handoff.callbacks.booking import LIVE, WAITING, Wish
from handoff.callbacks.models import CallbackWay
from handoff.callbacks.phones import ending_of, find_phone
from handoff.contact_log import ContactEventKind, record
from handoff.conversations.models import Channel, Conversation, ConversationStatus, Sender
from handoff.conversations.posting import NewMessage, announce_change, lock, move, post_message
from handoff.conversations.silence import Silence
from handoff.db import Sessions, reading, unbroken
from handoff.due_loop import DueLoop, do_each
from handoff.live import LiveEvents
from handoff.opening_hours import is_open
from handoff.routing import announcements, claims, queue
from handoff.routing.models import EntryKind, QueueEntry
from handoff.routing.queues import Queues, queues_of
from handoff.texts import server_texts

LONGEST_PAUSE: Final = 10.0
GRACE: Final = timedelta(minutes=2)
PLACE_HELD: Final = timedelta(hours=1)


def make_loop(sessions: Sessions, live: LiveEvents, clock: Clock, _queues: Queues) -> DueLoop:
    leavers = Leavers(sessions, live)

    async def work() -> datetime | None:
        return await leavers.look(clock.now())

    return DueLoop("customers who leave", work, live, clock, longest_pause=LONGEST_PAUSE)


class Leavers:
    """One per process."""

    def __init__(self, sessions: Sessions, live: LiveEvents) -> None:
        self._sessions = sessions
        self._silence = Silence(live)

    async def look(self, now: datetime) -> datetime | None:
        """Let go whoever has been gone for too long; return when to try again what went wrong."""
        silent = self._silence.note(await self._list_waiting(), now)
        gone = [(each, since) for each, since in silent.items() if now - since >= GRACE]
        return await do_each((partial(self._part_with, each, since, now) for each, since in gone), now)

    @unbroken
    async def _list_waiting(self) -> Sequence[UUID]:
        """Who was promised a call or a message need not stay."""
        waits = (QueueEntry.status.in_(queue.OPEN), QueueEntry.kind == EntryKind.LIVE)
        wanted = select(QueueEntry.conversation_id).join(Conversation, Conversation.id == QueueEntry.conversation_id)
        async with reading(self._sessions) as session:
            return (await session.scalars(wanted.where(*waits, Conversation.channel == Channel.WEBCHAT))).all()

    async def _part_with(self, conversation_id: UUID, since: datetime, now: datetime) -> None:
        await self._let_go(conversation_id, since, now)
        if self._silence.is_heard(conversation_id):  # Came back meanwhile, and may have looked before our commit.
            await welcome(self._sessions, conversation_id, now)

    @unbroken
    async def _let_go(self, conversation_id: UUID, since: datetime, now: datetime) -> None:
        async with self._sessions.begin() as session:
            conversation = await session.get_one(Conversation, conversation_id)
            await lock(session, conversation)
            entry = await queue.find_open_entry(session, conversation_id)
            if entry is None or entry.kind is not EntryKind.LIVE or self._silence.is_heard(conversation_id):
                return
            entry.gone_at = since
            phone = await find_phone(session, conversation, now)
            if phone is None:
                await _leave(session, conversation, since, now)
            else:
                await _promise_message(session, conversation, entry, phone, now)


async def _leave(session: AsyncSession, conversation: Conversation, since: datetime, now: datetime) -> None:
    await claims.leave_line(session, conversation, now, why="abandoned", left_at=since)
    await move(session, conversation, ConversationStatus.WITH_BOT, now)
    await _tell(session, conversation, "conversation.gone", now)


async def _promise_message(
    session: AsyncSession, conversation: Conversation, entry: QueueEntry, phone: str, now: datetime
) -> None:
    await booking.promise(session, conversation, entry, Wish(CallbackWay.MESSAGE, phone, by="gone"), now)
    await _tell(session, conversation, "conversation.gone_message", now, ending=ending_of(phone))
    await announce_change(session, conversation, now)
    queue.line_changed(session)


@unbroken
async def welcome(sessions: Sessions, conversation_id: UUID, now: datetime) -> None:
    """Put a customer who is on the website again back in line, as old as before. Twice is once."""
    async with reading(sessions) as session:
        if await _find_gone_entry(session, await session.get_one(Conversation, conversation_id)) is None:
            return
    async with sessions.begin() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        await lock(session, conversation)
        entry = await _find_gone_entry(session, conversation)
        if entry is None or entry.gone_at is None:
            return
        if conversation.status in WAITING:
            await _wait_live_again(session, conversation, entry, now)
        elif now - entry.gone_at <= PLACE_HELD:
            await _line_up_again(session, conversation, now)


async def _find_gone_entry(session: AsyncSession, conversation: Conversation) -> QueueEntry | None:
    """Return the last entry if it is not live because the customer was not there."""
    if conversation.status not in (ConversationStatus.WITH_BOT, *WAITING):
        return None
    entry = await queue.find_last_entry(session, conversation.id)
    return entry if entry is not None and entry.gone_at is not None else None


async def _wait_live_again(session: AsyncSession, conversation: Conversation, entry: QueueEntry, now: datetime) -> None:
    """While we are closed the promise to write stands: the customer need not stay for it."""
    entry.gone_at = None
    if entry.not_before is None or entry.not_before <= now:
        await booking.cancel(session, conversation, now, how=LIVE)


async def _line_up_again(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    await move(session, conversation, ConversationStatus.QUEUED, now)
    entry = await queue.enter_again(session, conversation, now)
    record(session, ContactEventKind.REQUESTED, now, subject=entry, topic=entry.topic, reason=entry.reason)
    if is_open(queues_of(session)[entry.queue], now):
        await _tell(session, conversation, "conversation.back_in_line", now)
    else:
        await announcements.tell_first(session, conversation, now)


async def _tell(session: AsyncSession, conversation: Conversation, key: str, now: datetime, **facts: object) -> None:
    text = server_texts().text(key, conversation.language, **facts)
    await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)
