"""The contacts that were answered last: how long they waited and took, and whether what they were told held."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, case, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.db import JsonObject
from handoff.contact_log import ContactEvent, ContactEventKind
from handoff.routing.estimate_fit import Follower
from handoff.routing.estimate_model import Model
from handoff.routing.models import EntryKind, QueueEntry

# What ends the time that an agent gives to one contact.
OVER: Final = (
    ContactEventKind.WRAP_UP_DONE,
    ContactEventKind.TRANSFERRED,
    ContactEventKind.RETURNED_TO_BOT,
    ContactEventKind.REQUEUED,
    ContactEventKind.CLOSED,
)
_CONTACTS: Final = 200
_DAYS: Final = timedelta(days=7)
_OF_EVENT: Final = (ContactEvent.entry_id, ContactEvent.kind, ContactEvent.happened_at, ContactEvent.details)
_Event = tuple[UUID | None, ContactEventKind, datetime, JsonObject]


@dataclass(frozen=True)
class Past:
    """One contact that was answered.

    `waited` is None for those who did not wait in line: they were called back, or put off until the opening. `handled`
    is None while it lasts, `exceeded` when no upper end was told, or when the wait was by appointment.
    """

    answered_at: datetime
    waited: float | None
    handled: float | None
    exceeded: bool | None = None


async def read_past(session: AsyncSession, language: str, now: datetime) -> list[Past]:
    """Return the last contacts in a language that were answered, the newest first."""
    stood_in_line = and_(QueueEntry.kind == EntryKind.LIVE, QueueEntry.not_before.is_(None))
    taken = (
        select(
            ContactEvent.entry_id,
            ContactEvent.conversation_id,
            ContactEvent.happened_at,
            case((stood_in_line, QueueEntry.entered_at)),
        )
        .join(QueueEntry, QueueEntry.id == ContactEvent.entry_id)
        .where(
            ContactEvent.kind == ContactEventKind.TAKEN,
            ContactEvent.language == language,
            ContactEvent.happened_at.between(now - _DAYS, now),
        )
        .order_by(ContactEvent.number.desc())
        .limit(_CONTACTS)
    )
    answered = (await session.execute(taken)).all()
    since = {entry_id: answered_at for entry_id, _, answered_at, _ in answered if entry_id}
    others = select(*_OF_EVENT).where(
        # By conversation, because that is what the log is indexed by.
        ContactEvent.conversation_id.in_([conversation_id for _, conversation_id, _, _ in answered]),
        ContactEvent.kind.in_((*OVER, ContactEventKind.ANNOUNCED)),
    )
    events = (await session.execute(others.order_by(ContactEvent.number))).all()
    ended, promised = _ends(events, since), _promises(events)
    return [
        Past(
            answered_at,
            max(0.0, (answered_at - entered_at).total_seconds()) if entered_at else None,
            (ended[entry_id] - answered_at).total_seconds() if entry_id in ended else None,
            answered_at > promised[entry_id] if entered_at and entry_id in promised else None,
        )
        for entry_id, _, answered_at, entered_at in answered
        if entry_id
    ]


def followed(model: Model, fitted_at: datetime | None, past: Sequence[Past]) -> Model:
    """Stretch the upper end by what has come true since the model learnt; `past` begins with the newest."""
    follower = Follower(model.stretch)
    for contact in reversed(past):
        if contact.exceeded is not None and (fitted_at is None or contact.answered_at > fitted_at):
            follower.learn(exceeded=contact.exceeded)
    return replace(model, stretch=follower.stretch)


def _ends(events: Sequence[_Event], since: dict[UUID, datetime]) -> dict[UUID, datetime]:
    """Return when the agent was through with each entry; an offer declined before had put it back in line as well."""
    ends: dict[UUID, datetime] = {}
    for entry_id, kind, happened_at, _ in events:
        if entry_id in since and kind in OVER and happened_at >= since[entry_id]:
            ends.setdefault(entry_id, happened_at)
    return ends


def _promises(events: Sequence[_Event]) -> dict[UUID, datetime]:
    """Return the moment by which each entry was told first that the wait would be over."""
    promises: dict[UUID, datetime] = {}
    for entry_id, kind, happened_at, details in events:
        upper = details.get("upper_seconds") if kind is ContactEventKind.ANNOUNCED else None
        if entry_id and isinstance(upper, int | float):
            promises.setdefault(entry_id, happened_at + timedelta(seconds=upper))
    return promises
