"""Credit notes: what corrects an issued invoice. The database refuses to change or delete any of these rows."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, JsonObject
from billing.issued import AppendOnly


class CreditReason(StrEnum):
    """Why an invoice is corrected. CORRECTION: it was wrong. The others were agreed."""

    CORRECTION = "correction"
    CANCELLATION = "cancellation"
    PLAN_CHANGE = "plan_change"
    DISPUTE = "dispute"
    COMPENSATION = "compensation"
    GOODWILL = "goodwill"


class CreditNoteSeries(Base):
    """The last credit note number that a seller gave in a year."""

    __tablename__ = "credit_note_series"

    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last_sequence: Mapped[int]


class CreditNote(AppendOnly, Base):
    """A numbered correction of one invoice; of all its notes the sum never exceeds the invoice.

    It lowers what is open of its invoice. `to_credit_minor` is the part that was paid already: the customer's credit.
    `parties` as on an invoice.
    """

    __tablename__ = "credit_note"
    __table_args__ = (
        UniqueConstraint("seller_id", "year", "sequence"),
        CheckConstraint("total_minor > 0", name="total_positive"),
        CheckConstraint("to_credit_minor BETWEEN 0 AND total_minor", name="to_credit_within_total"),
        CheckConstraint("sequence > 0", name="sequence_positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    number: Mapped[str] = mapped_column(unique=True)
    year: Mapped[int]
    sequence: Mapped[int]
    reason: Mapped[CreditReason]
    issued_on: Mapped[date]
    total_minor: Mapped[int]
    to_credit_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[datetime]
    parties: Mapped[JsonObject | None]


class CreditNoteLine(AppendOnly, Base):
    """What is taken back of one line item, with that item's sign. `finding` is the audit's key: paid once.

    Where prices include tax so does the amount; else the tax that is taken back has a line of its own.
    """

    __tablename__ = "credit_note_line"
    __table_args__ = (UniqueConstraint("credit_note_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    credit_note_id: Mapped[UUID] = mapped_column(ForeignKey("credit_note.id"))
    position: Mapped[int]
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_item.id"), index=True)
    amount_minor: Mapped[int]
    tax_rate: Mapped[int]
    finding: Mapped[str | None] = mapped_column(unique=True)


class CreditNoteTax(AppendOnly, Base):
    """The tax that a credit note's lines of one rate contain, rounded once for the document."""

    __tablename__ = "credit_note_tax"
    __table_args__ = (CheckConstraint("gross_minor = net_minor + tax_minor", name="net_and_tax_are_gross"),)

    credit_note_id: Mapped[UUID] = mapped_column(ForeignKey("credit_note.id"), primary_key=True)
    tax_rate: Mapped[int] = mapped_column(primary_key=True)
    gross_minor: Mapped[int]
    net_minor: Mapped[int]
    tax_minor: Mapped[int]
