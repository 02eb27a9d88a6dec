"""Since when a customer who waits has been gone from the website; the first of each kind of demand in line."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("queue_entry", sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True))
    kind = ["status", "queue", "language", "channel", "priority", "requested_at", "id"]
    op.create_index("ix_queue_entry_kind", "queue_entry", kind)


def downgrade() -> None:
    op.drop_index("ix_queue_entry_kind", table_name="queue_entry")
    op.drop_column("queue_entry", "gone_at")
