"""Reminders of unpaid invoices, and agreements to pay later or in parts."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base
from billing.issued import AppendOnly


class DunningKind(StrEnum):
    """From the friendliest to the last before the service stops."""

    REMINDER = "reminder"
    PAYMENT_DEMAND = "payment_demand"
    CUT_OFF_WARNING = "cut_off_warning"


class DunningStep(AppendOnly, Base):
    """One letter about one invoice. `law` names the rule and its version that allowed the fee."""

    __tablename__ = "dunning_step"
    __table_args__ = (
        UniqueConstraint("invoice_id", "position"),
        CheckConstraint("fee_minor >= 0", name="fee_not_negative"),
        CheckConstraint("position > 0", name="position_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    position: Mapped[int]
    kind: Mapped[DunningKind]
    sent_on: Mapped[date]
    claimed_minor: Mapped[int]
    fee_minor: Mapped[int]
    law: Mapped[str]


class ArrangementKind(StrEnum):
    EXTENSION = "extension"
    INSTALMENTS = "instalments"


class ArrangementStatus(StrEnum):
    """While `active` the invoice is not reminded of."""

    ACTIVE = "active"
    KEPT = "kept"
    BROKEN = "broken"
    CANCELLED = "cancelled"


class Arrangement(Base):
    """An agreement on one invoice: all of it later, or in parts."""

    __tablename__ = "arrangement"
    __table_args__ = (CheckConstraint("fee_minor >= 0", name="fee_not_negative"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    kind: Mapped[ArrangementKind]
    status: Mapped[ArrangementStatus]
    fee_minor: Mapped[int]
    agreed_at: Mapped[datetime]


class Instalment(Base):
    """One part of an arrangement; an extension has one, for the whole open amount."""

    __tablename__ = "instalment"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount_positive"),)

    arrangement_id: Mapped[UUID] = mapped_column(ForeignKey("arrangement.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    amount_minor: Mapped[int]
