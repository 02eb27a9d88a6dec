"""What the company sells, and what it costs from when to when."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, Json, JsonObject
from billing.law import TaxCategory


class Plan(Base):
    """What can be agreed; `name` by language. Its prices live in PriceVersion.

    Plans of one `product` serve the same need, so one can stand in for another while it is offered.
    """

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[JsonObject]
    product: Mapped[str] = mapped_column(server_default="")
    offered_from: Mapped[date | None]
    offered_to: Mapped[date | None]
    switching_fee_minor: Mapped[int] = mapped_column(server_default="0")


class PriceVersion(Base):
    """A plan's prices in one country from `valid_from` until before `valid_to`; never edited once billed.

    `unit_price_micro` is millionths of the currency per unit beyond `included_quantity`; no unit: the plan is flat.
    `tiers` are later prices, `[{"from_quantity": 101, "unit_price_micro": 250000}]`, counted from the first unit that
    is charged. `world_unit_price_micro` is for units outside the EU, which no allowance covers. `notice_sent_on`: when
    customers were told.
    """

    __tablename__ = "price_version"
    __table_args__ = (
        CheckConstraint("base_minor >= 0", name="base_not_negative"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="valid_to_after_from"),
        CheckConstraint("(unit IS NULL) = (unit_price_micro IS NULL)", name="unit_has_price"),
        Index(
            "uq_price_version_one_open",
            "plan_id",
            "country",
            unique=True,
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    country: Mapped[str] = mapped_column(String(2))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    base_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    tax_category: Mapped[TaxCategory] = mapped_column(server_default=TaxCategory.STANDARD)
    unit: Mapped[str | None]
    included_quantity: Mapped[int]
    unit_price_micro: Mapped[int | None]
    tiers: Mapped[list[JsonObject] | None] = mapped_column(Json)
    world_unit_price_micro: Mapped[int | None]
    notice_sent_on: Mapped[date | None]
