"""Reads the contact log: every event of each contact that a day touches, whole, in order.

A long day is tens of thousands of rows: they come a few at a time, so that whatever else the process does goes on.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.contact_log import ContactEvent
from handoff.contact_log import ContactEventKind as Kind
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.supervision.contacts import LogRow
from handoff.supervision.day import Day
from handoff.supervision.day_log import DayLog
from handoff.supervision.metrics import PromiseOf

AT_ONCE: Final = 250
_COUNTED_AT_ONCE: Final = 50
_OPEN: Final = (
    ConversationStatus.QUEUED,
    ConversationStatus.OFFERED,
    ConversationStatus.ACTIVE,
    ConversationStatus.WRAP_UP,
)
_COLUMNS = (
    ContactEvent.number,
    ContactEvent.happened_at,
    ContactEvent.kind,
    ContactEvent.conversation_id,
    ContactEvent.entry_id,
    ContactEvent.agent_id,
    ContactEvent.queue,
    ContactEvent.language,
    ContactEvent.channel,
    ContactEvent.details,
)


async def read_day(session: AsyncSession, day: Day, promise_of: PromiseOf) -> DayLog:
    """Everything about whoever appears in the day or is still open. Agents come with what they were when it began."""
    log = DayLog(day, promise_of)
    async for rows in day_rows(session, day, day.end):
        log.gather(rows)
    await count_gathered(log)
    return log


async def count_gathered(log: DayLog) -> None:
    for number, _ in enumerate(log.count_gathered()):
        if number % _COUNTED_AT_ONCE == 0:
            await asyncio.sleep(0)


async def day_rows(session: AsyncSession, day: Day, told_since: datetime) -> AsyncIterator[Sequence[LogRow]]:
    """What customers were told is a good part of the log, and only the newest of it is ever shown."""
    is_within = (ContactEvent.happened_at >= day.begin) & (ContactEvent.happened_at < day.end)
    touched = select(ContactEvent.conversation_id).where(is_within, ContactEvent.conversation_id.is_not(None))
    wanted = or_(
        ContactEvent.conversation_id.in_(touched),
        ContactEvent.conversation_id.in_(select(Conversation.id).where(Conversation.status.in_(_OPEN))),
        (ContactEvent.kind == Kind.PRESENCE) & is_within,
        ContactEvent.number.in_(_last_presence(day.begin)),
    )
    is_of_use = (ContactEvent.kind != Kind.ANNOUNCED) | (ContactEvent.happened_at >= told_since)
    ordered = select(*_COLUMNS).where(wanted, is_of_use).order_by(ContactEvent.number)
    result = await session.stream(ordered, execution_options={"yield_per": AT_ONCE})
    async for rows in result.partitions():
        yield cast("Sequence[LogRow]", rows)


async def last_numbers(session: AsyncSession, how_many: int) -> Sequence[int]:
    """The newest first."""
    newest = select(ContactEvent.number).order_by(ContactEvent.number.desc())
    return (await session.scalars(newest.limit(how_many))).all()


async def rows_after(session: AsyncSession, number: int, missing: Collection[int]) -> Sequence[LogRow]:
    """The next rows that have been logged since, and those of the missing numbers that are there now."""
    is_new = or_(ContactEvent.number > number, ContactEvent.number.in_(missing))
    return await _rows(session, select(*_COLUMNS).where(is_new).limit(AT_ONCE))


async def rows_of(session: AsyncSession, conversation_ids: Collection[UUID], until: int) -> Sequence[LogRow]:
    """All that was ever logged of some conversations, up to a number."""
    is_theirs = ContactEvent.conversation_id.in_(conversation_ids)
    return await _rows(session, select(*_COLUMNS).where(is_theirs, ContactEvent.number <= until))


async def _rows(session: AsyncSession, wanted: Select[*tuple[object, ...]]) -> Sequence[LogRow]:
    found = await session.execute(wanted.order_by(ContactEvent.number))
    return cast("Sequence[LogRow]", found.all())


def _last_presence(before: datetime) -> Select[int]:
    earlier = select(func.max(ContactEvent.number))
    return earlier.where(ContactEvent.kind == Kind.PRESENCE, ContactEvent.happened_at < before).group_by(
        ContactEvent.agent_id
    )
