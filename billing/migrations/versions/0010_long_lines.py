"""Keeps questions about now fast however long the past is, and lets an alarm say that an agent has not answered."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Each serves a question that is asked at every event or every second.
INDEXES = {
    "ix_conversation_status": ("conversation", "status", "agent_id"),
    "ix_queue_entry_status": ("queue_entry", "status", "requested_at", "id"),
    "ix_queue_entry_entered_at": ("queue_entry", "entered_at"),
    "ix_queue_entry_channel": ("queue_entry", "channel", "requested_at"),
    "ix_offer_status": ("offer", "status", "expires_at"),
    "ix_offer_agent_id": ("offer", "agent_id", "status"),
    "ix_contact_event_kind": ("contact_event", "kind", "language", "number"),
    "ix_callback_status": ("callback", "status"),
    "ix_alarm_entry_id": ("alarm", "entry_id", "kind"),
}
KINDS = ("sla_broken", "sweep_hit", "agent_lost", "callback_failed")
# A whole name: the naming convention adds nothing to it.
CHECK = sa.schema.conv("ck_alarm_alarm_kind")
IS_OPEN = sa.text("ended_at IS NULL AND entry_id IS NOT NULL")


def upgrade() -> None:
    _allow(*KINDS, "unanswered")
    for name, (table, *columns) in INDEXES.items():
        op.create_index(name, table, columns)
    # Conditions on words that are bound later do not match a partial index.
    op.drop_index("ix_queue_entry_line", "queue_entry")


def downgrade() -> None:
    is_open = sa.text("status IN ('waiting', 'offered')")
    op.create_index(
        "ix_queue_entry_line", "queue_entry", ["requested_at", "id"], sqlite_where=is_open, postgresql_where=is_open
    )
    for name, (table, *_) in INDEXES.items():
        op.drop_index(name, table)
    op.execute("DELETE FROM alarm WHERE kind = 'unanswered'")
    _allow(*KINDS)


def _allow(*kinds: str) -> None:
    """Renew the check of the column. SQLite copies the table for it, without the check and the partial index."""
    check = f"kind IN ({', '.join(repr(kind) for kind in kinds)})"
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(CHECK, "alarm", type_="check")
        op.create_check_constraint(CHECK, "alarm", check)
        return
    op.drop_index("uq_alarm_open", "alarm")
    with op.batch_alter_table("alarm") as table:
        table.create_check_constraint(CHECK, check)
    op.create_index("uq_alarm_open", "alarm", ["kind", "entry_id"], unique=True, sqlite_where=IS_OPEN)
