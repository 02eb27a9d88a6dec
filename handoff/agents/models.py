"""Tables of agents with their skills, their server-side sessions and the attempts to sign in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, UtcDateTime
from handoff.columns import choice

DEFAULT_CAPACITY = 3
GREATEST_CAPACITY = 20


class Presence(StrEnum):
    """What the agent told us; whether there is room for one more follows from the conversations held."""

    OFFLINE = "offline"
    AVAILABLE = "available"
    AWAY = "away"


class PresenceReason(StrEnum):
    """Why the presence is what it is: the agent's own choice, two missed offers, or no sign of life."""

    CHOSEN = "chosen"
    MISSED = "missed"
    LOST = "lost"


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"


class Agent(Base):
    """A person of the contact centre; `capacity` is how many chats they may hold at once.

    `seen_at` is the last sign of life of an open console; until `reachable_until` a phone that answers push messages
    stands in for it. `missed_in_row` counts offers that ran out since the last
    one that was answered.
    """

    __tablename__ = "agent"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        CheckConstraint("capacity > 0", name="capacity_is_positive"),
        CheckConstraint("capacity <= 20", name="capacity_is_humane"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    language: Mapped[str] = mapped_column(String(2))
    password_hash: Mapped[str] = mapped_column(String(200))
    capacity: Mapped[int] = mapped_column(default=DEFAULT_CAPACITY)
    presence: Mapped[Presence] = mapped_column(choice(Presence, "presence"), default=Presence.OFFLINE)
    presence_since: Mapped[datetime] = mapped_column(UtcDateTime)
    presence_reason: Mapped[PresenceReason] = mapped_column(
        choice(PresenceReason, "presence_reason"), default=PresenceReason.CHOSEN
    )
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reachable_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    missed_in_row: Mapped[int] = mapped_column(default=0)
    role: Mapped[Role] = mapped_column(choice(Role, "role"), default=Role.AGENT)
    last_offer_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AgentSkill(Base):
    """What an agent can do: "language:de", "topic:payments", or any word that queues.yml asks for."""

    __tablename__ = "agent_skill"

    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.id"), primary_key=True)
    skill: Mapped[str] = mapped_column(String(60), primary_key=True)


class AgentSession(Base):
    """One signed-in browser. Only the hash of its token is kept."""

    __tablename__ = "agent_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LoginAttempt(Base):
    """One try to sign in, counted against the e-mail address and the network address; both are hashed."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index("ix_login_attempt_counted", "email_hash", "tried_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email_hash: Mapped[str] = mapped_column(String(64))
    address_hash: Mapped[str] = mapped_column(String(64), index=True)
    tried_at: Mapped[datetime] = mapped_column(UtcDateTime)
    succeeded: Mapped[bool] = mapped_column(default=False)
