"""What a machine must not decide: it waits here for a person."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, JsonObject


class TaskKind(StrEnum):
    """Why a person is needed."""

    BILLING_PARKED = "billing_parked"
    DELIVERY_FAILED = "delivery_failed"
    AUDIT_UNDECIDED = "audit_undecided"
    LAW_MISSING = "law_missing"
    DISPUTE_OPENED = "dispute_opened"
    REFUND_REQUESTED = "refund_requested"
    CHARGE_LEFT_OUT = "charge_left_out"
    USAGE_REJECTED = "usage_rejected"
    CANCELLATION_STATED = "cancellation_stated"
    COMPLAINT_MADE = "complaint_made"


class HumanTask(Base):
    """One thing to look at; `key` is unique, so the same thing waits once. `facts` name rows and reasons, no prose."""

    __tablename__ = "human_task"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TaskKind]
    key: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"), index=True)
    facts: Mapped[JsonObject]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
