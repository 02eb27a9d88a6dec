"""A customer contests part of an invoice."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base


class DisputeStatus(StrEnum):
    """`open` until a person looks, then `under_review`; the rest is how it ended."""

    OPEN = "open"
    UNDER_REVIEW = "under_review"
    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Dispute(Base):
    """One objection. `late`: it came after the statutory time and is passed on all the same.

    `answer_by` is the last day on which the company must have proven the charge.
    """

    __tablename__ = "dispute"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    status: Mapped[DisputeStatus]
    reason: Mapped[str]
    late: Mapped[bool]
    opened_at: Mapped[datetime]
    answer_by: Mapped[date]
    closed_at: Mapped[datetime | None]


class DisputedLine(Base):
    """How much of one line item is contested."""

    __tablename__ = "disputed_line"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount_positive"),)

    dispute_id: Mapped[UUID] = mapped_column(ForeignKey("dispute.id"), primary_key=True)
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_item.id"), primary_key=True)
    amount_minor: Mapped[int]
