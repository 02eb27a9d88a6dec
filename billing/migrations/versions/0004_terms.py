"""What contracts, prices, usage and addresses need for whole bills; tax rates now come from the law."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from billing.migrations.issued_rows import keep_issued_rows, release_issued_rows

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TAX_CATEGORIES = ("standard", "reduced", "exempt")
NEW_COLUMNS = {
    "seller": (
        sa.Column("prices_include_tax", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("charges_late_interest", sa.Boolean(), server_default=sa.false(), nullable=False),
        *(
            sa.Column(name, sa.String(), server_default="", nullable=False)
            for name in ("street", "postal_code", "city", "email", "vat_id", "iban", "bic")
        ),
    ),
    "customer": (
        sa.Column("email", sa.String(), nullable=True),
        *(
            sa.Column(name, sa.String(), server_default="", nullable=False)
            for name in ("street", "postal_code", "city")
        ),
    ),
    "contract": (
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("minimum_term_until", sa.Date(), nullable=True),
        sa.Column("termination_fee_minor", sa.Integer(), nullable=True),
    ),
    "discount": (
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("exclusive", sa.Boolean(), server_default=sa.false(), nullable=False),
    ),
    "invoice": (sa.Column("parties", JSON, nullable=True),),
    "one_off_charge": (sa.Column("proof_reference", sa.String(), nullable=True),),
    "outbox_message": (
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("attachment", JSON, nullable=True),
    ),
    "plan": (
        sa.Column("product", sa.String(), server_default="", nullable=False),
        sa.Column("offered_from", sa.Date(), nullable=True),
        sa.Column("offered_to", sa.Date(), nullable=True),
        sa.Column("switching_fee_minor", sa.Integer(), server_default="0", nullable=False),
    ),
    "price_version": (
        sa.Column("tiers", JSON, nullable=True),
        sa.Column("world_unit_price_micro", sa.Integer(), nullable=True),
        sa.Column("notice_sent_on", sa.Date(), nullable=True),
    ),
    "usage_record": (sa.Column("received_at", INSTANT, nullable=True),),
}
NEW_CHOICES = (
    ("one_off_charge", "kind", "oneoffkind", ("service", "third_party", "termination")),
    ("one_off_charge", "tax_category", "taxcategory", TAX_CATEGORIES),
    ("price_version", "tax_category", "taxcategory", TAX_CATEGORIES),
    ("usage_record", "zone", "usagezone", ("home", "eu", "world")),
)
LINE_KINDS = (
    "recurring",
    "usage",
    "one_off",
    "proration_charge",
    "proration_credit",
    "discount",
    "late_fee",
    "interest",
    "third_party",
    "termination_fee",
    "compensation",
    "tax",
)
REASON_CODES = (
    "base_fee",
    "plan_change",
    "price_change",
    "contract_start",
    "contract_end",
    "consumption",
    "extra_usage",
    "discount",
    "one_off",
    "reminder",
    "late_usage",
    "late_payment",
    "third_party",
    "early_end",
    "outage",
    "tax",
    "tax_change",
)


def upgrade() -> None:
    for table, columns in NEW_COLUMNS.items():
        for column in columns:
            op.add_column(table, column)
    for table, column_name, name, values in NEW_CHOICES:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column_name} VARCHAR(32) DEFAULT '{values[0]}' NOT NULL "
            f"CONSTRAINT ck_{table}_{name} CHECK ({column_name} IN ({_listed(values)}))"
        )
    op.create_index("uq_contract_number", "contract", ["number"], unique=True)
    op.create_index("ix_usage_record_contract_id_received_at", "usage_record", ["contract_id", "received_at"])
    for table in ("price_version", "one_off_charge"):
        # A rate of nought was an exemption; every other one follows from the law of the day.
        op.execute(f"UPDATE {table} SET tax_category = 'exempt' WHERE tax_rate = 0")
        op.execute(f"ALTER TABLE {table} DROP COLUMN tax_rate")
    release_issued_rows()
    if op.get_bind().dialect.name == "postgresql":
        _alter_postgresql()
    else:
        _rebuild_sqlite()
    keep_issued_rows()


def downgrade() -> None:
    raise NotImplementedError("issued invoices are kept; there is no way back")


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _alter_postgresql() -> None:
    op.drop_constraint("uq_invoice_customer_id_period_start", "invoice", type_="unique")
    op.alter_column("payment", "invoice_id", nullable=True)
    for column, name, values in (("kind", "linekind", LINE_KINDS), ("reason_code", "reasoncode", REASON_CODES)):
        op.execute(f"ALTER TABLE line_item DROP CONSTRAINT ck_line_item_{name}")
        op.execute(f"ALTER TABLE line_item ADD CONSTRAINT ck_line_item_{name} CHECK ({column} IN ({_listed(values)}))")


def _rebuild_sqlite() -> None:
    _rebuild("invoice", {"CONSTRAINT uq_invoice_customer_id_period_start UNIQUE (customer_id, period_start),": ""})
    _rebuild("payment", {"invoice_id CHAR(32) NOT NULL": "invoice_id CHAR(32)"})
    _rebuild(
        "line_item",
        {
            "'discount', 'late_fee')": f"'discount', 'late_fee', {_listed(LINE_KINDS[7:])})",
            "'one_off', 'reminder')": f"'one_off', 'reminder', {_listed(REASON_CODES[10:])})",
        },
    )


def _rebuild(table: str, changes: dict[str, str]) -> None:
    """Copy the table into one with a changed definition: SQLite alters no constraint. Foreign keys are off."""
    bind = op.get_bind()
    definition = _schema(table, "table")[0]
    for old, new in changes.items():
        if old not in definition:
            raise ValueError(f"{table} is not defined as expected: no {old}")
        definition = definition.replace(old, new)
    indexes = _schema(table, "index")
    bind.exec_driver_sql(definition.replace(f"CREATE TABLE {table}", f"CREATE TABLE {table}_rebuilt", 1))
    bind.exec_driver_sql(f"INSERT INTO {table}_rebuilt SELECT * FROM {table}")
    bind.exec_driver_sql(f"DROP TABLE {table}")
    bind.exec_driver_sql(f"ALTER TABLE {table}_rebuilt RENAME TO {table}")
    for index in indexes:
        bind.exec_driver_sql(index)


def _schema(table: str, kind: str) -> list[str]:
    query = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type = ? AND sql IS NOT NULL"
    return [row[0] for row in op.get_bind().exec_driver_sql(query, (table, kind))]
