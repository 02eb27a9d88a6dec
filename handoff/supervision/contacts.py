"""Contacts as the log tells them: who asked for a person when, who served them, how it ended. Pure.

A contact begins when a person is asked for and keeps its age through every transfer, missed offer and lost agent, and
also when the customer goes back to the assistant and asks again soon.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from billing.db import JsonObject
from handoff.contact_log import ContactEventKind as Kind
from handoff.conversations.models import Channel
from handoff.routing.queue import PLACE_KEPT

Outcome = Literal["answered", "abandoned", "to_bot", "callback", "waiting"]


class LogRow(Protocol):
    """What the figures need of a row of the contact log."""

    @property
    def number(self) -> int: ...
    @property
    def happened_at(self) -> datetime: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def conversation_id(self) -> UUID | None: ...
    @property
    def entry_id(self) -> UUID | None: ...
    @property
    def agent_id(self) -> UUID | None: ...
    @property
    def queue(self) -> str | None: ...
    @property
    def language(self) -> str | None: ...
    @property
    def channel(self) -> Channel | None: ...
    @property
    def details(self) -> JsonObject: ...


@dataclass(slots=True)
class Wait:
    """One stretch in line; a contact that is transferred or loses its agent waits again."""

    began_at: datetime
    ended_at: datetime | None = None


@dataclass(slots=True)
class Handling:
    """One agent's work on a contact: the conversation, then the wrap-up."""

    agent_id: UUID | None
    taken_at: datetime
    talk_ended_at: datetime | None = None
    ended_at: datetime | None = None

    def end(self, at: datetime) -> None:
        self.talk_ended_at = self.talk_ended_at or at
        self.ended_at = self.ended_at or at


@dataclass(slots=True)
class Contact:
    """`number` is that of the event that began it; `queue` and `language` are those of the first request."""

    number: int
    conversation_id: UUID
    queue: str
    language: str
    channel: Channel
    requested_at: datetime
    entry_id: UUID | None = None
    queue_now: str = ""
    language_now: str = ""
    waits: list[Wait] = field(default_factory=list)
    handlings: list[Handling] = field(default_factory=list)
    offers: int = 0
    missed: int = 0
    declined: int = 0
    transfers: int = 0
    requeues: int = 0
    left_at: datetime | None = None
    left_why: str | None = None
    callback_asked_at: datetime | None = None
    put_off_at: datetime | None = None
    disposition: str | None = None

    @property
    def is_waiting(self) -> bool:
        return bool(self.waits) and self.waits[-1].ended_at is None

    @property
    def is_held(self) -> bool:
        """An agent talks with the customer now."""
        return bool(self.handlings) and self.handlings[-1].talk_ended_at is None

    @property
    def is_callback(self) -> bool:
        return self.callback_asked_at is not None

    @property
    def answered_at(self) -> datetime | None:
        return self.handlings[0].taken_at if self.handlings else None

    @property
    def outcome(self) -> Outcome:
        """Whoever asked to be called back is in no hurry any more and counts for itself."""
        if self.is_callback:
            return "callback"
        if self.handlings:
            return "answered"
        if self.left_at is None:
            return "waiting"
        return "to_bot" if self.left_why == "to_bot" else "abandoned"

    @property
    def re_offers(self) -> int:
        return max(0, self.offers - 1)

    def first_wait(self, now: datetime) -> float:
        """Seconds until somebody answered, we put the customer off, the customer left, or now."""
        ended_at = self.put_off_at or self.answered_at or self.left_at or now
        return seconds_between(self.requested_at, ended_at)


def seconds_between(begin: datetime, end: datetime) -> float:
    return max(0.0, (end - begin).total_seconds())


def fold(rows: Iterable[LogRow]) -> list[Contact]:
    """Put the rows, in the order of their numbers, together to contacts; the oldest begun comes first."""
    contacts: list[Contact] = []
    current: dict[UUID, Contact] = {}
    for row in rows:
        if row.conversation_id is None:
            continue
        before = current.get(row.conversation_id)
        contact = advance(before, row)
        if contact is not None and contact is not before:
            current[row.conversation_id] = contact
            contacts.append(contact)
    return contacts


def advance(contact: Contact | None, row: LogRow) -> Contact | None:
    """Let the row happen to the last contact of its conversation; return the one that is the last now."""
    if row.conversation_id is not None and _is_beginning(contact, row):
        if contact is not None:
            _end_handling(contact, row.happened_at)
        return _begin(row, row.conversation_id)
    if contact is not None and row.kind in _STEPS:
        _STEPS[row.kind](contact, row)
    return contact


def _is_beginning(contact: Contact | None, row: LogRow) -> bool:
    """A request, or a closed conversation that is brought back to a line: that has an entry of its own."""
    if row.kind is Kind.REQUESTED:
        return contact is None or (_is_over(contact) and not _comes_back(contact, row))
    return row.kind is Kind.REOPENED and contact is not None and contact.entry_id != row.entry_id


def _comes_back(contact: Contact, row: LogRow) -> bool:
    """Whoever asks again soon has the old place, and is the same contact."""
    return contact.left_at is not None and row.happened_at - contact.left_at <= PLACE_KEPT


