"""Messages waiting to be sent: texts to phones, letters to e-mail addresses."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, JsonObject


class OutboxStatus(StrEnum):
    """`sending` carries a lease in `due_at`; when it runs out another sender may take the message."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class OutboxMessage(Base):
    """One message to one phone (`sms`) or address (`email`).

    `sensitive` bodies (codes) are never shown outside the phone they go to. An e-mail has a `subject` and may name the
    document to send with it, `{"document": "invoice", "id": …}`, which is made when it is sent.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_status_due_at", "status", "due_at"),
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_has_instant"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(default="sms")
    recipient: Mapped[str]
    subject: Mapped[str | None]
    body: Mapped[str]
    attachment: Mapped[JsonObject | None]
    sensitive: Mapped[bool]
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    status: Mapped[OutboxStatus]
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    provider_sid: Mapped[str | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
