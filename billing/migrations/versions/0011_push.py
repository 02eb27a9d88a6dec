"""Phones of agents that push messages reach, and what was sent to them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("agent", sa.Column("reachable_until", INSTANT, nullable=True))
    op.create_table(
        "push_device",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("agent_id", sa.Uuid(), sa.ForeignKey("agent.id"), nullable=False, index=True),
        sa.Column("endpoint", sa.String(1000), nullable=False, unique=True),
        sa.Column("public_key", sa.String(100), nullable=False),
        sa.Column("auth_secret", sa.String(40), nullable=False),
        sa.Column("works_until", INSTANT, nullable=True),
        sa.Column("added_at", INSTANT, nullable=False),
    )
    op.create_table(
        "push_message",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("device_id", sa.Uuid(), sa.ForeignKey("push_device.id", ondelete="CASCADE"), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("heard_at", INSTANT, nullable=True),
        sa.Column("is_lost", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("device_id", "subject"),
    )
    op.create_index("ix_push_message_sent_at", "push_message", ["sent_at"])


def downgrade() -> None:
    op.drop_table("push_message")
    op.drop_table("push_device")
    op.drop_column("agent", "reachable_until")
