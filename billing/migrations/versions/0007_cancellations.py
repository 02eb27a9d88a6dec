"""Lets a cancellation and a complaint wait for a person."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = (
    "billing_parked",
    "delivery_failed",
    "audit_undecided",
    "law_missing",
    "dispute_opened",
    "refund_requested",
    "charge_left_out",
    "usage_rejected",
)
NEW_KINDS = ("cancellation_stated", "complaint_made")
# A whole name: the naming convention adds nothing to it.
CHECK = sa.schema.conv("ck_human_task_taskkind")


def upgrade() -> None:
    _allow(*KINDS, *NEW_KINDS)


def downgrade() -> None:
    for kind in NEW_KINDS:
        op.execute(sa.text("DELETE FROM human_task WHERE kind = :kind").bindparams(kind=kind))
    _allow(*KINDS)


def _allow(*kinds: str) -> None:
    """Renew the check of the column. SQLite copies the table for it, and no check comes along."""
    check = f"kind IN ({', '.join(repr(kind) for kind in kinds)})"
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(CHECK, "human_task", type_="check")
        op.create_check_constraint(CHECK, "human_task", check)
        return
    with op.batch_alter_table("human_task") as table:
        table.create_check_constraint(CHECK, check)
