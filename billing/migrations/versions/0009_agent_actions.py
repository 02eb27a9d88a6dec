"""What agents do for customers, and how it ended: an audit log that nobody changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from billing.migrations.issued_rows import refuse_changes

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KINDS = ("correction", "goodwill", "arrangement", "plan_change", "dispute")
OWNERS = ("conversation", "customer", "agent")


def upgrade() -> None:
    _create_actions()
    _create_endings()
    refuse_changes("agent_action")
    refuse_changes("agent_action_ending")


def downgrade() -> None:
    op.drop_table("agent_action_ending")
    op.drop_table("agent_action")


def _create_actions() -> None:
    op.create_table(
        "agent_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        *(sa.Column(f"{owner}_id", sa.Uuid(), nullable=False) for owner in OWNERS),
        sa.Column("kind", _choice("agent_action_kind", *KINDS), nullable=False),
        sa.Column("asked", JSON, nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("limit_minor", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(amount_minor IS NULL) = (currency IS NULL)", name=op.f("ck_agent_action_amount_has_currency")
        ),
        *(
            sa.ForeignKeyConstraint([f"{owner}_id"], [f"{owner}.id"], name=f"fk_agent_action_{owner}_id")
            for owner in OWNERS
        ),
        sa.PrimaryKeyConstraint("id", name="pk_agent_action"),
        sa.UniqueConstraint("request_id", name="uq_agent_action_request_id"),
        sa.UniqueConstraint("id", "agent_id", name="uq_agent_action_id_agent_id"),
    )
    for owner in OWNERS:
        op.create_index(f"ix_agent_action_{owner}_id", "agent_action", [f"{owner}_id"])


def _create_endings() -> None:
    op.create_table(
        "agent_action_ending",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("ending", _choice("agent_action_ending", "done", "refused", "failed"), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_agent_action_ending_decided_by_another")),
        sa.CheckConstraint(
            "ending = 'done' OR decided_by IS NOT NULL", name=op.f("ck_agent_action_ending_somebody_decided")
        ),
        sa.ForeignKeyConstraint(
            ["action_id", "asked_by"],
            ["agent_action.id", "agent_action.agent_id"],
            name="fk_agent_action_ending_action_id_asked_by",
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["agent.id"], name="fk_agent_action_ending_decided_by"),
        sa.PrimaryKeyConstraint("action_id", name="pk_agent_action_ending"),
    )


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)
