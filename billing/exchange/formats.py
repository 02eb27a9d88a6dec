"""The files of an exchange: names, columns, keys and references. docs/import.md says the same for people.

The order is the order in which rows are written: what a file refers to stands above it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from billing.exchange import cells
from billing.exchange.cells import Cell
from billing.law import TaxCategory
from billing.models.contract import OneOffKind
from billing.models.credit_note import CreditReason
from billing.models.dispute import DisputeStatus
from billing.models.dunning import ArrangementKind, ArrangementStatus, DunningKind
from billing.models.payment import RefundStatus
from billing.models.usage import UsageZone
from billing.rating.kinds import LineKind, ReasonCode

NAMES = {"name": None, "name_en": "en", "name_de": "de", "name_fi": "fi"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column; an empty cell of one that is not required means `default`.

    `refers`: the file whose key it holds. `fresh`: a row of the database will not do, for it cannot grow any more.
    """

    name: str
    cell: Cell
    required: bool = False
    default: Any = None  # Any: of the cell's kind
    refers: str | None = None
    fresh: bool = False
    exported: bool = True


@dataclass(frozen=True, slots=True)
class FileFormat:
    """One file. `key`: the columns that are unique together. `spans`: columns of which the second must be the later.

    `names`: whether a row has a name in each language; None: it cannot have one. `big`: millions of rows are expected.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    required: bool = False
    names: bool | None = None
    spans: tuple[tuple[str, str], ...] = ()
    big: bool = False

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Return the columns of the file in order, those for a name after the key."""
        if self.names is None:
            return self.columns
        exported = {name for name, language in NAMES.items() if self.names and language}
        spoken = tuple(Column(name, cells.TEXT, exported=name in exported) for name in NAMES)
        at = max([index for index, column in enumerate(self.columns) if column.name in self.key], default=0) + 1
        return (*self.columns[:at], *spoken, *self.columns[at:])

    @property
    def exported_columns(self) -> tuple[Column, ...]:
        return tuple(column for column in self.all_columns if column.exported)


def _must(name: str, cell: Cell, refers: str | None = None) -> Column:
    return Column(name, cell, required=True, refers=refers)


def _may(name: str, cell: Cell, default: object = None, refers: str | None = None) -> Column:
    return Column(name, cell, default=default, refers=refers)


def _key_of(file: str, name: str) -> Column:
    return Column(name, cells.TEXT, required=True, refers=file)


def _part_of(file: str, name: str) -> Column:
    return Column(name, cells.TEXT, required=True, refers=file, fresh=True)


_ADDRESS = (
    _may("email", cells.TEXT),
    _may("street", cells.TEXT, ""),
    _may("postal_code", cells.TEXT, ""),
    _may("city", cells.TEXT, ""),
)
_TAX_AMOUNTS = (
    _must("tax_rate", cells.TAX_RATE),
    _must("gross", cells.AMOUNT),
    _must("net", cells.AMOUNT),
    _must("tax", cells.AMOUNT),
)
_SERIES = (_may("year", cells.POSITIVE), _may("sequence", cells.POSITIVE), _may("created_at", cells.INSTANT))

