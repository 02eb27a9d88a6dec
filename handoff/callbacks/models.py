"""The table of callbacks."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, UtcDateTime
from handoff.columns import choice


class CallbackStatus(StrEnum):
    WAITING = "waiting"  # in line, or until its slot or next try
    CALLING = "calling"  # an agent has it and the customer is being reached
    DONE = "done"
    FAILED = "failed"  # the last try was not answered either: a person decides
    CANCELLED = "cancelled"  # the customer came back live, or wants it no more


class CallbackWay(StrEnum):
    CALL = "call"
    MESSAGE = "message"  # we write where the customer wrote: chat or SMS


_OPEN = text("status IN ('waiting', 'calling')")


class Callback(Base):
    """The promise to reach a customer. Its entry in the queue holds the place, with the time of the first request.

    `attempts` counts the tries that nobody answered and that are followed by another.
    """

    __tablename__ = "callback"
    __table_args__ = (
        CheckConstraint("attempts BETWEEN 0 AND 3", name="attempts_are_few"),
        CheckConstraint("way <> 'call' OR phone IS NOT NULL", name="call_has_phone"),
        Index("uq_callback_open", "conversation_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_callback_status", "status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("queue_entry.id"), index=True)
    status: Mapped[CallbackStatus] = mapped_column(choice(CallbackStatus, "callback_status"))
    way: Mapped[CallbackWay] = mapped_column(choice(CallbackWay, "callback_way"))
    phone: Mapped[str | None] = mapped_column(String(80))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    slot_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    slot_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
