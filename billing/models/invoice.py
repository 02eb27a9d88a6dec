"""Issued invoices. The database refuses to change or delete any of these rows; paid or open follows from payments."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, JsonObject
from billing.issued import AppendOnly
from billing.rating.line import LineKind, ReasonCode


class Invoice(AppendOnly, Base):
    """A numbered demand for payment of one customer's period; numbers are gap-free per seller and year.

    The id of one that the billing run made follows from customer and period, so no period is billed twice. `parties` is
    who wrote to whom when it was issued (billing/parties.py); null: it was made elsewhere.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("seller_id", "year", "sequence"),
        CheckConstraint("period_end > period_start", name="period_ends_after_start"),
        CheckConstraint("total_minor >= 0", name="total_not_negative"),
        CheckConstraint("sequence > 0", name="sequence_positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    number: Mapped[str] = mapped_column(unique=True)
    year: Mapped[int]
    sequence: Mapped[int]
    period_start: Mapped[date]
    period_end: Mapped[date]
    issued_on: Mapped[date]
    due_on: Mapped[date]
    total_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[datetime]
    parties: Mapped[JsonObject | None]


class LineItem(AppendOnly, Base):
    """One row of an invoice. `amount_minor` includes tax; `cause` holds the facts that explain it."""

    __tablename__ = "line_item"
    __table_args__ = (UniqueConstraint("invoice_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"))
    position: Mapped[int]
    contract_id: Mapped[UUID | None] = mapped_column(ForeignKey("contract.id"), index=True)
    kind: Mapped[LineKind]
    reason_code: Mapped[ReasonCode]
    cause: Mapped[JsonObject]
    price_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("price_version.id"))
    period_start: Mapped[date]
    period_end: Mapped[date]
    quantity: Mapped[int]
    unit: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    tax_rate: Mapped[int]


class InvoiceTax(AppendOnly, Base):
    """The tax that an invoice's lines of one rate contain, rounded once for the document."""

    __tablename__ = "invoice_tax"
    __table_args__ = (CheckConstraint("gross_minor = net_minor + tax_minor", name="net_and_tax_are_gross"),)

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), primary_key=True)
    tax_rate: Mapped[int] = mapped_column(primary_key=True)
    gross_minor: Mapped[int]
    net_minor: Mapped[int]
    tax_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
