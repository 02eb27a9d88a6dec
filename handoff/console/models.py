"""Tables of what agents keep beside a conversation; customers never see it."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, UtcDateTime


class ConversationNote(Base):
    """An agent's note. `after_seq` is the last message that stood when it was written."""

    __tablename__ = "conversation_note"
    __table_args__ = (UniqueConstraint("conversation_id", "agent_id", "client_note_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), index=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.id"))
    client_note_id: Mapped[str] = mapped_column(String(100))
    after_seq: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Attachment(Base):
    """A file sent in a conversation; the bytes lie in var/attachments under `sha256`."""

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("conversation_id", "client_file_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), index=True)
    client_file_id: Mapped[str] = mapped_column(String(100))
    seq: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
