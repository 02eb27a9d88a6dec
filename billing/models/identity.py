"""Proof of who a customer is: challenges, the caps on them, and what was proven."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base


class VerificationLevel(StrEnum):
    """How much was proven; VERIFIED opens the bill."""

    VERIFIED = "verified"


class VerificationMethod(StrEnum):
    """By what it was proven."""

    SMS_CODE = "sms_code"


class GuardScope(StrEnum):
    """Whose wrong codes a guard counts."""

    CONVERSATION = "conversation"
    CUSTOMER = "customer"


class Challenge(Base):
    """A code that a conversation was asked for; the newest of a conversation counts.

    `subject` stands for the customer number that was given, known or not, so that caps treat both alike. An unknown
    number has no `customer_id`, and nothing verifies it. `withheld`: a cap was reached and no code went out.
    """

    __tablename__ = "challenge"
    __table_args__ = (
        Index("ix_challenge_conversation_id_id", "conversation_id", "id"),
        Index("ix_challenge_subject_created_at", "subject", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID]
    subject: Mapped[str]
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"))
    code_hash: Mapped[str]
    withheld: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class CodeGuard(Base):
    """Wrong codes in a row of one conversation or one customer number, and the lock that follows."""

    __tablename__ = "code_guard"
    __table_args__ = (
        UniqueConstraint("scope", "subject"),
        CheckConstraint("wrong_codes >= 0", name="wrong_codes_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[GuardScope]
    subject: Mapped[str]
    wrong_codes: Mapped[int]
    last_wrong_at: Mapped[datetime | None]
    locked_until: Mapped[datetime | None]


class Verification(Base):
    """A customer proven in one conversation until `expires_at`; read again inside every sensitive transaction."""

    __tablename__ = "verification"
    __table_args__ = (Index("ix_verification_conversation_id_expires_at", "conversation_id", "expires_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    level: Mapped[VerificationLevel]
    method: Mapped[VerificationMethod]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
