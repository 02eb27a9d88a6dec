"""Tables of the queue and of the offers made from it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, JsonObject, UtcDateTime
from handoff.columns import choice
from handoff.conversations.models import Channel


class EntryStatus(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    LEFT = "left"


class EntryKind(StrEnum):
    """Whether the customer is there now or is called back; both stand in one line."""

    LIVE = "live"
    CALLBACK = "callback"


class OfferStatus(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


_OPEN_ENTRY = text("status IN ('waiting', 'offered')")
_PENDING = text("status = 'pending'")


class QueueEntry(Base):
    """One conversation waiting for a person.

    `requested_at` is set once: nothing makes a customer younger. A transfer or a lost agent makes a new entry with the
    first one's `requested_at`. Before `not_before` (a callback's slot or next try) the entry is not offered to anybody.
    `priority` 1 is the most urgent. `announced_bucket` is the range of minutes that the customer was told last.
    `channel` is how the customer is to be served: a promised call is one by voice, wherever it was asked for.
    `gone_at`: since then the customer is not there, so that the entry was ended or made a callback.
    """

    __tablename__ = "queue_entry"
    __table_args__ = (
        CheckConstraint("priority BETWEEN 1 AND 5", name="priority_is_known"),
        Index(
            "uq_queue_entry_open",
            "conversation_id",
            unique=True,
            sqlite_where=_OPEN_ENTRY,
            postgresql_where=_OPEN_ENTRY,
        ),
        Index("ix_queue_entry_status", "status", "requested_at", "id"),
        Index("ix_queue_entry_kind", "status", "queue", "language", "channel", "priority", "requested_at", "id"),
        Index("ix_queue_entry_entered_at", "entered_at"),
        Index("ix_queue_entry_channel", "channel", "requested_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), index=True)
    status: Mapped[EntryStatus] = mapped_column(choice(EntryStatus, "entry_status"))
    language: Mapped[str] = mapped_column(String(2))
    queue: Mapped[str] = mapped_column(String(40))
    topic: Mapped[str] = mapped_column(String(40))
    channel: Mapped[Channel] = mapped_column(choice(Channel, "entry_channel"))
    kind: Mapped[EntryKind] = mapped_column(choice(EntryKind, "entry_kind"), default=EntryKind.LIVE)
    priority: Mapped[int] = mapped_column(default=3)
    sticky_agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent.id"))
    reason: Mapped[str] = mapped_column(String(40))
    requested_seq: Mapped[int]
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    announced_position: Mapped[int]
    announced_bucket: Mapped[str | None] = mapped_column(String(20))
    announced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    raised_in_row: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Offer(Base):
    """One conversation presented to one agent, who has until `expires_at` to take it."""

    __tablename__ = "offer"
    __table_args__ = (
        Index(
            "uq_offer_pending_conversation",
            "conversation_id",
            unique=True,
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
        Index("uq_offer_pending_agent", "agent_id", unique=True, sqlite_where=_PENDING, postgresql_where=_PENDING),
        Index("ix_offer_status", "status", "expires_at"),
        Index("ix_offer_agent_id", "agent_id", "status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("queue_entry.id"), index=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.id"))
    status: Mapped[OfferStatus] = mapped_column(choice(OfferStatus, "offer_status"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EstimateModel(Base):
    """What the wait estimate has learnt from past contacts; the newest row counts."""

    __tablename__ = "estimate_model"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    fitted_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    contacts: Mapped[int]
    parameters: Mapped[JsonObject]
