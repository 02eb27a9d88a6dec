"""The contact log: what happened to contacts and agents, append-only. Every figure of the board follows from it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, JsonObject, UtcDateTime
from handoff.columns import choice
from handoff.conversations.models import Channel
from handoff.routing.models import QueueEntry


class ContactEventKind(StrEnum):
    REQUESTED = "requested"  # a person was asked for; a new entry stands in line
    REQUEUED = "requeued"  # back in line with the old age: declined, missed, withdrawn, agent lost
    OFFERED = "offered"
    DECLINED = "declined"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"
    TAKEN = "taken"  # an agent has it: accepted, taken by hand, assigned; details.how
    LEFT = "left"  # the customer waits no longer; details.why: abandoned, to_bot, closed
    TRANSFERRED = "transferred"
    RETURNED_TO_BOT = "returned_to_bot"
    REOPENED = "reopened"
    WRAP_UP_BEGUN = "wrap_up_begun"
    WRAP_UP_DONE = "wrap_up_done"  # details.disposition
    CLOSED = "closed"
    ANNOUNCED = "announced"  # a wait was told; details.bucket, details.upper_seconds
    CALLBACK_ASKED = "callback_asked"
    CALLBACK_TRIED = "callback_tried"
    CALLBACK_ENDED = "callback_ended"  # details.how: done, failed, cancelled, live
    PRESENCE = "presence"  # an agent's presence; details.presence, details.reason
    LIMIT = "limit"  # an agent's capacity; details.capacity
    ALARM = "alarm"  # details.kind


class ContactEvent(Base):
    """One thing that happened. `number` orders events; `details` holds codes and figures, never text of people."""

    __tablename__ = "contact_event"
    __table_args__ = (
        Index("ix_contact_event_happened_at", "happened_at"),
        Index("ix_contact_event_kind", "kind", "language", "number"),
    )

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[ContactEventKind] = mapped_column(choice(ContactEventKind, "contact_event_kind"))
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    entry_id: Mapped[UUID | None]
    agent_id: Mapped[UUID | None]
    queue: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str | None] = mapped_column(String(2))
    channel: Mapped[Channel | None] = mapped_column(choice(Channel, "contact_event_channel"))
    details: Mapped[JsonObject]


def record(
    session: AsyncSession,
    kind: ContactEventKind,
    now: datetime,
    *,
    subject: QueueEntry | None = None,
    agent_id: UUID | None = None,
    **details: object,
) -> None:
    """Add an event to this transaction; `subject` is the queue entry that it is about."""
    session.add(
        ContactEvent(
            happened_at=now,
            kind=kind,
            conversation_id=subject.conversation_id if subject else None,
            entry_id=subject.id if subject else None,
            agent_id=agent_id,
            queue=subject.queue if subject else None,
            language=subject.language if subject else None,
            channel=subject.channel if subject else None,
            details=details,
        )
    )
