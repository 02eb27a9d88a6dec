"""The double-entry journal: append-only, every transaction sums to zero, balances are sums over it."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base
from billing.issued import AppendOnly


class LedgerAccount(StrEnum):
    """Debits are positive. What a customer owes is RECEIVABLE; what they have paid too much is CUSTOMER_CREDIT."""

    RECEIVABLE = "receivable"
    CUSTOMER_CREDIT = "customer_credit"
    BANK = "bank"
    REVENUE = "revenue"
    TAX_PAYABLE = "tax_payable"
    REFUNDS_PAYABLE = "refunds_payable"


class TransactionKind(StrEnum):
    """What happened; with `document` it is unique, so nothing is booked twice."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    ALLOCATION = "allocation"
    REFUND = "refund"
    REFUND_SENT = "refund_sent"
    REFUND_REFUSED = "refund_refused"


class JournalTransaction(AppendOnly, Base):
    """One event of a customer's account; `document` is the key of the row it was made for."""

    __tablename__ = "journal_transaction"
    __table_args__ = (UniqueConstraint("kind", "document"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    kind: Mapped[TransactionKind]
    document: Mapped[str]
    booked_on: Mapped[date]
    created_at: Mapped[datetime]


class JournalEntry(AppendOnly, Base):
    """One side of a transaction."""

    __tablename__ = "journal_entry"
    __table_args__ = (CheckConstraint("amount_minor <> 0", name="amount_not_zero"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("journal_transaction.id"), index=True)
    account: Mapped[LedgerAccount]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
