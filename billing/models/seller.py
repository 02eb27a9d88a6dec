"""The legal entity that issues invoices, and its number series."""

from sqlalchemy import CheckConstraint, ForeignKey, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base


class Seller(Base):
    """One company of the installation; it fixes country, currency, time zone and terms of payment."""

    __tablename__ = "seller"
    __table_args__ = (CheckConstraint("payment_term_days > 0", name="payment_term_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(String(2), unique=True)
    name: Mapped[str]
    legal_name: Mapped[str]
    currency: Mapped[str] = mapped_column(String(3))
    time_zone: Mapped[str]
    payment_term_days: Mapped[int]
    # Consumer prices include tax; of a seller to companies tax is added as lines of its own.
    prices_include_tax: Mapped[bool] = mapped_column(server_default=true())
    charges_late_interest: Mapped[bool] = mapped_column(server_default=false())
    street: Mapped[str] = mapped_column(server_default="")
    postal_code: Mapped[str] = mapped_column(server_default="")
    city: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str] = mapped_column(server_default="")
    vat_id: Mapped[str] = mapped_column(server_default="")
    iban: Mapped[str] = mapped_column(server_default="")
    bic: Mapped[str] = mapped_column(server_default="")


class InvoiceSeries(Base):
    """The last invoice number that a seller gave in a year. Changed only in the transaction that uses the numbers."""

    __tablename__ = "invoice_series"
    __table_args__ = (CheckConstraint("last_sequence >= 0", name="last_sequence_not_negative"),)

    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last_sequence: Mapped[int]
