"""The table of alarms."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, JsonObject, UtcDateTime
from handoff.columns import choice


class AlarmKind(StrEnum):
    SLA_BROKEN = "sla_broken"  # a customer waited longer than the queue promises
    SWEEP_HIT = "sweep_hit"  # the safety sweep found what an event should have
    AGENT_LOST = "agent_lost"
    CALLBACK_FAILED = "callback_failed"
    UNANSWERED = "unanswered"  # an agent has the customer, and has said nothing for as long as the queue promises


_OPEN_OF_ENTRY = text("ended_at IS NULL AND entry_id IS NOT NULL")


class Alarm(Base):
    """Something that a supervisor should see. One open alarm of a kind per entry."""

    __tablename__ = "alarm"
    __table_args__ = (
        Index(
            "uq_alarm_open",
            "kind",
            "entry_id",
            unique=True,
            sqlite_where=_OPEN_OF_ENTRY,
            postgresql_where=_OPEN_OF_ENTRY,
        ),
        Index("ix_alarm_entry_id", "entry_id", "kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[AlarmKind] = mapped_column(choice(AlarmKind, "alarm_kind"))
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("queue_entry.id"))
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent.id"))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    details: Mapped[JsonObject]