FILES: tuple[FileFormat, ...] = (
    FileFormat(
        "sellers",
        (
            _must("country", cells.COUNTRY),
            _must("name", cells.TEXT),
            _must("legal_name", cells.TEXT),
            _must("currency", cells.CURRENCY),
            _must("time_zone", cells.TEXT),
            _must("payment_term_days", cells.POSITIVE),
            _may("prices_include_tax", cells.FLAG, True),
            _may("charges_late_interest", cells.FLAG, False),
            *_ADDRESS,
            _may("vat_id", cells.TEXT, ""),
            _may("iban", cells.TEXT, ""),
            _may("bic", cells.TEXT, ""),
        ),
        key=("country",),
    ),
    FileFormat(
        "plans",
        (
            _must("code", cells.TEXT),
            _may("product", cells.TEXT, ""),
            _may("offered_from", cells.DAY),
            _may("offered_to", cells.DAY),
            _may("switching_fee", cells.PRICE, 0),
        ),
        key=("code",),
        required=True,
        names=True,
        spans=(("offered_from", "offered_to"),),
    ),
    FileFormat(
        "price_versions",
        (
            _key_of("plans", "plan"),
            _must("country", cells.COUNTRY),
            _must("valid_from", cells.DAY),
            _may("valid_to", cells.DAY),
            _must("base_price", cells.PRICE),
            _must("currency", cells.CURRENCY),
            _may("tax_category", cells.choice(TaxCategory), TaxCategory.STANDARD),
            _may("unit", cells.TEXT),
            _may("included_quantity", cells.QUANTITY, 0),
            _may("unit_price", cells.UNIT_PRICE),
            _may("tiers", cells.TIERS),
            _may("world_unit_price", cells.UNIT_PRICE),
            _may("notice_sent_on", cells.DAY),
        ),
        key=("plan", "country", "valid_from"),
        required=True,
        spans=(("valid_from", "valid_to"),),
    ),
    FileFormat(
        "customers",
        (
            _must("number", cells.CUSTOMER_NUMBER),
            _must("name", cells.TEXT),
            _must("country", cells.COUNTRY),
            _must("phone", cells.PHONE),
            _may("language", cells.LANGUAGE),
            *_ADDRESS,
            _may("created_at", cells.INSTANT),
        ),
        key=("number",),
        required=True,
    ),
    FileFormat(
        "contracts",
        (
            _must("number", cells.TEXT),
            _key_of("customers", "customer"),
            _may("plan", cells.TEXT, refers="plans"),
            _must("started_on", cells.DAY),
            _may("ended_on", cells.DAY),
            _may("cancelled_on", cells.DAY),
            _may("minimum_term_until", cells.DAY),
            _may("termination_fee", cells.PRICE),
        ),
        key=("number",),
        required=True,
        spans=(("started_on", "ended_on"),),
    ),
    FileFormat(
        "contract_phases",
        (
            _part_of("contracts", "contract"),
            _key_of("plans", "plan"),
            _must("valid_from", cells.DAY),
            _may("valid_to", cells.DAY),
        ),
        key=("contract", "valid_from"),
        spans=(("valid_from", "valid_to"),),
    ),
    FileFormat(
        "promotions",
        (
            _key_of("contracts", "contract"),
            _must("code", cells.TEXT),
            _may("percent", cells.PERCENT),
            _may("amount", cells.POSITIVE_AMOUNT),
            _must("valid_from", cells.DAY),
            _may("valid_to", cells.DAY),
            _may("exclusive", cells.FLAG, False),
        ),
        key=("contract", "code"),
        required=True,
        names=True,
        spans=(("valid_from", "valid_to"),),
    ),
    FileFormat(
        "charges",
        (
            _key_of("contracts", "contract"),
            _must("reference", cells.TEXT),
            _must("charged_on", cells.DAY),
            _must("amount", cells.AMOUNT),
            _may("kind", cells.choice(OneOffKind), OneOffKind.SERVICE),
            _may("tax_category", cells.choice(TaxCategory), TaxCategory.STANDARD),
            _may("proof_reference", cells.TEXT),
        ),
        names=True,
    ),
    FileFormat(
        "outages",
        (
            _must("reference", cells.TEXT),
            _key_of("contracts", "contract"),
            _must("reported_on", cells.DAY),
            _may("ended_on", cells.DAY),
        ),
        key=("reference",),
    ),
    FileFormat(
        "usage",
        (
            _must("event_id", cells.TEXT),
            _key_of("contracts", "contract"),
            _must("used_on", cells.DAY),
            _must("quantity", cells.QUANTITY),
            _must("unit", cells.TEXT),
            _may("zone", cells.choice(UsageZone), UsageZone.HOME),
            _may("received_at", cells.INSTANT),
        ),
        key=("event_id",),
        required=True,
        big=True,
    ),
    FileFormat(
        "invoices",
        (
            _must("number", cells.TEXT),
            _key_of("customers", "customer"),
            _must("period_start", cells.DAY),
            _must("period_end", cells.DAY),
            _must("issued_on", cells.DAY),
            _must("due_on", cells.DAY),
            _must("total", cells.PRICE),
            _must("currency", cells.CURRENCY),
            *_SERIES,
        ),
        key=("number",),
        required=True,
        spans=(("period_start", "period_end"),),
    ),
    FileFormat(
        "line_items",
        (
            _part_of("invoices", "invoice"),
            _must("position", cells.POSITIVE),
            _may("contract", cells.TEXT, refers="contracts"),
            _must("kind", cells.choice(LineKind)),
            _may("reason_code", cells.choice(ReasonCode)),
            _may("plan", cells.TEXT, refers="plans"),
            _may("price_valid_from", cells.DAY),
            _may("promotion", cells.TEXT),
            Column("reference", cells.TEXT, exported=False),
            Column("zone", cells.choice(UsageZone), exported=False),
            _must("period_start", cells.DAY),
            _must("period_end", cells.DAY),
            _may("quantity", cells.WHOLE, 1),
            _may("unit", cells.TEXT, ""),
            _must("amount", cells.AMOUNT),
            _must("tax_rate", cells.TAX_RATE),
            _may("cause", cells.FACTS),
        ),
        key=("invoice", "position"),
        required=True,
        names=False,
        spans=(("period_start", "period_end"),),
        big=True,
    ),
    FileFormat(
        "invoice_taxes",
        (_part_of("invoices", "invoice"), *_TAX_AMOUNTS),
        key=("invoice", "tax_rate"),
    ),
    FileFormat(
        "credit_notes",
        (
            _must("number", cells.TEXT),
            _key_of("invoices", "invoice"),
            _must("reason", cells.choice(CreditReason)),
            _must("issued_on", cells.DAY),
            _must("total", cells.POSITIVE_AMOUNT),
            _may("to_credit", cells.PRICE, 0),
            *_SERIES,
        ),
        key=("number",),
    ),
    FileFormat(
        "credit_note_lines",
        (
            _part_of("credit_notes", "credit_note"),
            _must("position", cells.POSITIVE),
            _must("invoice_position", cells.POSITIVE),
            _must("amount", cells.AMOUNT),
            _may("finding", cells.TEXT),
        ),
        key=("credit_note", "position"),
    ),
    FileFormat(
        "credit_note_taxes",
        (_part_of("credit_notes", "credit_note"), *_TAX_AMOUNTS),
        key=("credit_note", "tax_rate"),
    ),
    FileFormat(
        "payments",
        (
            _must("reference", cells.TEXT),
            _key_of("customers", "customer"),
            _may("invoice", cells.TEXT, refers="invoices"),
            _must("amount", cells.POSITIVE_AMOUNT),
            _must("currency", cells.CURRENCY),
            _must("received_on", cells.DAY),
        ),
        key=("reference",),
        required=True,
    ),
    FileFormat(
        "allocations",
        (
            _may("payment", cells.TEXT, refers="payments"),
            _may("credit_note", cells.TEXT, refers="credit_notes"),
            _key_of("invoices", "invoice"),
            _must("amount", cells.POSITIVE_AMOUNT),
            _must("allocated_on", cells.DAY),
        ),
    ),
    FileFormat(
        "refunds",
        (
            _must("reference", cells.TEXT),
            _key_of("customers", "customer"),
            _must("amount", cells.POSITIVE_AMOUNT),
            _must("reason", cells.TEXT),
            _must("status", cells.choice(RefundStatus)),
            _must("requested_at", cells.INSTANT),
            _may("settled_at", cells.INSTANT),
        ),
        key=("reference",),
    ),
    FileFormat(
        "reminders",
        (
            _key_of("invoices", "invoice"),
            _must("position", cells.POSITIVE),
            _must("kind", cells.choice(DunningKind)),
            _must("sent_on", cells.DAY),
            _must("claimed", cells.AMOUNT),
            _must("fee", cells.PRICE),
            _may("law", cells.TEXT, ""),
        ),
        key=("invoice", "position"),
    ),
    FileFormat(
        "disputes",
        (
            _must("reference", cells.TEXT),
            _key_of("invoices", "invoice"),
            _must("status", cells.choice(DisputeStatus)),
            _must("reason", cells.TEXT),
            _may("late", cells.FLAG, False),
            _must("opened_at", cells.INSTANT),
            _must("answer_by", cells.DAY),
            _may("closed_at", cells.INSTANT),
        ),
        key=("reference",),
    ),
    FileFormat(
        "disputed_lines",
        (
            _part_of("disputes", "dispute"),
            _must("invoice_position", cells.POSITIVE),
            _must("amount", cells.POSITIVE_AMOUNT),
        ),
        key=("dispute", "invoice_position"),
    ),
    FileFormat(
        "arrangements",
        (
            _must("reference", cells.TEXT),
            _key_of("invoices", "invoice"),
            _must("kind", cells.choice(ArrangementKind)),
            _must("status", cells.choice(ArrangementStatus)),
            _may("fee", cells.PRICE, 0),
            _must("agreed_at", cells.INSTANT),
        ),
        key=("reference",),
    ),
    FileFormat(
        "instalments",
        (
            _part_of("arrangements", "arrangement"),
            _must("position", cells.POSITIVE),
            _must("due_on", cells.DAY),
            _must("amount", cells.POSITIVE_AMOUNT),
        ),
        key=("arrangement", "position"),
    ),
)

BY_NAME: Mapping[str, FileFormat] = {one.name: one for one in FILES}
