"""Tables of a conversation: its messages, the buttons they offer, the bot's turns and its dialogue state."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, JsonObject, UtcDateTime
from handoff.columns import choice


class Channel(StrEnum):
    WEBCHAT = "webchat"
    SMS = "sms"
    VOICE = "voice"


class ConversationStatus(StrEnum):
    """Who answers: the bot, nobody yet, an agent, nobody any more."""

    WITH_BOT = "with_bot"
    QUEUED = "queued"
    OFFERED = "offered"
    ACTIVE = "active"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"


class Sender(StrEnum):
    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class MessageKind(StrEnum):
    """What a customer's message is to us; everybody else writes text."""

    TEXT = "text"
    BUTTON = "button"
    CODE = "code"
    HANDOFF = "handoff"


class TurnState(StrEnum):
    """Whether the bot owes an answer to this message."""

    NONE = "none"
    WAITING = "waiting"
    ANSWERED = "answered"


class Conversation(Base):
    """One customer contact on one channel, from the first message until it is closed.

    Its row is the lock of everything that belongs to it: who writes messages, turns or offers holds it.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        CheckConstraint("status NOT IN ('active', 'wrap_up') OR agent_id IS NOT NULL", name="active_has_agent"),
        Index("ix_conversation_status", "status", "agent_id"),
        Index(
            "uq_conversation_open_sms_address",
            "address",
            unique=True,
            sqlite_where=text("channel = 'sms' AND status <> 'closed'"),
            postgresql_where=text("channel = 'sms' AND status <> 'closed'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    status: Mapped[ConversationStatus] = mapped_column(choice(ConversationStatus, "conversation_status"))
    channel: Mapped[Channel] = mapped_column(choice(Channel, "channel"))
    address: Mapped[str | None] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(2))
    language_chosen: Mapped[bool] = mapped_column(default=False)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent.id"), index=True)
    last_seq: Mapped[int] = mapped_column(default=0)
    customer_seen_seq: Mapped[int] = mapped_column(default=0)
    agent_seen_seq: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Message(Base):
    """One thing said. `seq` has no gaps; `text` is redacted before it is stored, and the original is not kept."""

    __tablename__ = "message"
    __table_args__ = (
        Unique("conversation_id", "sender", "client_msg_id"),
        CheckConstraint("turn = 'none' OR sender = 'customer'", name="only_customers_have_turns"),
        Index(
            "ix_message_waiting",
            "conversation_id",
            "seq",
            sqlite_where=text("turn = 'waiting'"),
            postgresql_where=text("turn = 'waiting'"),
        ),
    )

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sender: Mapped[Sender] = mapped_column(choice(Sender, "sender"))
    kind: Mapped[MessageKind] = mapped_column(choice(MessageKind, "kind"), default=MessageKind.TEXT)
    text: Mapped[str] = mapped_column(Text)
    card: Mapped[JsonObject | None]
    intent: Mapped[JsonObject | None]
    client_msg_id: Mapped[str | None] = mapped_column(String(100))
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent.id"))
    turn: Mapped[TurnState] = mapped_column(choice(TurnState, "turn"), default=TurnState.NONE)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Button(Base):
    """A choice offered with a message. The customer sends back its id and never sees the payload."""

    __tablename__ = "message_button"
    __table_args__ = (
        ForeignKeyConstraint(["conversation_id", "seq"], ["message.conversation_id", "message.seq"]),
        Unique("conversation_id", "seq", "ordinal"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[UUID]
    seq: Mapped[int]
    ordinal: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    payload: Mapped[JsonObject] = mapped_column()


class DialogueState(Base):
    """What the bot remembers of the conversation; only a turn that saw `version` may replace it."""

    __tablename__ = "dialogue_state"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    state: Mapped[JsonObject | None]


class TurnOutcome(StrEnum):
    ANSWERED = "answered"
    FAILED = "failed"


class Turn(Base):
    """What the bot made of one customer message: the agent reads here what was tried before."""

    __tablename__ = "turn"
    __table_args__ = (ForeignKeyConstraint(["conversation_id", "seq"], ["message.conversation_id", "message.seq"]),)

    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    outcome: Mapped[TurnOutcome] = mapped_column(choice(TurnOutcome, "outcome"))
    intent: Mapped[str | None] = mapped_column(String(100))
    confidence_percent: Mapped[int | None]
    card_type: Mapped[str | None] = mapped_column(String(40))
    handed_off: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
