"""Tables of the phones that push messages reach, and of what was sent to them."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, UtcDateTime


class PushDevice(Base):
    """A browser in which an agent asked to be reached when its page sleeps.

    `works_until` moves on with every push that the browser says it has received; empty when one went unanswered.
    """

    __tablename__ = "push_device"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.id"), index=True)
    endpoint: Mapped[str] = mapped_column(String(1000), unique=True)
    public_key: Mapped[str] = mapped_column(String(100))
    auth_secret: Mapped[str] = mapped_column(String(40))
    works_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PushMessage(Base):
    """One message to one device; `subject` says what about, so that nothing is sent twice."""

    __tablename__ = "push_message"
    __table_args__ = (UniqueConstraint("device_id", "subject"), Index("ix_push_message_sent_at", "sent_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("push_device.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(100))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_lost: Mapped[bool] = mapped_column(default=False)
