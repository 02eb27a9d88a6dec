"""Today's log as it was read so far: only what is new is read, and only its contacts are put together anew."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.supervision.contacts import Contact, LogRow, fold
from handoff.supervision.reading import Log, read_log, rows_after, rows_of

# A number is given before its transaction is over: so many of the last are read again, because one may have come late.
_READ_AGAIN: Final = 500
_number: Final = attrgetter("number")


class KeptLog:
    """Whoever uses it reads one after the other."""

    def __init__(self) -> None:
        self._forget(None)

    def _forget(self, begin: datetime | None) -> None:
        self._begin = begin
        self._rows: list[LogRow] = []
        self._known: set[int] = set()
        self._of: dict[UUID, list[LogRow]] = {}
        self._contacts: dict[UUID, list[Contact]] = {}

    async def read(self, session: AsyncSession, begin: datetime, end: datetime) -> Log:
        """The same as `read_log` of this day with all that is open."""
        if self._begin != begin:
            rows = (await read_log(session, begin, end, with_open=True)).rows
            self._forget(begin)
            self._add(rows)
        else:
            last = self._rows[-1].number if self._rows else 0
            lately = await rows_after(session, last - _READ_AGAIN, begin)
            fresh = [row for row in lately if row.number not in self._known]
            strangers = {row.conversation_id for row in fresh if row.conversation_id} - self._of.keys()
            self._add([*fresh, *(await rows_of(session, strangers) if strangers else ())])
        contacts = sorted(chain.from_iterable(self._contacts.values()), key=_number)
        return Log(list(self._rows), contacts)

    def _add(self, rows: Iterable[LogRow]) -> None:
        changed = set()
        for row in rows:
            if row.number in self._known:
                continue
            self._known.add(row.number)
            self._rows.append(row)
            if row.conversation_id is not None:
                self._of.setdefault(row.conversation_id, []).append(row)
                changed.add(row.conversation_id)
        self._rows.sort(key=_number)
        for conversation_id in changed:
            self._of[conversation_id].sort(key=_number)
            self._contacts[conversation_id] = fold(self._of[conversation_id])
