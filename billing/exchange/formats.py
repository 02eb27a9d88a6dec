"""The files of an exchange: names, columns, keys and references. docs/import.md says the same for people.

The order is the order in which rows are written: what a file refers to stands above it.
"""

from collections.abc import Mapping

from billing.exchange import cells
from billing.exchange.columns import Column, FileFormat, key_of, may, must, part_of
from billing.law import TaxCategory
from billing.models.contract import OneOffKind
from billing.models.credit_note import CreditReason
from billing.models.dispute import DisputeStatus
from billing.models.dunning import ArrangementKind, ArrangementStatus, DunningKind
from billing.models.payment import RefundStatus
from billing.models.usage import UsageZone
from billing.rating.kinds import LineKind, ReasonCode

_ADDRESS = (
    may("email", cells.TEXT),
    may("street", cells.TEXT, ""),
    may("postal_code", cells.TEXT, ""),
    may("city", cells.TEXT, ""),
)
_TAX_AMOUNTS = (
    must("tax_rate", cells.TAX_RATE),
    must("gross", cells.AMOUNT),
    must("net", cells.AMOUNT),
    must("tax", cells.AMOUNT),
)
_SERIES = (may("year", cells.POSITIVE), may("sequence", cells.POSITIVE), may("created_at", cells.INSTANT))

