"""The table of wrap-ups."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, UtcDateTime

_OPEN = text("finished_at IS NULL")


class WrapUp(Base):
    """What an agent notes after a conversation. Until it is finished or `ends_at` it takes the conversation's room."""

    __tablename__ = "wrap_up"
    __table_args__ = (
        Index("uq_wrap_up_open", "conversation_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), index=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("queue_entry.id"))
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.id"), index=True)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disposition: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(Text)
