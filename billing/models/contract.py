"""What a customer has agreed to: a contract, its plans over time, its discounts and single charges."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, JsonObject
from billing.law import TaxCategory


class Contract(Base):
    """An agreement from `started_on` until before `ended_on`; `number` is what people call it by.

    `cancelled_on` is the day the notice arrived. `termination_fee_minor` is owed for an end before
    `minimum_term_until`, and for no other.
    """

    __tablename__ = "contract"
    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR ended_on > started_on", name="ends_after_start"),
        Index("uq_contract_number", "number", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    number: Mapped[str | None]
    cancelled_on: Mapped[date | None]
    minimum_term_until: Mapped[date | None]
    termination_fee_minor: Mapped[int | None]


class ContractPhase(Base):
    """The plan of a contract from `valid_from` until before `valid_to`; a plan change closes one and opens the next."""

    __tablename__ = "contract_phase"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="valid_to_after_from"),
        Index(
            "uq_contract_phase_one_open",
            "contract_id",
            unique=True,
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Discount(Base):
    """A reduction of the monthly base price, by share (`basis_points`) or by `amount_minor`; never below zero.

    `code` names the promotion that it comes from. One that is `exclusive` does not add up with others.
    """

    __tablename__ = "discount"
    __table_args__ = (
        CheckConstraint("(basis_points IS NULL) <> (amount_minor IS NULL)", name="share_or_amount"),
        CheckConstraint("basis_points BETWEEN 1 AND 10000", name="share_within_base"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="valid_to_after_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    name: Mapped[JsonObject]
    basis_points: Mapped[int | None]
    amount_minor: Mapped[int | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    code: Mapped[str | None]
    exclusive: Mapped[bool] = mapped_column(server_default=false())


class OneOffKind(StrEnum):
    """What a single charge is for; of a third party's the customer's order must be proven."""

    SERVICE = "service"
    THIRD_PARTY = "third_party"
    TERMINATION = "termination"


class OneOffCharge(Base):
    """A single charge, such as a technician's visit; `reference` is the work order that it was booked for.

    `proof_reference` names the customer's order of a third party's service.
    """

    __tablename__ = "one_off_charge"

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    name: Mapped[JsonObject]
    reference: Mapped[str]
    charged_on: Mapped[date]
    amount_minor: Mapped[int]
    kind: Mapped[OneOffKind] = mapped_column(server_default=OneOffKind.SERVICE)
    tax_category: Mapped[TaxCategory] = mapped_column(server_default=TaxCategory.STANDARD)
    proof_reference: Mapped[str | None]


class Outage(Base):
    """Days on which a contract got no service: from the report of the fault until before `ended_on`."""

    __tablename__ = "outage"
    __table_args__ = (CheckConstraint("ended_on IS NULL OR ended_on >= reported_on", name="ends_after_report"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    reference: Mapped[str] = mapped_column(unique=True)
    reported_on: Mapped[date]
    ended_on: Mapped[date | None]
