"""Agents, conversations with their messages and turns, the queue with its offers, and numbered events."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = (
    "offer",
    "queue_entry",
    "turn",
    "dialogue_state",
    "message_button",
    "message",
    "conversation",
    "stream_event",
    "event_stream",
    "login_attempt",
    "agent_session",
    "agent",
)


def upgrade() -> None:
    _create_agents()
    _create_events()
    _create_conversations()
    _create_messages()
    _create_buttons()
    _create_turns()
    _create_queue_entries()
    _create_offers()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _create_agents() -> None:
    op.create_table(
        "agent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("presence", _choice("presence", "offline", "available", "away"), nullable=False),
        sa.Column("presence_since", INSTANT, nullable=False),
        sa.Column("last_offer_at", INSTANT, nullable=True),
        sa.CheckConstraint("capacity > 0", name="ck_agent_capacity_is_positive"),
        sa.CheckConstraint("email = lower(email)", name="ck_agent_email_is_lower_case"),
        sa.PrimaryKeyConstraint("id", name="pk_agent"),
        sa.UniqueConstraint("email", name="uq_agent_email"),
    )
    op.create_table(
        "agent_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_agent_session_agent_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_agent_session"),
    )
    op.create_index("ix_agent_session_agent_id", "agent_session", ["agent_id"], unique=False)
    op.create_table(
        "login_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email_hash", sa.String(length=64), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("tried_at", INSTANT, nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_attempt"),
    )
    op.create_index("ix_login_attempt_address_hash", "login_attempt", ["address_hash"], unique=False)
    op.create_index("ix_login_attempt_counted", "login_attempt", ["email_hash", "tried_at"], unique=False)


def _create_events() -> None:
    op.create_table(
        "event_stream",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_event_stream"),
    )
    op.create_table(
        "stream_event",
        sa.Column("stream", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["stream"], ["event_stream.name"], name="fk_stream_event_stream"),
        sa.PrimaryKeyConstraint("stream", "number", name="pk_stream_event"),
    )


def _create_conversations() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            _choice("conversation_status", "with_bot", "queued", "offered", "active", "wrap_up", "closed"),
            nullable=False,
        ),
        sa.Column("channel", _choice("channel", "webchat", "sms", "voice"), nullable=False),
        sa.Column("address", sa.String(length=80), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("language_chosen", sa.Boolean(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "status NOT IN ('active', 'wrap_up') OR agent_id IS NOT NULL", name="ck_conversation_active_has_agent"
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_conversation_agent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_conversation"),
        sa.UniqueConstraint("token_hash", name="uq_conversation_token_hash"),
    )
    op.create_index("ix_conversation_agent_id", "conversation", ["agent_id"], unique=False)
    op.create_index(
        "uq_conversation_open_sms_address",
        "conversation",
        ["address"],
        unique=True,
        **_where("channel = 'sms' AND status <> 'closed'"),
    )


def _create_messages() -> None:
    op.create_table(
        "message",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sender", _choice("sender", "customer", "bot", "agent", "system"), nullable=False),
        sa.Column("kind", _choice("kind", "text", "button", "code", "handoff"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("card", JSON, nullable=True),
        sa.Column("intent", JSON, nullable=True),
        sa.Column("client_msg_id", sa.String(length=100), nullable=True),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("turn", _choice("turn", "none", "waiting", "answered"), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.CheckConstraint("turn = 'none' OR sender = 'customer'", name="ck_message_only_customers_have_turns"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_message_agent_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_message_conversation_id"),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name="pk_message"),
        sa.UniqueConstraint(
            "conversation_id", "sender", "client_msg_id", name="uq_message_conversation_id_sender_client_msg_id"
        ),
    )
    op.create_index(
        "ix_message_waiting", "message", ["conversation_id", "seq"], unique=False, **_where("turn = 'waiting'")
    )


def _create_buttons() -> None:
    op.create_table(
        "message_button",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id", "seq"],
            ["message.conversation_id", "message.seq"],
            name="fk_message_button_conversation_id_seq",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_message_button"),
        sa.UniqueConstraint("conversation_id", "seq", "ordinal", name="uq_message_button_conversation_id_seq_ordinal"),
    )


def _create_turns() -> None:
    op.create_table(
        "dialogue_state",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", JSON, nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_dialogue_state_conversation_id"),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_dialogue_state"),
    )
    op.create_table(
        "turn",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", _choice("outcome", "answered", "failed"), nullable=False),
        sa.Column("intent", sa.String(length=100), nullable=True),
        sa.Column("confidence_percent", sa.Integer(), nullable=True),
        sa.Column("card_type", sa.String(length=40), nullable=True),
        sa.Column("handed_off", sa.Boolean(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id", "seq"], ["message.conversation_id", "message.seq"], name="fk_turn_conversation_id_seq"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name="pk_turn"),
    )


def _create_queue_entries() -> None:
    op.create_table(
        "queue_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("status", _choice("entry_status", "waiting", "offered", "taken", "left"), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("requested_seq", sa.Integer(), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("announced_position", sa.Integer(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_queue_entry_conversation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_queue_entry"),
    )
    op.create_index("ix_queue_entry_conversation_id", "queue_entry", ["conversation_id"], unique=False)
    op.create_index(
        "ix_queue_entry_line",
        "queue_entry",
        ["requested_at", "id"],
        unique=False,
        **_where("status IN ('waiting', 'offered')"),
    )
    op.create_index(
        "uq_queue_entry_open",
        "queue_entry",
        ["conversation_id"],
        unique=True,
        **_where("status IN ('waiting', 'offered')"),
    )


def _create_offers() -> None:
    op.create_table(
        "offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status", _choice("offer_status", "pending", "accepted", "declined", "expired", "withdrawn"), nullable=False
        ),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_offer_agent_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_offer_conversation_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["queue_entry.id"], name="fk_offer_entry_id"),
        sa.PrimaryKeyConstraint("id", name="pk_offer"),
    )
    op.create_index("ix_offer_entry_id", "offer", ["entry_id"], unique=False)
    op.create_index("uq_offer_pending_agent", "offer", ["agent_id"], unique=True, **_where("status = 'pending'"))
    op.create_index(
        "uq_offer_pending_conversation", "offer", ["conversation_id"], unique=True, **_where("status = 'pending'")
    )


def _choice(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=20)


def _where(condition: str) -> dict[str, Any]:  # Any: keyword arguments of two dialects
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
