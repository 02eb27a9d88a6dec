"""Credit notes, journal, allocations, refunds, disputes, dunning; outages, refused usage, tasks for people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from billing.migrations.issued_rows import refuse_changes

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
APPEND_ONLY = (
    "credit_note",
    "credit_note_line",
    "credit_note_tax",
    "journal_transaction",
    "journal_entry",
    "allocation",
    "dunning_step",
)


def upgrade() -> None:
    _create_credit_notes()
    _create_journal()
    _create_money()
    _create_disputes()
    _create_dunning()
    _create_reports()
    for table in APPEND_ONLY:
        refuse_changes(table)


def downgrade() -> None:
    raise NotImplementedError("issued documents are kept; there is no way back")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _create_credit_notes() -> None:
    op.create_table(
        "credit_note_series",
        sa.Column("seller_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name="fk_credit_note_series_seller_id"),
        sa.PrimaryKeyConstraint("seller_id", "year", name="pk_credit_note_series"),
    )
    op.create_table(
        "credit_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            _choice("creditreason", "correction", "cancellation", "plan_change", "dispute", "compensation", "goodwill"),
            nullable=False,
        ),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("total_minor", sa.Integer(), nullable=False),
        sa.Column("to_credit_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("parties", JSON, nullable=True),
        sa.CheckConstraint("sequence > 0", name="ck_credit_note_sequence_positive"),
        sa.CheckConstraint("to_credit_minor BETWEEN 0 AND total_minor", name="ck_credit_note_to_credit_within_total"),
        sa.CheckConstraint("total_minor > 0", name="ck_credit_note_total_positive"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_credit_note_customer_id"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name="fk_credit_note_invoice_id"),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name="fk_credit_note_seller_id"),
        sa.PrimaryKeyConstraint("id", name="pk_credit_note"),
        sa.UniqueConstraint("number", name="uq_credit_note_number"),
        sa.UniqueConstraint("seller_id", "year", "sequence", name="uq_credit_note_seller_id_year_sequence"),
    )
    op.create_index("ix_credit_note_customer_id", "credit_note", ["customer_id"])
    op.create_index("ix_credit_note_invoice_id", "credit_note", ["invoice_id"])
    op.create_table(
        "credit_note_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credit_note_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line_item_id", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("tax_rate", sa.Integer(), nullable=False),
        sa.Column("finding", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["credit_note_id"], ["credit_note.id"], name="fk_credit_note_line_credit_note_id"),
        sa.ForeignKeyConstraint(["line_item_id"], ["line_item.id"], name="fk_credit_note_line_line_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_credit_note_line"),
        sa.UniqueConstraint("credit_note_id", "position", name="uq_credit_note_line_credit_note_id_position"),
        sa.UniqueConstraint("finding", name="uq_credit_note_line_finding"),
    )
    op.create_index("ix_credit_note_line_line_item_id", "credit_note_line", ["line_item_id"])
    op.create_table(
        "credit_note_tax",
        sa.Column("credit_note_id", sa.Uuid(), nullable=False),
        sa.Column("tax_rate", sa.Integer(), nullable=False),
        sa.Column("gross_minor", sa.Integer(), nullable=False),
        sa.Column("net_minor", sa.Integer(), nullable=False),
        sa.Column("tax_minor", sa.Integer(), nullable=False),
        sa.CheckConstraint("gross_minor = net_minor + tax_minor", name="ck_credit_note_tax_net_and_tax_are_gross"),
        sa.ForeignKeyConstraint(["credit_note_id"], ["credit_note.id"], name="fk_credit_note_tax_credit_note_id"),
        sa.PrimaryKeyConstraint("credit_note_id", "tax_rate", name="pk_credit_note_tax"),
    )


def _create_journal() -> None:
    op.create_table(
        "journal_transaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            _choice(
                "transactionkind",
                "invoice",
                "credit_note",
                "payment",
                "allocation",
                "refund",
                "refund_sent",
                "refund_refused",
            ),
            nullable=False,
        ),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_journal_transaction_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_journal_transaction"),
        sa.UniqueConstraint("kind", "document", name="uq_journal_transaction_kind_document"),
    )
    op.create_index("ix_journal_transaction_customer_id", "journal_transaction", ["customer_id"])
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=False),
        sa.Column(
            "account",
            _choice(
                "ledgeraccount", "receivable", "customer_credit", "bank", "revenue", "tax_payable", "refunds_payable"
            ),
            nullable=False,
        ),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name="ck_journal_entry_amount_not_zero"),
        sa.ForeignKeyConstraint(["transaction_id"], ["journal_transaction.id"], name="fk_journal_entry_transaction_id"),
        sa.PrimaryKeyConstraint("id", name="pk_journal_entry"),
    )
    op.create_index("ix_journal_entry_transaction_id", "journal_entry", ["transaction_id"])


def _create_money() -> None:
    op.create_table(
        "allocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("credit_note_id", sa.Uuid(), nullable=True),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("allocated_on", sa.Date(), nullable=False),
        sa.CheckConstraint("(payment_id IS NULL) <> (credit_note_id IS NULL)", name="ck_allocation_one_source"),
        sa.CheckConstraint("amount_minor > 0", name="ck_allocation_amount_positive"),
        sa.ForeignKeyConstraint(["credit_note_id"], ["credit_note.id"], name="fk_allocation_credit_note_id"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name="fk_allocation_invoice_id"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_allocation_payment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_allocation"),
    )
    op.create_index("ix_allocation_credit_note_id", "allocation", ["credit_note_id"])
    op.create_index("ix_allocation_invoice_id", "allocation", ["invoice_id"])
    op.create_index("ix_allocation_payment_id", "allocation", ["payment_id"])
    op.create_table(
        "refund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", _choice("refundstatus", "requested", "sent", "refused"), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.CheckConstraint("amount_minor > 0", name="ck_refund_amount_positive"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_refund_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_refund"),
    )
    op.create_index("ix_refund_customer_id", "refund", ["customer_id"])


def _create_disputes() -> None:
    op.create_table(
        "dispute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            _choice("disputestatus", "open", "under_review", "upheld", "partly_upheld", "rejected", "withdrawn"),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_dispute_customer_id"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name="fk_dispute_invoice_id"),
        sa.PrimaryKeyConstraint("id", name="pk_dispute"),
    )
    op.create_index("ix_dispute_customer_id", "dispute", ["customer_id"])
    op.create_index("ix_dispute_invoice_id", "dispute", ["invoice_id"])
    op.create_table(
        "disputed_line",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("line_item_id", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="ck_disputed_line_amount_positive"),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name="fk_disputed_line_dispute_id"),
        sa.ForeignKeyConstraint(["line_item_id"], ["line_item.id"], name="fk_disputed_line_line_item_id"),
        sa.PrimaryKeyConstraint("dispute_id", "line_item_id", name="pk_disputed_line"),
    )


def _create_dunning() -> None:
    op.create_table(
        "dunning_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            _choice(
                "dunningkind",
                "reminder",
                "payment_demand",
                "cut_off_warning",
            ),
            nullable=False,
        ),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("claimed_minor", sa.Integer(), nullable=False),
        sa.Column("fee_minor", sa.Integer(), nullable=False),
        sa.Column("law", sa.String(), nullable=False),
        sa.CheckConstraint("fee_minor >= 0", name="ck_dunning_step_fee_not_negative"),
        sa.CheckConstraint("position > 0", name="ck_dunning_step_position_positive"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name="fk_dunning_step_invoice_id"),
        sa.PrimaryKeyConstraint("id", name="pk_dunning_step"),
        sa.UniqueConstraint("invoice_id", "position", name="uq_dunning_step_invoice_id_position"),
    )
    op.create_index("ix_dunning_step_invoice_id", "dunning_step", ["invoice_id"])
    op.create_table(
        "arrangement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _choice("arrangementkind", "extension", "instalments"), nullable=False),
        sa.Column(
            "status",
            _choice(
                "arrangementstatus",
                "active",
                "kept",
                "broken",
                "cancelled",
            ),
            nullable=False,
        ),
        sa.Column("fee_minor", sa.Integer(), nullable=False),
        sa.Column("agreed_at", INSTANT, nullable=False),
        sa.CheckConstraint("fee_minor >= 0", name="ck_arrangement_fee_not_negative"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_arrangement_customer_id"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name="fk_arrangement_invoice_id"),
        sa.PrimaryKeyConstraint("id", name="pk_arrangement"),
    )
    op.create_index("ix_arrangement_customer_id", "arrangement", ["customer_id"])
    op.create_index("ix_arrangement_invoice_id", "arrangement", ["invoice_id"])
    op.create_table(
        "instalment",
        sa.Column("arrangement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="ck_instalment_amount_positive"),
        sa.ForeignKeyConstraint(["arrangement_id"], ["arrangement.id"], name="fk_instalment_arrangement_id"),
        sa.PrimaryKeyConstraint("arrangement_id", "position", name="pk_instalment"),
    )


def _create_reports() -> None:
    op.create_table(
        "outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= reported_on", name="ck_outage_ends_after_report"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_outage_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outage"),
        sa.UniqueConstraint("reference", name="uq_outage_reference"),
    )
    op.create_index("ix_outage_contract_id", "outage", ["contract_id"])
    op.create_table(
        "usage_rejection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("report", JSON, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_usage_rejection"),
        sa.UniqueConstraint("event_id", name="uq_usage_rejection_event_id"),
    )
    op.create_table(
        "human_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            _choice(
                "taskkind",
                "billing_parked",
                "delivery_failed",
                "audit_undecided",
                "law_missing",
                "dispute_opened",
                "refund_requested",
                "charge_left_out",
                "usage_rejected",
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_human_task_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_human_task"),
        sa.UniqueConstraint("key", name="uq_human_task_key"),
    )
    op.create_index("ix_human_task_customer_id", "human_task", ["customer_id"])
