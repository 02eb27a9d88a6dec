"""The contacts of some days as CSV: one line a contact, documented columns, no words of customers.

Columns: contact, conversation_id, queue, language, channel, requested_at, outcome, answered_at, wait_seconds,
promise_seconds, within_promise, offers, missed, declined, transfers, requeues, agents, talk_seconds, wrap_up_seconds,
disposition. Times are UTC in ISO 8601; what does not exist is empty. `agents` are names in the order of service.
"""

import csv
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from handoff.db import Sessions, reading
from handoff.routing.queues import Queues
from handoff.supervision.contacts import Contact
from handoff.supervision.day import Day, day_of
from handoff.supervision.metrics import PromiseOf, is_met, promise_seconds, talk_seconds, wrap_up_seconds
from handoff.supervision.people import list_people
from handoff.supervision.reading import read_day
from handoff.supervision.snapshot import home_zone, names_of

COLUMNS: Final = (
    "contact",
    "conversation_id",
    "queue",
    "language",
    "channel",
    "requested_at",
    "outcome",
    "answered_at",
    "wait_seconds",
    "promise_seconds",
    "within_promise",
    "offers",
    "missed",
    "declined",
    "transfers",
    "requeues",
    "agents",
    "talk_seconds",
    "wrap_up_seconds",
    "disposition",
)
LONGEST_DAYS: Final = 366
# A spreadsheet takes a cell that begins with one of these for a formula; the apostrophe makes it text.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")

Cell = str | int | None


async def stream_csv(sessions: Sessions, queues: Queues, first: date, last: date, now: datetime) -> AsyncIterator[str]:
    """The heading, then day by day, so that no more than a day is ever held."""
    yield _lines([COLUMNS])
    zone, promise_of = home_zone(queues), promise_seconds(queues)
    day = first
    while day <= last:
        yield _lines(await _read_day(sessions, day, zone, promise_of, now))
        day += timedelta(days=1)


async def _read_day(
    sessions: Sessions, wanted: date, zone: ZoneInfo, promise_of: PromiseOf, now: datetime
) -> list[tuple[Cell, ...]]:
    day: Day = day_of(wanted, zone)
    async with reading(sessions) as session:
        log = await read_day(session, day, promise_of)
        names = names_of(await list_people(session, now))
    return [csv_row(contact, promise_of(contact), names, now) for contact in log.today]


def csv_row(contact: Contact, promise: int | None, names: Mapping[UUID, str], now: datetime) -> tuple[Cell, ...]:
    agents = [names.get(piece.agent_id, "") for piece in contact.handlings if piece.agent_id]
    return (
        contact.number,
        str(contact.conversation_id),
        contact.queue,
        contact.language,
        contact.channel.value,
        contact.requested_at.isoformat(),
        contact.outcome,
        contact.answered_at.isoformat() if contact.answered_at else None,
        round(contact.first_wait(now)),
        promise,
        int(is_met(contact, promise, now)),
        contact.offers,
        contact.missed,
        contact.declined,
        contact.transfers,
        contact.requeues,
        "; ".join(agents),
        round(sum(talk_seconds(piece, now) for piece in contact.handlings)),
        round(sum(wrap_up_seconds(piece, now) for piece in contact.handlings)),
        contact.disposition,
    )


def safe_cell(value: Cell) -> Cell:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def _lines(rows: Sequence[Sequence[Cell]]) -> str:
    text = StringIO()
    csv.writer(text).writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue()
