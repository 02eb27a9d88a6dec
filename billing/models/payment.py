"""Money that arrived."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base
from billing.issued import AppendOnly


class Payment(Base):
    """One receipt; `reference` is the bank's own key, so a statement read twice counts once.

    `invoice_id` is the invoice that the payer named, if any; what the money was used for says Allocation.
    """

    __tablename__ = "payment"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    invoice_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    received_on: Mapped[date]


class Allocation(AppendOnly, Base):
    """Money put to an invoice: from a payment or from a credit note of another invoice, exactly one of them."""

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("(payment_id IS NULL) <> (credit_note_id IS NULL)", name="one_source"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    credit_note_id: Mapped[UUID | None] = mapped_column(ForeignKey("credit_note.id"), index=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    amount_minor: Mapped[int]
    allocated_on: Mapped[date]


class RefundStatus(StrEnum):
    """`requested` waits for a person with authority; `sent` left the bank."""

    REQUESTED = "requested"
    SENT = "sent"
    REFUSED = "refused"


class Refund(Base):
    """Money that goes back to a customer, at most what they have in credit."""

    __tablename__ = "refund"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount_positive"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str]
    status: Mapped[RefundStatus]
    requested_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
