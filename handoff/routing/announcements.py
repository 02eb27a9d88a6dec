"""Tells those who wait their place and a range of minutes.

The website's card changes silently. By text and on the phone a customer hears it once, and once more if the wait keeps
growing.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, cast
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
from handoff.due_loop import DueLoop, Step, do_each
from handoff.failure_log import log_failure
from handoff.live import ROUTING_STREAM, LiveEvents
from handoff.opening_hours import is_open, next_opening
from handoff.routing import queue
from handoff.routing.announcement_rules import MANY_RAISES, Standing, Told, may_tell_range, next_told
from handoff.routing.estimate import Estimate, bucket
from handoff.routing.models import EntryKind, QueueEntry
from handoff.routing.places import place_of
from handoff.routing.queues import Queues, queues_of
from handoff.routing.standings import is_overtaken, places
from handoff.routing.waits import estimate_of, estimates_of

log = logging.getLogger(__name__)

LONGEST_PAUSE: Final = 1.0
# How often it is looked whether a range has changed, while nothing else happens.
LOOK_AGAIN: Final = timedelta(seconds=5)
LOOKS_AT_ONCE: Final = 200
# When one leaves, all behind move up. The first of a line hear of each step, the others in turns, a few at each look.
NEAR: Final = 20
FAR_AT_ONCE: Final = 10
# Seconds between two looks, however much happens.
AT_MOST_EVERY: Final = 0.25
# To read thousands costs too much for that.
LONG_LINE: Final = 1000
LONG_LINE_EVERY: Final = timedelta(seconds=1)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_COLUMNS: Final = (
    QueueEntry.id,
    QueueEntry.queue,
    QueueEntry.language,
    QueueEntry.channel,
    QueueEntry.kind,
    QueueEntry.priority,
    QueueEntry.requested_at,
    QueueEntry.entered_at,
    QueueEntry.not_before,
    QueueEntry.announced_position,
    QueueEntry.announced_bucket,
    QueueEntry.announced_at,
    QueueEntry.raised_in_row,
)


def make_loop(sessions: Sessions, live: LiveEvents, clock: Clock, queues: Queues) -> DueLoop:
    announcer = Announcer(sessions, queues)

    async def work() -> datetime | None:
        return await announcer.announce(clock.now())

    pace = {"longest_pause": LONGEST_PAUSE, "at_most_every": AT_MOST_EVERY}
    return DueLoop("announcements", work, live, clock, ROUTING_STREAM, **pace)


@dataclass(frozen=True)
class _News:
    """What to tell one customer; `is_pressing` if it is more than one step of many."""

    entry_id: UUID
    is_pressing: bool
    standing: Standing
    upper_seconds: float | None


class Announcer:
    """Remembers whom it looked at or told last, which costs a look and nothing else when it is forgotten."""

    def __init__(self, sessions: Sessions, queues: Queues) -> None:
        self._sessions = sessions
        self._queues = queues
        self._looked: dict[UUID, datetime] = {}
        self._moved: dict[UUID, datetime] = {}
        self._offered: set[UUID] = set()
        self._not_before = _NEVER

    async def announce(self, now: datetime) -> datetime | None:
        """Tell what is new, as much as may be told at once; return when to try again what went wrong."""
        if now < self._not_before:
            return self._not_before
        entries, news = await self._read(now)
        self._not_before = now + LONG_LINE_EVERY if len(entries) > LONG_LINE else _NEVER
        telling = self._choose_news(news)
        newly = [entry.id for entry in entries if self._is_newly_offered(entry, now)][:FAR_AT_ONCE]
        steps: list[Step] = [partial(self._tell, each, now) for each in telling]
        steps += [partial(self._offer, entry_id, now) for entry_id in newly]
        again = await do_each(steps, now)
        self._moved |= {each.entry_id: now for each in telling}
        waiting = {entry.id for entry in entries}
        self._looked = {entry_id: at for entry_id, at in self._looked.items() if entry_id in waiting}
        self._moved = {entry_id: at for entry_id, at in self._moved.items() if entry_id in waiting}
        self._offered &= waiting
        return again

    @unbroken
    async def _read(self, now: datetime) -> tuple[Sequence[QueueEntry], list[_News]]:
        async with reading(self._sessions) as session:
            entries = await _read_line(session)
            looked_at = self._choose_looks(entries, now)
            estimates = await self._estimates(session, looked_at, now) if looked_at else {}
        self._looked |= {entry.id: now for entry in looked_at}
        found = places(entries, self._queues, now)
        news = []
        for entry in entries:
            estimate = estimates.get(entry.id)
            code = _bucket(estimate) if entry.id in estimates else entry.announced_bucket
            place, told = found[entry.id], _told(entry)
            following = next_told(told, standing := Standing(place.position, code, place.overtaken), now)
            if following != told:
                is_pressing = place.position <= NEAR or following.at != told.at
                news.append(_News(entry.id, is_pressing, standing, estimate.upper_seconds if estimate else None))
        return entries, news

    def _choose_news(self, news: Sequence[_News]) -> list[_News]:
        """Those who moved up far behind take turns, whoever was told longest ago first."""
        far = [each for each in news if not each.is_pressing]
        far.sort(key=lambda each: self._moved.get(each.entry_id, _NEVER))
        return [each for each in news if each.is_pressing] + far[:FAR_AT_ONCE]

    def _choose_looks(self, entries: Sequence[QueueEntry], now: datetime) -> list[QueueEntry]:
        """A long line is looked at in turns, those first who know nothing yet and then those looked at longest ago."""
        due = [entry for entry in entries if self._looks_at_range(entry, now)]
        due.sort(key=lambda entry: (entry.announced_at is not None, self._looked.get(entry.id, _NEVER)))
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


async def _read_line(session: AsyncSession) -> Sequence[QueueEntry]:
    """All who wait, the oldest request first, without making objects of thousands of rows that nobody changes."""
    wanted = select(*_COLUMNS).where(QueueEntry.status.in_(queue.OPEN))
    rows = await session.execute(wanted.order_by(QueueEntry.requested_at, QueueEntry.id))
    return cast("Sequence[QueueEntry]", rows.all())  # they have what is read here


async def tell_first(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    """Say what is known of the wait when a person is asked for; the conversation must be locked and in line."""
    entry, queues = await queue.find_open_entry(session, conversation.id), queues_of(session)
    if entry is None:
        return
    settings = queues[entry.queue]
    opens_at = None if is_open(settings, now) else next_opening(settings, now)
    if opens_at is not None:
        await _keep_until(session, conversation, entry, opens_at, now)
    has_just_come = entry.announced_at is None and entry.entered_at == now
    position = entry.announced_position if has_just_come else await place_of(session, entry, now)
    overtaken = position > entry.announced_position and await is_overtaken(session, entry, now)
    estimate = await _estimate(session, entry, now) if _is_there(entry, now) else None
    standing = Standing(position, _bucket(estimate), overtaken)
    if entry.announced_at is None:
        # Nothing was told before, so nothing can have risen.
        entry.announced_position = position
    await _note(session, conversation, entry, _News(entry.id, True, standing, _upper(estimate)), now)
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
