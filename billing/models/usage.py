"""What a customer used, as the meters and the network reported it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, JsonObject
from billing.rating.kinds import UsageZone

__all__ = ["UsageRecord", "UsageRejection", "UsageZone"]


class UsageRecord(Base):
    """Units used on a day; `event_id` is the source's own key, so a report that comes twice counts once.

    One that was received after the bill of its period was made is billed with the next one.
    """

    __tablename__ = "usage_record"
    __table_args__ = (
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        Index("ix_usage_record_contract_id_used_on", "contract_id", "used_on"),
        Index("ix_usage_record_contract_id_received_at", "contract_id", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(unique=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    used_on: Mapped[date]
    quantity: Mapped[int]
    unit: Mapped[str]
    zone: Mapped[UsageZone] = mapped_column(server_default=UsageZone.HOME)
    received_at: Mapped[datetime | None]


class UsageRejection(Base):
    """A report of usage that was not taken in: what came, as text, and why it waits for a person."""

    __tablename__ = "usage_rejection"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(unique=True)
    report: Mapped[JsonObject]
    reason: Mapped[str]
    received_at: Mapped[datetime]