def _begin(row: LogRow, conversation_id: UUID) -> Contact:
    contact = Contact(
        number=row.number,
        conversation_id=conversation_id,
        queue=row.queue or "",
        language=row.language or "",
        channel=row.channel or Channel.WEBCHAT,
        requested_at=row.happened_at,
        entry_id=row.entry_id,
        queue_now=row.queue or "",
        language_now=row.language or "",
    )
    contact.waits.append(Wait(row.happened_at))
    return contact


def _is_over(contact: Contact) -> bool:
    return not contact.is_waiting and all(handling.talk_ended_at for handling in contact.handlings)


def _open_handling(contact: Contact) -> Handling | None:
    last = contact.handlings[-1] if contact.handlings else None
    return last if last is not None and last.ended_at is None else None


def _end_handling(contact: Contact, at: datetime) -> None:
    handling = _open_handling(contact)
    if handling is not None:
        handling.end(at)


def _end_wait(contact: Contact, at: datetime) -> None:
    if contact.is_waiting:
        contact.waits[-1].ended_at = at


def _wait_again(contact: Contact, row: LogRow) -> None:
    """The same place in line, or, when an agent had it, a new stretch of waiting."""
    _end_handling(contact, row.happened_at)
    contact.queue_now, contact.language_now = row.queue or contact.queue_now, row.language or contact.language_now
    contact.entry_id = row.entry_id or contact.entry_id
    if not contact.is_waiting:
        contact.waits.append(Wait(row.happened_at))


def _asked_again(contact: Contact, row: LogRow) -> None:
    if contact.left_at is not None:
        contact.left_at, contact.left_why = None, None
        _wait_again(contact, row)


def _requeued(contact: Contact, row: LogRow) -> None:
    """Counted where an agent had it and it was not passed on; an offer that came to nothing counts as such."""
    contact.requeues += not contact.is_waiting
    _wait_again(contact, row)


def _transferred(contact: Contact, row: LogRow) -> None:
    contact.transfers += 1
    _wait_again(contact, row)


def _offered(contact: Contact, _row: LogRow) -> None:
    contact.offers += 1


def _declined(contact: Contact, _row: LogRow) -> None:
    contact.declined += 1


def _missed(contact: Contact, _row: LogRow) -> None:
    contact.missed += 1


def _taken(contact: Contact, row: LogRow) -> None:
    _end_wait(contact, row.happened_at)
    _end_handling(contact, row.happened_at)
    contact.entry_id = row.entry_id or contact.entry_id
    contact.handlings.append(Handling(row.agent_id, row.happened_at))


def _left(contact: Contact, row: LogRow) -> None:
    """Who closed the page is found to be gone a little later."""
    told = row.details.get("left_at")
    left_at = datetime.fromisoformat(told) if told else row.happened_at
    _end_wait(contact, left_at)
    contact.left_at, contact.left_why = left_at, str(row.details.get("why", "abandoned"))


def _wrap_up_begun(contact: Contact, row: LogRow) -> None:
    handling = _open_handling(contact)
    if handling is not None:
        handling.talk_ended_at = row.happened_at


def _wrap_up_done(contact: Contact, row: LogRow) -> None:
    _end_handling(contact, row.happened_at)
    contact.disposition = row.details.get("disposition") or contact.disposition


def _reopened(contact: Contact, row: LogRow) -> None:
    """The customer wrote on: the same agent's conversation goes on, from now if the work was done already."""
    handling = _open_handling(contact)
    if handling is not None:
        handling.talk_ended_at = None
    elif contact.handlings:
        contact.handlings.append(Handling(contact.handlings[-1].agent_id, row.happened_at))


def _ended(contact: Contact, row: LogRow) -> None:
    _end_handling(contact, row.happened_at)
    if contact.is_waiting:
        _left(contact, row)


def _callback_asked(contact: Contact, row: LogRow) -> None:
    if not contact.handlings:
        contact.callback_asked_at = row.happened_at
        # Closing time is no wish of the customer: who had waited too long by then was served too late.
        contact.put_off_at = row.happened_at if row.details.get("by") == "closing" else None


def _callback_ended(contact: Contact, row: LogRow) -> None:
    """Who wants to be called back no more and stands in line still waits like everybody."""
    if contact.is_waiting and row.details.get("how") in ("live", "cancelled"):
        contact.callback_asked_at = contact.put_off_at = None


_STEPS: dict[Kind, Callable[[Contact, LogRow], None]] = {
    Kind.REQUESTED: _asked_again,
    Kind.REQUEUED: _requeued,
    Kind.TRANSFERRED: _transferred,
    Kind.OFFERED: _offered,
    Kind.DECLINED: _declined,
    Kind.MISSED: _missed,
    Kind.TAKEN: _taken,
    Kind.LEFT: _left,
    Kind.WRAP_UP_BEGUN: _wrap_up_begun,
    Kind.WRAP_UP_DONE: _wrap_up_done,
    Kind.REOPENED: _reopened,
    Kind.RETURNED_TO_BOT: _ended,
    Kind.CLOSED: _ended,
    Kind.CALLBACK_ASKED: _callback_asked,
    Kind.CALLBACK_ENDED: _callback_ended,
}
