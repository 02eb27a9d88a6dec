"""Tells those who wait their place and a range of minutes.

The website's card changes silently. By text and on the phone a customer hears it once, and once more if the wait keeps
growing.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.clock import Clock
from handoff.callbacks import booking
from handoff.callbacks.booking import Wish
from handoff.callbacks.models import CallbackWay
from handoff.callbacks.offering import WANTS_CALLBACK, offered_from
from handoff.callbacks.waiting_words import first_words, offer_words
from handoff.contact_log import ContactEventKind, record
from handoff.conversations.models import Channel, Conversation, Message, Sender
from handoff.conversations.posting import NewMessage, announce_change, lock, post_message
from handoff.db import Sessions, reading, unbroken
from handoff.due_loop import DueLoop
from handoff.failure_log import log_failure
from handoff.live import ROUTING_STREAM, LiveEvents
from handoff.opening_hours import is_open, next_opening
from handoff.routing import queue
from handoff.routing.announcement_rules import MANY_RAISES, SILENCE, Standing, Told, may_tell_range, next_told
from handoff.routing.estimate import Estimate, bucket
from handoff.routing.models import EntryKind, QueueEntry
from handoff.routing.queues import Queues, queues_of
from handoff.routing.standings import places
from handoff.routing.waits import estimate_of, estimates_of

log = logging.getLogger(__name__)

LONGEST_PAUSE: Final = 1.0
# How often it is looked whether a range has changed, while nothing else happens.
LOOK_AGAIN: Final = timedelta(seconds=5)
LOOKS_AT_ONCE: Final = 200


def make_loop(sessions: Sessions, live: LiveEvents, clock: Clock, queues: Queues) -> DueLoop:
    announcer = Announcer(sessions, queues)

    async def work() -> datetime | None:
        return await announcer.announce(clock.now())

    return DueLoop("announcements", work, live, clock, ROUTING_STREAM, longest_pause=LONGEST_PAUSE)


@dataclass(frozen=True)
class _News:
    """What to tell one customer."""

    entry_id: UUID
    standing: Standing
    upper_seconds: float | None


class Announcer:
    """Remembers when it looked at a range last, which costs a look and nothing else when it is forgotten."""

    def __init__(self, sessions: Sessions, queues: Queues) -> None:
        self._sessions = sessions
        self._queues = queues
        self._looked: dict[UUID, datetime] = {}
        self._offered: set[UUID] = set()

    async def announce(self, now: datetime) -> datetime | None:
        """Tell everybody what is new to them; return when the next one may have to be told something."""
        entries, news = await self._read(now)
        for each in news:
            await self._tell(each, now)
        for entry in entries:
            if self._is_newly_offered(entry, now):
                await self._offer(entry.id, now)
        waiting = {entry.id for entry in entries}
        self._looked = {entry_id: at for entry_id, at in self._looked.items() if entry_id in waiting}
        self._offered &= waiting
        moments = [moment for entry in entries for moment in self._moments(entry) if moment > now]
        return min(moments, default=None)

    @unbroken
    async def _read(self, now: datetime) -> tuple[Sequence[QueueEntry], list[_News]]:
        async with reading(self._sessions) as session:
            entries = await queue.list_open_entries(session)
            looked_at = self._choose_looks(entries, now)
            estimates = await self._estimates(session, looked_at, now) if looked_at else {}
        self._looked |= {entry.id: now for entry in looked_at}
        found = places(entries, self._queues, now)
        news = []
        for entry in entries:
            estimate = estimates.get(entry.id)
            code = _bucket(estimate) if entry.id in estimates else entry.announced_bucket
            place = found[entry.id]
            standing = Standing(place.position, code, place.overtaken)
            if next_told(_told(entry), standing, now) != _told(entry):
                news.append(_News(entry.id, standing, estimate.upper_seconds if estimate else None))
        return entries, news

    def _choose_looks(self, entries: Sequence[QueueEntry], now: datetime) -> list[QueueEntry]:
        """A long line is looked at in turns, those first who know nothing yet and then those looked at longest ago."""
        due = [entry for entry in entries if self._looks_at_range(entry, now)]
        never = datetime.min.replace(tzinfo=UTC)
        due.sort(key=lambda entry: (entry.announced_at is not None, self._looked.get(entry.id, never)))
        return due[:LOOKS_AT_ONCE]

    async def _estimates(
        self, session: AsyncSession, entries: Sequence[QueueEntry], now: datetime
    ) -> dict[UUID, Estimate | None]:
        """Whoever moves up hears of it, also when no range can be told."""
        try:
            return await estimates_of(session, entries, self._queues, now)
        except Exception as error:
            log_failure(log, error, "no estimates for %s entries", len(entries))
            return {}

    def _looks_at_range(self, entry: QueueEntry, now: datetime) -> bool:
        if not _is_there(entry, now) or not may_tell_range(_told(entry), now):
            return False
        looked = self._looked.get(entry.id)
        return looked is None or entry.announced_at is None or now >= looked + LOOK_AGAIN

    @unbroken
    async def _tell(self, news: _News, now: datetime) -> None:
        async with self._sessions.begin() as session:
            entry = await session.get_one(QueueEntry, news.entry_id)
            conversation = await session.get_one(Conversation, entry.conversation_id)
            await lock(session, conversation)
            await session.refresh(entry)
            if entry.status not in queue.OPEN:
                return
            if await _note(session, conversation, entry, news, now) and entry.raised_in_row == MANY_RAISES:
                await self._offer_by_words(session, conversation, entry, now)

    def _is_newly_offered(self, entry: QueueEntry, now: datetime) -> bool:
        """Say whether the time alone has just brought the offer of a callback."""
        is_due = now >= offered_from(entry.requested_at, self._queues[entry.queue])
        return is_due and entry.kind is EntryKind.LIVE and entry.id not in self._offered

    @unbroken
    async def _offer(self, entry_id: UUID, now: datetime) -> None:
        self._offered.add(entry_id)
        async with self._sessions.begin() as session:
            entry = await session.get_one(QueueEntry, entry_id)
            conversation = await session.get_one(Conversation, entry.conversation_id)
            await lock(session, conversation)
            await session.refresh(entry)
            if entry.status not in queue.OPEN:
                return
            if conversation.channel is Channel.WEBCHAT:
                await announce_change(session, conversation, now)
            else:
                await self._offer_by_words(session, conversation, entry, now)

    async def _offer_by_words(
        self, session: AsyncSession, conversation: Conversation, entry: QueueEntry, now: datetime
    ) -> None:
        """On the phone there is no card: say it once per wait, whatever brought it and whichever process says it."""
        text = offer_words(conversation, entry, now)
        key = f"callback-offer:{entry.id}"
        if text is None or await _was_said(session, conversation.id, key):
            return
        await post_message(session, conversation, NewMessage(Sender.SYSTEM, text, client_msg_id=key), now)

    def _moments(self, entry: QueueEntry) -> list[datetime]:
        """When silence is over or an offer falls due."""
        silence_ends = [entry.announced_at + SILENCE] if entry.announced_at else []
        offered = [] if entry.id in self._offered else [offered_from(entry.requested_at, self._queues[entry.queue])]
        return silence_ends + offered


async def tell_first(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    """Say what is known of the wait when a person is asked for; the conversation must be locked and in line."""
    entry, queues = await queue.find_open_entry(session, conversation.id), queues_of(session)
    if entry is None:
        return
    settings = queues[entry.queue]
    opens_at = None if is_open(settings, now) else next_opening(settings, now)
    if opens_at is not None:
        await _keep_until(session, conversation, entry, opens_at, now)
    place = places(await queue.list_open_entries(session), queues, now)[entry.id]
    estimate = await _estimate(session, entry, now) if _is_there(entry, now) else None
    standing = Standing(place.position, _bucket(estimate), place.overtaken)
    if entry.announced_at is None:
        # Nothing was told before, so nothing can have risen.
        entry.announced_position = place.position
    await _note(session, conversation, entry, _News(entry.id, standing, _upper(estimate)), now)
    has_own_number = conversation.channel is not Channel.WEBCHAT and conversation.address is not None
    if entry.reason == WANTS_CALLBACK and has_own_number:
        # On the phone there is no card to choose from, and the number is known.
        call = Wish(CallbackWay.CALL, conversation.address, opens_at=opens_at)
        await booking.book(session, conversation, call, now)
        return
    text = first_words(conversation, entry, opens_at, settings.time_zone)
    await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)


async def _estimate(session: AsyncSession, entry: QueueEntry, now: datetime) -> Estimate | None:
    """Whoever asks for a person gets into the line, also when no range can be told."""
    try:
        return await estimate_of(session, entry, queues_of(session), now)
    except Exception as error:
        log_failure(log, error, "no estimate for entry %s", entry.id)
        return None


async def _keep_until(
    session: AsyncSession, conversation: Conversation, entry: QueueEntry, opens_at: datetime, now: datetime
) -> None:
    """Nobody is there before we open. Who wrote is written to then; who calls may ask to be called."""
    if conversation.channel is Channel.VOICE:
        entry.not_before = opens_at
    elif entry.kind is EntryKind.LIVE:
        await booking.promise(session, conversation, entry, Wish(CallbackWay.MESSAGE, None, opens_at=opens_at), now)
    await session.flush()


async def _note(
    session: AsyncSession, conversation: Conversation, entry: QueueEntry, news: _News, now: datetime
) -> bool:
    """Keep what the customer now knows and show it; say whether there was anything new."""
    before = _told(entry)
    told = next_told(before, news.standing, now)
    if told == before:
        return False
    entry.announced_position, entry.announced_bucket = told.position, told.bucket
    entry.announced_at, entry.raised_in_row = told.at, told.raised_in_row
    if told.at != before.at:
        record(
            session,
            ContactEventKind.ANNOUNCED,
            now,
            subject=entry,
            bucket=told.bucket,
            upper_seconds=news.upper_seconds,
            position=told.position,
        )
    await session.flush()
    if conversation.channel is Channel.WEBCHAT:
        await announce_change(session, conversation, now)
    return True


async def _was_said(session: AsyncSession, conversation_id: UUID, key: str) -> bool:
    said = (Message.conversation_id == conversation_id, Message.sender == Sender.SYSTEM, Message.client_msg_id == key)
    return await session.scalar(select(Message.seq).where(*said)) is not None


def _is_there(entry: QueueEntry, now: datetime) -> bool:
    """Say whether the customer waits now and is told how long; a callback's time is not theirs to spend."""
    return entry.kind is EntryKind.LIVE and (entry.not_before is None or entry.not_before <= now)


def _told(entry: QueueEntry) -> Told:
    return Told(entry.announced_position, entry.announced_bucket, entry.announced_at, entry.raised_in_row)


def _bucket(estimate: Estimate | None) -> str | None:
    return bucket(estimate) if estimate else None


def _upper(estimate: Estimate | None) -> float | None:
    return round(estimate.upper_seconds, 1) if estimate else None
