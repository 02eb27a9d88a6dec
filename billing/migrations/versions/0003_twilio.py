"""What is remembered of text messages and phone calls."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sms_receipt",
        sa.Column("message_sid", sa.String(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("message_sid", name="pk_sms_receipt"),
    )
    op.create_table(
        "sms_opt_out",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("opted_out_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_sms_opt_out"),
    )
    op.create_table(
        "sms_delivery",
        sa.Column("provider_sid", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("reported_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("provider_sid", name="pk_sms_delivery"),
    )
    _create_calls()


def _create_calls() -> None:
    op.create_table(
        "voice_call",
        sa.Column("call_sid", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("token_expires_at", INSTANT, nullable=False),
        sa.Column("token_used_at", INSTANT, nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("reconnects", sa.Integer(), nullable=False),
        sa.CheckConstraint("reconnects >= 0", name="ck_voice_call_reconnects_not_negative"),
        sa.PrimaryKeyConstraint("call_sid", name="pk_voice_call"),
        sa.UniqueConstraint("token_hash", name="uq_voice_call_token_hash"),
    )
    op.create_table(
        "voice_interruption",
        sa.Column("interruption_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("after_seq", sa.Integer(), nullable=False),
        sa.Column("heard_characters", sa.Integer(), nullable=False),
        sa.Column("heard_milliseconds", sa.Integer(), nullable=False),
        sa.Column("interrupted_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("interruption_id", name="pk_voice_interruption"),
    )
    op.create_index("ix_voice_interruption_conversation_id", "voice_interruption", ["conversation_id"])


def downgrade() -> None:
    for table in ("voice_interruption", "voice_call", "sms_delivery", "sms_opt_out", "sms_receipt"):
        op.drop_table(table)
