"""Queues, skills, presence, callbacks, wrap-up, notes, alarms, and the log that every figure follows from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CHANNELS = ("webchat", "sms", "voice")
EVENTS = (
    "requested", "requeued", "offered", "declined", "missed", "withdrawn", "taken", "left", "transferred",
    "returned_to_bot", "reopened", "wrap_up_begun", "wrap_up_done", "closed", "announced", "callback_asked",
    "callback_tried", "callback_ended", "presence", "limit", "alarm",
)  # fmt: skip
TABLES = (
    "estimate_model", "alarm", "attachment", "conversation_note", "wrap_up", "callback", "contact_event", "agent_skill",
)  # fmt: skip
ADDED = {
    "agent": ("presence_reason", "seen_at", "missed_in_row", "role"),
    "conversation": ("customer_seen_seq", "agent_seen_seq"),
    "queue_entry": (
        "queue", "channel", "kind", "priority", "sticky_agent_id", "entered_at", "not_before", "announced_bucket",
        "announced_at", "raised_in_row",
    ),
}  # fmt: skip


def upgrade() -> None:
    _widen_agents()
    _widen_conversations_and_entries()
    _create_skills()
    _create_contact_events()
    _create_callbacks()
    _create_wrap_ups()
    _create_console_tables()
    _create_alarms()
    _create_estimates()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.execute("ALTER TABLE agent DROP CONSTRAINT ck_agent_capacity_is_humane") if _is_postgresql() else None
    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column)


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _add(table: str, column: str, sqlite_type: str, postgresql_type: str, rest: str = "") -> None:
    """Add a column with its checks: SQLite knows no ADD CONSTRAINT, and copying a table would lose the others."""
    kind = postgresql_type if _is_postgresql() else sqlite_type
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind} {rest}")


def _add_choice(table: str, column: str, name: str, default: str, *values: str) -> None:
    words = ", ".join(repr(value) for value in values)
    check = f"CONSTRAINT ck_{table}_{name} CHECK ({column} IN ({words}))"
    _add(table, column, "VARCHAR(20)", "VARCHAR(20)", f"DEFAULT '{default}' NOT NULL {check}")


def _add_number(table: str, column: str, default: int, check: str = "") -> None:
    _add(table, column, "INTEGER", "INTEGER", f"DEFAULT {default} NOT NULL {check}")


def _widen_agents() -> None:
    _add_choice("agent", "presence_reason", "presence_reason", "chosen", "chosen", "missed", "lost")
    _add("agent", "seen_at", "DATETIME", "TIMESTAMP WITH TIME ZONE")
    _add_number("agent", "missed_in_row", 0)
    _add_choice("agent", "role", "role", "agent", "agent", "supervisor")
    op.execute("UPDATE agent SET capacity = 20 WHERE capacity > 20")
    if _is_postgresql():
        op.create_check_constraint("capacity_is_humane", "agent", "capacity <= 20")


def _widen_conversations_and_entries() -> None:
    _add_number("conversation", "customer_seen_seq", 0)
    _add_number("conversation", "agent_seen_seq", 0)
    _add("queue_entry", "queue", "VARCHAR(40)", "VARCHAR(40)", "DEFAULT 'general' NOT NULL")
    _add_choice("queue_entry", "channel", "entry_channel", "webchat", *CHANNELS)
    _add_choice("queue_entry", "kind", "entry_kind", "live", "live", "callback")
    priority = "CONSTRAINT ck_queue_entry_priority_is_known CHECK (priority BETWEEN 1 AND 5)"
    _add_number("queue_entry", "priority", 3, priority)
    _add("queue_entry", "sticky_agent_id", "CHAR(32)", "UUID", "REFERENCES agent (id)")
    epoch = "DEFAULT '1970-01-01 00:00:00.000000' NOT NULL"
    _add("queue_entry", "entered_at", "DATETIME", "TIMESTAMP WITH TIME ZONE", epoch)
    op.execute("UPDATE queue_entry SET entered_at = requested_at")
    same = "SELECT channel FROM conversation WHERE conversation.id = queue_entry.conversation_id"
    op.execute(f"UPDATE queue_entry SET channel = ({same})")
    _add("queue_entry", "not_before", "DATETIME", "TIMESTAMP WITH TIME ZONE")
    _add("queue_entry", "announced_bucket", "VARCHAR(20)", "VARCHAR(20)")
    _add("queue_entry", "announced_at", "DATETIME", "TIMESTAMP WITH TIME ZONE")
    _add_number("queue_entry", "raised_in_row", 0)


def _create_skills() -> None:
    op.create_table(
        "agent_skill",
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("skill", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_agent_skill_agent_id"),
        sa.PrimaryKeyConstraint("agent_id", "skill", name="pk_agent_skill"),
    )
    op.execute("INSERT INTO agent_skill (agent_id, skill) SELECT id, 'language:' || language FROM agent")


def _create_contact_events() -> None:
    op.create_table(
        "contact_event",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("kind", _choice("contact_event_kind", *EVENTS), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("queue", sa.String(length=40), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("channel", _choice("contact_event_channel", *CHANNELS), nullable=True),
        sa.Column("details", JSON, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_contact_event_conversation_id"),
        sa.PrimaryKeyConstraint("number", name="pk_contact_event"),
    )
    op.create_index("ix_contact_event_happened_at", "contact_event", ["happened_at"])
    op.create_index("ix_contact_event_conversation_id", "contact_event", ["conversation_id"])


def _create_callbacks() -> None:
    is_open = sa.text("status IN ('waiting', 'calling')")
    op.create_table(
        "callback",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status", _choice("callback_status", "waiting", "calling", "done", "failed", "cancelled"), nullable=False
        ),
        sa.Column("way", _choice("callback_way", "call", "message"), nullable=False),
        sa.Column("phone", sa.String(length=80), nullable=True),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("slot_from", INSTANT, nullable=True),
        sa.Column("slot_until", INSTANT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.CheckConstraint("attempts BETWEEN 0 AND 3", name="ck_callback_attempts_are_few"),
        sa.CheckConstraint("way <> 'call' OR phone IS NOT NULL", name="ck_callback_call_has_phone"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_callback_conversation_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["queue_entry.id"], name="fk_callback_entry_id"),
        sa.PrimaryKeyConstraint("id", name="pk_callback"),
    )
    op.create_index("ix_callback_entry_id", "callback", ["entry_id"])
    op.create_index(
        "uq_callback_open", "callback", ["conversation_id"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )


def _create_wrap_ups() -> None:
    is_open = sa.text("finished_at IS NULL")
    op.create_table(
        "wrap_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("disposition", sa.String(length=40), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_wrap_up_conversation_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["queue_entry.id"], name="fk_wrap_up_entry_id"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_wrap_up_agent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_wrap_up"),
    )
    op.create_index("ix_wrap_up_conversation_id", "wrap_up", ["conversation_id"])
    op.create_index("ix_wrap_up_agent_id", "wrap_up", ["agent_id"])
    op.create_index(
        "uq_wrap_up_open", "wrap_up", ["conversation_id"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )


def _create_console_tables() -> None:
    op.create_table(
        "conversation_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("client_note_id", sa.String(length=100), nullable=False),
        sa.Column("after_seq", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_conversation_note_conversation_id"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_conversation_note_agent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_conversation_note"),
        sa.UniqueConstraint(
            "conversation_id",
            "agent_id",
            "client_note_id",
            name="uq_conversation_note_conversation_id_agent_id_client_note_id",
        ),
    )
    op.create_index("ix_conversation_note_conversation_id", "conversation_note", ["conversation_id"])
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("client_file_id", sa.String(length=100), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_attachment_conversation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
        sa.UniqueConstraint("conversation_id", "client_file_id", name="uq_attachment_conversation_id_client_file_id"),
    )
    op.create_index("ix_attachment_conversation_id", "attachment", ["conversation_id"])


def _create_alarms() -> None:
    is_open = sa.text("ended_at IS NULL AND entry_id IS NOT NULL")
    op.create_table(
        "alarm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", _choice("alarm_kind", "sla_broken", "sweep_hit", "agent_lost", "callback_failed"), nullable=False
        ),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("details", JSON, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["queue_entry.id"], name="fk_alarm_entry_id"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_alarm_agent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alarm"),
    )
    op.create_index(
        "uq_alarm_open", "alarm", ["kind", "entry_id"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )


def _create_estimates() -> None:
    op.create_table(
        "estimate_model",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fitted_at", INSTANT, nullable=False),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("parameters", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_estimate_model"),
    )
    op.create_index("ix_estimate_model_fitted_at", "estimate_model", ["fitted_at"])


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)
