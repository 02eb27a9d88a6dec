"""What a customer used, as the meters and the network reported it."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base


class UsageRecord(Base):
    """Units used on a day; `event_id` is the source's own key, so a report that comes twice counts once."""

    __tablename__ = "usage_record"
    __table_args__ = (
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        Index("ix_usage_record_contract_id_used_on", "contract_id", "used_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(unique=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    used_on: Mapped[date]
    quantity: Mapped[int]
    unit: Mapped[str]
