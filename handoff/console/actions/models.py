"""The audit log of what agents did: who, for whom, what, how much, why, and who decided it. Append-only."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from billing.adjustments.adjustment import AdjustmentKind
from billing.db import Base, JsonObject, UtcDateTime
from billing.issued import AppendOnly
from handoff.columns import choice


class Ending(StrEnum):
    """What became of an action. One without an ending waits, or nobody has decided it in time."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class AgentAction(AppendOnly, Base):
    """One request of an agent. `asked` is the request as it came; `title` says what it is, by language.

    `expires_at` is set if it needs an approval; `limit_minor` is what the agent could give alone at that moment.
    """

    __tablename__ = "agent_action"
    __table_args__ = (
        Unique("id", "agent_id"),
        CheckConstraint("(amount_minor IS NULL) = (currency IS NULL)", name="amount_has_currency"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    request_id: Mapped[UUID] = mapped_column(unique=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), index=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.id"), index=True)
    kind: Mapped[AdjustmentKind] = mapped_column(choice(AdjustmentKind, "agent_action_kind"))
    asked: Mapped[JsonObject]
    title: Mapped[JsonObject]
    amount_minor: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    limit_minor: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AgentActionEnding(AppendOnly, Base):
    """How an action ended, once. Who asked for it never decides it. `reason` is a code: why it failed."""

    __tablename__ = "agent_action_ending"
    __table_args__ = (
        ForeignKeyConstraint(["action_id", "asked_by"], ["agent_action.id", "agent_action.agent_id"]),
        CheckConstraint("decided_by <> asked_by", name="decided_by_another"),
        CheckConstraint("ending = 'done' OR decided_by IS NOT NULL", name="somebody_decided"),
    )

    action_id: Mapped[UUID] = mapped_column(primary_key=True)
    asked_by: Mapped[UUID]
    ending: Mapped[Ending] = mapped_column(choice(Ending, "agent_action_ending"))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("agent.id"))
    note: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(String(40))
    document: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
