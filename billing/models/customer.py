"""The person who pays."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base


class Customer(Base):
    """A consumer with one account.

    `phone` is the registered number: codes go there and nowhere else. `email` is where invoices go; None: on paper.
    """

    __tablename__ = "customer"
    __table_args__ = (
        CheckConstraint("length(number) = 8", name="number_has_8_digits"),
        CheckConstraint("language IN ('en', 'de', 'fi')", name="language_known"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"), index=True)
    number: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str]
    phone: Mapped[str]
    language: Mapped[str] = mapped_column(String(2))
    country: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[datetime]
    email: Mapped[str | None]
    street: Mapped[str] = mapped_column(server_default="")
    postal_code: Mapped[str] = mapped_column(server_default="")
    city: Mapped[str] = mapped_column(server_default="")
