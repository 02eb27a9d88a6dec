"""Which of the demo's customers has which story. Empty in an installation without demo data."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base


class DemoStoryRow(Base):
    """One customer that the demo shows; `position` is the order in which it shows them."""

    __tablename__ = "demo_story"

    story: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), unique=True)
    position: Mapped[int]
