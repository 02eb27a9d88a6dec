"""Reads the contact log: every event of each contact that a stretch of time touches, whole, in order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.contact_log import ContactEvent
from handoff.contact_log import ContactEventKind as Kind
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.supervision.agent_log import Timeline, timelines
from handoff.supervision.contacts import Contact, LogRow, fold

_ABOUT_AGENTS = (Kind.PRESENCE, Kind.LIMIT)
_OPEN = (
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


@dataclass(frozen=True)
class Log:
    """Rows in order, and the contacts that they make."""

    rows: Sequence[LogRow]
    contacts: Sequence[Contact]

    @classmethod
    def of(cls, rows: Sequence[LogRow]) -> "Log":
        return cls(rows, fold(rows))

    def agents(self) -> dict[UUID, Timeline]:
        return self._timelines

    @cached_property
    def _timelines(self) -> dict[UUID, Timeline]:
        return timelines(self.rows, self.contacts)


async def read_log(session: AsyncSession, begin: datetime, end: datetime, *, with_open: bool) -> Log:
    """Everything about whoever appears between two moments; `with_open` adds contacts that are still open.

    Agents come with what they were when it began.
    """
    touched = select(ContactEvent.conversation_id).where(
        *_within(begin, end), ContactEvent.conversation_id.is_not(None)
    )
    wanted = [ContactEvent.conversation_id.in_(touched)]
    if with_open:
        wanted.append(ContactEvent.conversation_id.in_(select(Conversation.id).where(Conversation.status.in_(_OPEN))))
    of_agents = ContactEvent.kind.in_(_ABOUT_AGENTS) & ContactEvent.happened_at.between(begin, end)
    rows = await _rows(session, or_(*wanted, of_agents, ContactEvent.number.in_(_last_presence(begin))))
    return Log.of(rows)


async def rows_after(session: AsyncSession, number: int, begin: datetime) -> Sequence[LogRow]:
    """What has been logged since, of contacts and of what agents were."""
    concerns = ContactEvent.conversation_id.is_not(None) | ContactEvent.kind.in_(_ABOUT_AGENTS)
    return await _rows(session, (ContactEvent.number > number) & (ContactEvent.happened_at >= begin) & concerns)


async def rows_of(session: AsyncSession, conversation_ids: Collection[UUID]) -> Sequence[LogRow]:
    """All that was ever logged of some conversations."""
    return await _rows(session, ContactEvent.conversation_id.in_(conversation_ids))


async def _rows(session: AsyncSession, condition: ColumnElement[bool]) -> Sequence[LogRow]:
    found = await session.execute(select(*_COLUMNS).where(condition).order_by(ContactEvent.number))
    return cast("Sequence[LogRow]", found.all())


def _within(begin: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    return ContactEvent.happened_at >= begin, ContactEvent.happened_at < end


def _last_presence(before: datetime) -> Select[int]:
    earlier = select(func.max(ContactEvent.number))
    return earlier.where(ContactEvent.kind == Kind.PRESENCE, ContactEvent.happened_at < before).group_by(
        ContactEvent.agent_id
    )