FILES: tuple[FileFormat, ...] = (
    FileFormat(
        "sellers",
        (
            must("country", cells.COUNTRY),
            must("name", cells.TEXT),
            must("legal_name", cells.TEXT),
            must("currency", cells.CURRENCY),
            must("time_zone", cells.TEXT),
            must("payment_term_days", cells.POSITIVE),
            may("prices_include_tax", cells.FLAG, True),
            may("charges_late_interest", cells.FLAG, False),
            *_ADDRESS,
            may("vat_id", cells.TEXT, ""),
            may("iban", cells.TEXT, ""),
            may("bic", cells.TEXT, ""),
        ),
        key=("country",),
    ),
    FileFormat(
        "plans",
        (
            must("code", cells.TEXT),
            may("product", cells.TEXT, ""),
            may("offered_from", cells.DAY),
            may("offered_to", cells.DAY),
            may("switching_fee", cells.PRICE, 0),
        ),
        key=("code",),
        required=True,
        names=True,
        spans=(("offered_from", "offered_to"),),
    ),
    FileFormat(
        "price_versions",
        (
            key_of("plans", "plan"),
            must("country", cells.COUNTRY),
            must("valid_from", cells.DAY),
            may("valid_to", cells.DAY),
            must("base_price", cells.PRICE),
            must("currency", cells.CURRENCY),
            may("tax_category", cells.choice(TaxCategory), TaxCategory.STANDARD),
            may("unit", cells.TEXT),
            may("included_quantity", cells.QUANTITY, 0),
            may("unit_price", cells.UNIT_PRICE),
            may("tiers", cells.TIERS),
            may("world_unit_price", cells.UNIT_PRICE),
            may("notice_sent_on", cells.DAY),
        ),
        key=("plan", "country", "valid_from"),
        required=True,
        spans=(("valid_from", "valid_to"),),
    ),
    FileFormat(
        "customers",
        (
            must("number", cells.CUSTOMER_NUMBER),
            must("name", cells.TEXT),
            must("country", cells.COUNTRY),
            must("phone", cells.PHONE),
            may("language", cells.LANGUAGE),
            *_ADDRESS,
            may("created_at", cells.INSTANT),
        ),
        key=("number",),
        required=True,
    ),
    FileFormat(
        "contracts",
        (
            must("number", cells.TEXT),
            key_of("customers", "customer"),
            may("plan", cells.TEXT, refers="plans"),
            must("started_on", cells.DAY),
            may("ended_on", cells.DAY),
            may("cancelled_on", cells.DAY),
            may("minimum_term_until", cells.DAY),
            may("termination_fee", cells.PRICE),
        ),
        key=("number",),
        required=True,
        spans=(("started_on", "ended_on"),),
    ),
    FileFormat(
        "contract_phases",
        (
            part_of("contracts", "contract"),
            key_of("plans", "plan"),
            must("valid_from", cells.DAY),
            may("valid_to", cells.DAY),
        ),
        key=("contract", "valid_from"),
        spans=(("valid_from", "valid_to"),),
    ),
    FileFormat(
        "promotions",
        (
            key_of("contracts", "contract"),
            must("code", cells.TEXT),
            may("percent", cells.PERCENT),
            may("amount", cells.POSITIVE_AMOUNT),
            must("valid_from", cells.DAY),
            may("valid_to", cells.DAY),
            may("exclusive", cells.FLAG, False),
        ),
        key=("contract", "code"),
        required=True,
        names=True,
        spans=(("valid_from", "valid_to"),),
    ),
    FileFormat(
        "charges",
        (
            key_of("contracts", "contract"),
            must("reference", cells.TEXT),
            must("charged_on", cells.DAY),
            must("amount", cells.AMOUNT),
            may("kind", cells.choice(OneOffKind), OneOffKind.SERVICE),
            may("tax_category", cells.choice(TaxCategory), TaxCategory.STANDARD),
            may("proof_reference", cells.TEXT),
        ),
        names=True,
    ),
    FileFormat(
        "outages",
        (
            must("reference", cells.TEXT),
            key_of("contracts", "contract"),
            must("reported_on", cells.DAY),
            may("ended_on", cells.DAY),
        ),
        key=("reference",),
    ),
    FileFormat(
        "usage",
        (
            must("event_id", cells.TEXT),
            key_of("contracts", "contract"),
            must("used_on", cells.DAY),
            must("quantity", cells.QUANTITY),
            must("unit", cells.TEXT),
            may("zone", cells.choice(UsageZone), UsageZone.HOME),
            may("received_at", cells.INSTANT),
        ),
        key=("event_id",),
        required=True,
        big=True,
    ),
    FileFormat(
        "invoices",
        (
            must("number", cells.TEXT),
            key_of("customers", "customer"),
            must("period_start", cells.DAY),
            must("period_end", cells.DAY),
            must("issued_on", cells.DAY),
            must("due_on", cells.DAY),
            must("total", cells.PRICE),
            must("currency", cells.CURRENCY),
            *_SERIES,
            may("parties", cells.PARTIES),
        ),
        key=("number",),
        required=True,
        spans=(("period_start", "period_end"),),
    ),
    FileFormat(
        "line_items",
        (
            part_of("invoices", "invoice"),
            must("position", cells.POSITIVE),
            may("contract", cells.TEXT, refers="contracts"),
            must("kind", cells.choice(LineKind)),
            may("reason_code", cells.choice(ReasonCode)),
            may("plan", cells.TEXT, refers="plans"),
            may("price_valid_from", cells.DAY),
            may("promotion", cells.TEXT),
            Column("reference", cells.TEXT, exported=False),
            Column("zone", cells.choice(UsageZone), exported=False),
            must("period_start", cells.DAY),
            must("period_end", cells.DAY),
            may("quantity", cells.WHOLE, 1),
            may("unit", cells.TEXT, ""),
            must("amount", cells.AMOUNT),
            must("tax_rate", cells.TAX_RATE),
            may("cause", cells.FACTS),
        ),
        key=("invoice", "position"),
        required=True,
        names=False,
        spans=(("period_start", "period_end"),),
        big=True,
    ),
    FileFormat(
        "invoice_taxes",
        (part_of("invoices", "invoice"), *_TAX_AMOUNTS),
        key=("invoice", "tax_rate"),
    ),
    FileFormat(
        "credit_notes",
        (
            must("number", cells.TEXT),
            key_of("invoices", "invoice"),
            must("reason", cells.choice(CreditReason)),
            must("issued_on", cells.DAY),
            must("total", cells.POSITIVE_AMOUNT),
            may("to_credit", cells.PRICE, 0),
            *_SERIES,
            may("parties", cells.PARTIES),
        ),
        key=("number",),
    ),
    FileFormat(
        "credit_note_lines",
        (
            part_of("credit_notes", "credit_note"),
            must("position", cells.POSITIVE),
            must("invoice_position", cells.POSITIVE),
            must("amount", cells.AMOUNT),
            may("finding", cells.TEXT),
        ),
        key=("credit_note", "position"),
    ),
    FileFormat(
        "credit_note_taxes",
        (part_of("credit_notes", "credit_note"), *_TAX_AMOUNTS),
        key=("credit_note", "tax_rate"),
    ),
    FileFormat(
        "payments",
        (
            must("reference", cells.TEXT),
            key_of("customers", "customer"),
            may("invoice", cells.TEXT, refers="invoices"),
            must("amount", cells.POSITIVE_AMOUNT),
            must("currency", cells.CURRENCY),
            must("received_on", cells.DAY),
        ),
        key=("reference",),
        required=True,
    ),
    FileFormat(
        "allocations",
        (
            may("payment", cells.TEXT, refers="payments"),
            may("credit_note", cells.TEXT, refers="credit_notes"),
            key_of("invoices", "invoice"),
            must("amount", cells.POSITIVE_AMOUNT),
            must("allocated_on", cells.DAY),
        ),
    ),
    FileFormat(
        "refunds",
        (
            must("reference", cells.TEXT),
            key_of("customers", "customer"),
            must("amount", cells.POSITIVE_AMOUNT),
            must("reason", cells.TEXT),
            must("status", cells.choice(RefundStatus)),
            must("requested_at", cells.INSTANT),
            may("settled_at", cells.INSTANT),
        ),
        key=("reference",),
    ),
    FileFormat(
        "reminders",
        (
            key_of("invoices", "invoice"),
            must("position", cells.POSITIVE),
            must("kind", cells.choice(DunningKind)),
            must("sent_on", cells.DAY),
            must("claimed", cells.AMOUNT),
            must("fee", cells.PRICE),
            may("law", cells.TEXT, ""),
        ),
        key=("invoice", "position"),
    ),
    FileFormat(
        "disputes",
        (
            must("reference", cells.TEXT),
            key_of("invoices", "invoice"),
            must("status", cells.choice(DisputeStatus)),
            must("reason", cells.TEXT),
            may("late", cells.FLAG, False),
            must("opened_at", cells.INSTANT),
            must("answer_by", cells.DAY),
            may("closed_at", cells.INSTANT),
        ),
        key=("reference",),
    ),
    FileFormat(
        "disputed_lines",
        (
            part_of("disputes", "dispute"),
            must("invoice_position", cells.POSITIVE),
            must("amount", cells.POSITIVE_AMOUNT),
        ),
        key=("dispute", "invoice_position"),
    ),
    FileFormat(
        "arrangements",
        (
            must("reference", cells.TEXT),
            key_of("invoices", "invoice"),
            must("kind", cells.choice(ArrangementKind)),
            must("status", cells.choice(ArrangementStatus)),
            may("fee", cells.PRICE, 0),
            must("agreed_at", cells.INSTANT),
        ),
        key=("reference",),
    ),
    FileFormat(
        "instalments",
        (
            part_of("arrangements", "arrangement"),
            must("position", cells.POSITIVE),
            must("due_on", cells.DAY),
            must("amount", cells.POSITIVE_AMOUNT),
        ),
        key=("arrangement", "position"),
    ),
)

BY_NAME: Mapping[str, FileFormat] = {one.name: one for one in FILES}
