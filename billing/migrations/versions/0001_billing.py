"""Customers, contracts, prices, invoices, payments; identity; effects and outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from billing.migrations.issued_rows import keep_issued_rows

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
OPEN = sa.text("valid_to IS NULL")
LINE_KINDS = (
    "recurring",
    "usage",
    "one_off",
    "proration_charge",
    "proration_credit",
    "discount",
    "late_fee",
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
)


def upgrade() -> None:
    for create in (
        _create_catalogue,
        _create_prices,
        _create_customers,
        _create_contracts,
        _create_charges,
        _create_usage,
        _create_demo,
        _create_invoices,
        _create_lines,
        _create_payments,
        _create_identity,
        _create_effects,
    ):
        create()
    keep_issued_rows()


def downgrade() -> None:
    raise NotImplementedError("issued invoices are kept; there is no way back")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _create_catalogue() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(), nullable=False, unique=True),
        sa.Column("name", JSON, nullable=False),
    )
    op.create_table(
        "seller",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("country", sa.String(length=2), nullable=False, unique=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("legal_name", sa.String(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("payment_term_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("payment_term_days > 0", name="payment_term_positive"),
    )


def _create_prices() -> None:
    op.create_table(
        "price_version",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("plan_id", sa.Integer(), sa.ForeignKey("plan.id"), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("base_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("tax_rate", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("included_quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_micro", sa.Integer(), nullable=True),
        sa.CheckConstraint("(unit IS NULL) = (unit_price_micro IS NULL)", name="unit_has_price"),
        sa.CheckConstraint("base_minor >= 0", name="base_not_negative"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="valid_to_after_from"),
    )
    op.create_index(op.f("ix_price_version_plan_id"), "price_version", ["plan_id"])
    op.create_index(
        "uq_price_version_one_open",
        "price_version",
        ["plan_id", "country"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "invoice_series",
        sa.Column("seller_id", sa.Integer(), sa.ForeignKey("seller.id"), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_sequence >= 0", name="last_sequence_not_negative"),
    )


def _create_customers() -> None:
    op.create_table(
        "customer",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("seller_id", sa.Integer(), sa.ForeignKey("seller.id"), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False, unique=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("language IN ('en', 'de', 'fi')", name="language_known"),
        sa.CheckConstraint("length(number) = 8", name="number_has_8_digits"),
    )
    op.create_index(op.f("ix_customer_seller_id"), "customer", ["seller_id"])


def _create_contracts() -> None:
    op.create_table(
        "contract",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("customer_id", sa.Uuid(), sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ended_on IS NULL OR ended_on > started_on", name="ends_after_start"),
    )
    op.create_index(op.f("ix_contract_customer_id"), "contract", ["customer_id"])
    op.create_table(
        "contract_phase",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("contract_id", sa.Uuid(), sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("plan_id", sa.Integer(), sa.ForeignKey("plan.id"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="valid_to_after_from"),
    )
    op.create_index(op.f("ix_contract_phase_contract_id"), "contract_phase", ["contract_id"])
    op.create_index(op.f("ix_contract_phase_plan_id"), "contract_phase", ["plan_id"])
    op.create_index(
        "uq_contract_phase_one_open",
        "contract_phase",
        ["contract_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _create_charges() -> None:
    op.create_table(
        "discount",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("contract_id", sa.Uuid(), sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("basis_points", sa.Integer(), nullable=True),
        sa.Column("amount_minor", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("(basis_points IS NULL) <> (amount_minor IS NULL)", name="share_or_amount"),
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
        sa.CheckConstraint("basis_points BETWEEN 1 AND 10000", name="share_within_base"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="valid_to_after_from"),
    )
    op.create_index(op.f("ix_discount_contract_id"), "discount", ["contract_id"])
    op.create_table(
        "one_off_charge",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("contract_id", sa.Uuid(), sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("charged_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("tax_rate", sa.Integer(), nullable=False),
    )
    op.create_index(op.f("ix_one_off_charge_contract_id"), "one_off_charge", ["contract_id"])


def _create_usage() -> None:
    op.create_table(
        "usage_record",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("event_id", sa.String(), nullable=False, unique=True),
        sa.Column("contract_id", sa.Uuid(), sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name="quantity_not_negative"),
    )
    op.create_index("ix_usage_record_contract_id_used_on", "usage_record", ["contract_id", "used_on"])


def _create_demo() -> None:
    op.create_table(
        "demo_story",
        sa.Column("story", sa.String(), primary_key=True),
        sa.Column("customer_id", sa.Uuid(), sa.ForeignKey("customer.id"), nullable=False, unique=True),
        sa.Column("position", sa.Integer(), nullable=False),
    )


def _create_invoices() -> None:
    op.create_table(
        "invoice",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("seller_id", sa.Integer(), sa.ForeignKey("seller.id"), nullable=False),
        sa.Column("customer_id", sa.Uuid(), sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("number", sa.String(), nullable=False, unique=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("total_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.UniqueConstraint("customer_id", "period_start"),
        sa.UniqueConstraint("seller_id", "year", "sequence"),
        sa.CheckConstraint("period_end > period_start", name="period_ends_after_start"),
        sa.CheckConstraint("sequence > 0", name="sequence_positive"),
        sa.CheckConstraint("total_minor >= 0", name="total_not_negative"),
    )
    op.create_index(op.f("ix_invoice_customer_id"), "invoice", ["customer_id"])


def _create_lines() -> None:
    op.create_table(
        "line_item",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("invoice_id", sa.Uuid(), sa.ForeignKey("invoice.id"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), sa.ForeignKey("contract.id"), nullable=True),
        sa.Column(
            "kind",
            _choice("linekind", *LINE_KINDS),
            nullable=False,
        ),
        sa.Column("reason_code", _choice("reasoncode", *REASON_CODES), nullable=False),
        sa.Column("cause", JSON, nullable=False),
        sa.Column("price_version_id", sa.Uuid(), sa.ForeignKey("price_version.id"), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("tax_rate", sa.Integer(), nullable=False),
        sa.UniqueConstraint("invoice_id", "position"),
    )
    op.create_index(op.f("ix_line_item_contract_id"), "line_item", ["contract_id"])
    op.create_table(
        "invoice_tax",
        sa.Column("invoice_id", sa.Uuid(), sa.ForeignKey("invoice.id"), primary_key=True),
        sa.Column("tax_rate", sa.Integer(), primary_key=True),
        sa.Column("gross_minor", sa.Integer(), nullable=False),
        sa.Column("net_minor", sa.Integer(), nullable=False),
        sa.Column("tax_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint("gross_minor = net_minor + tax_minor", name="net_and_tax_are_gross"),
    )


def _create_payments() -> None:
    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("reference", sa.String(), nullable=False, unique=True),
        sa.Column("customer_id", sa.Uuid(), sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), sa.ForeignKey("invoice.id"), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
    )
    op.create_index(op.f("ix_payment_customer_id"), "payment", ["customer_id"])
    op.create_index(op.f("ix_payment_invoice_id"), "payment", ["invoice_id"])


def _create_identity() -> None:
    op.create_table(
        "challenge",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), sa.ForeignKey("customer.id"), nullable=True),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
    )
    op.create_index("ix_challenge_conversation_id_id", "challenge", ["conversation_id", "id"])
    op.create_index("ix_challenge_subject_created_at", "challenge", ["subject", "created_at"])
    op.create_table(
        "code_guard",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("scope", _choice("guardscope", "conversation", "customer"), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("last_wrong_at", INSTANT, nullable=True),
        sa.Column("locked_until", INSTANT, nullable=True),
        sa.UniqueConstraint("scope", "subject"),
        sa.CheckConstraint("wrong_codes >= 0", name="wrong_codes_not_negative"),
    )
    op.create_table(
        "verification",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("level", _choice("verificationlevel", "verified"), nullable=False),
        sa.Column("method", _choice("verificationmethod", "sms_code"), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
    )
    op.create_index("ix_verification_conversation_id_expires_at", "verification", ["conversation_id", "expires_at"])
    op.create_index(op.f("ix_verification_customer_id"), "verification", ["customer_id"])


def _create_effects() -> None:
    op.create_table(
        "turn_effect",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("result", JSON, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.UniqueConstraint("conversation_id", "seq", "action", "ordinal"),
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False, unique=True),
        sa.Column("status", _choice("outboxstatus", "pending", "sending", "sent", "failed"), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("provider_sid", sa.String(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_has_instant"),
    )
    op.create_index("ix_outbox_message_status_due_at", "outbox_message", ["status", "due_at"])
