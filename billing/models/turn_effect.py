"""Results of the effects that turns had."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, JsonObject


class TurnEffect(Base):
    """The stored result of one effect of one turn; `ordinal` tells two effects of the same action apart."""

    __tablename__ = "turn_effect"
    __table_args__ = (UniqueConstraint("conversation_id", "seq", "action", "ordinal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID]
    seq: Mapped[int]
    action: Mapped[str]
    ordinal: Mapped[int]
    result: Mapped[JsonObject | None]
    created_at: Mapped[datetime]
