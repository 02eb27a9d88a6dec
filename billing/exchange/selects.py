"""The rows of each file, read from the database in the order of their natural keys."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, collate, select
from sqlalchemy.orm import Session

from billing.exchange.columns import NAMES
from billing.exchange.natural_names import Names
from billing.models.contract import Contract, ContractPhase, Discount, OneOffCharge, Outage
from billing.models.credit_note import CreditNote, CreditNoteLine, CreditNoteTax
from billing.models.customer import Customer
from billing.models.dispute import Dispute, DisputedLine
from billing.models.dunning import Arrangement, DunningStep, Instalment
from billing.models.invoice import Invoice, InvoiceTax, LineItem
from billing.models.payment import Allocation, Payment, Refund
from billing.models.plan import Plan, PriceVersion
from billing.models.seller import Seller
from billing.models.usage import UsageRecord

Cells = Mapping[str, Any]  # Any: each column has a type of its own
Source = Callable[[Session, Names], Iterator[Cells]]
AT_ONCE = 2_000


def _stream(session: Session, statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """Yield rows without holding all of them."""
    # Any: the statement's columns decide what a row is
    yield from session.execute(statement.execution_options(yield_per=AT_ONCE))


def _bytewise(session: Session, column: Any) -> ColumnElement[Any]:
    """Sort a text as SQLite does, whatever language the database server speaks."""
    return collate(column, "C") if session.get_bind().dialect.name == "postgresql" else column


def _spoken(name: Mapping[str, str]) -> dict[str, str]:
    first = next(iter(name.values()), "")
    return {column: name.get(language, first) for column, language in NAMES.items() if language}


def _own(row: Any, **names: str) -> dict[str, Any]:
    """Return a row's columns under the names of the file: `file_column="row_attribute"`."""
    return {column: getattr(row, attribute) for column, attribute in names.items()}


def _same(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _sellers(session: Session, names: Names) -> Iterator[Cells]:
    for (row,) in _stream(session, select(Seller).order_by(_bytewise(session, Seller.country))):
        terms = _same(row, "currency", "time_zone", "payment_term_days", "prices_include_tax", "charges_late_interest")
        address = _same(row, "email", "street", "postal_code", "city")
        yield {**_same(row, "country", "name", "legal_name", "vat_id", "iban", "bic"), **terms, **address}


def _plans(session: Session, names: Names) -> Iterator[Cells]:
    for (row,) in _stream(session, select(Plan).order_by(_bytewise(session, Plan.code))):
        yield {
            **_same(row, "code", "product", "offered_from", "offered_to"),
            **_spoken(row.name),
            "switching_fee": row.switching_fee_minor,
        }


def _price_versions(session: Session, names: Names) -> Iterator[Cells]:
    key = (_bytewise(session, Plan.code), _bytewise(session, PriceVersion.country), PriceVersion.valid_from)
    rows = select(PriceVersion, Plan.code).join(Plan, Plan.id == PriceVersion.plan_id).order_by(*key)
    for row, plan in _stream(session, rows):
        same = ("country", "valid_from", "valid_to", "currency", "tax_category", "unit", "included_quantity", "tiers")
        yield {
            "plan": plan,
            **_same(row, *same, "notice_sent_on"),
            **_own(row, base_price="base_minor", unit_price="unit_price_micro"),
            **_own(row, world_unit_price="world_unit_price_micro"),
        }


def _customers(session: Session, names: Names) -> Iterator[Cells]:
    for (row,) in _stream(session, select(Customer).order_by(Customer.number)):
        same = ("number", "name", "country", "phone", "language", "email", "street", "postal_code", "city")
        yield _same(row, *same, "created_at")


def _contracts(session: Session, names: Names) -> Iterator[Cells]:
    latest = _latest_plans(session)
    rows = session.execute(select(Contract, Customer.number).join(Customer, Customer.id == Contract.customer_id))
    for row, customer in sorted(rows, key=lambda row: names.contract(row[0].id) or ""):
        yield {
            "number": names.contract(row.id),
            "customer": customer,
            "plan": latest.get(row.id),
            **_same(row, "started_on", "ended_on", "cancelled_on", "minimum_term_until"),
            "termination_fee": row.termination_fee_minor,
        }


def _latest_plans(session: Session) -> dict[Any, str]:
    rows = (
        select(ContractPhase.contract_id, Plan.code)
        .join(Plan, Plan.id == ContractPhase.plan_id)
        .order_by(ContractPhase.valid_from)
    )
    return dict(session.execute(rows).all())


def _phases(session: Session, names: Names) -> Iterator[Cells]:
    rows = session.execute(select(ContractPhase, Plan.code).join(Plan, Plan.id == ContractPhase.plan_id))
    for row, plan in sorted(rows, key=lambda row: (names.contract(row[0].contract_id) or "", row[0].valid_from)):
        yield {"contract": names.contract(row.contract_id), "plan": plan, **_same(row, "valid_from", "valid_to")}


def _promotions(session: Session, names: Names) -> Iterator[Cells]:
    def key(row: Discount) -> tuple[str, str]:
        return names.contract(row.contract_id) or "", names.promotion(row.id) or ""

    for row in sorted(session.scalars(select(Discount)), key=key):
        yield {
            "contract": names.contract(row.contract_id),
            "code": names.promotion(row.id),
            **_spoken(row.name),
            **_own(row, percent="basis_points", amount="amount_minor"),
            **_same(row, "valid_from", "valid_to", "exclusive"),
        }


def _charges(session: Session, names: Names) -> Iterator[Cells]:
    def key(row: OneOffCharge) -> tuple[object, ...]:
        # The same charge may be there twice; what tells the two apart decides their order.
        return names.contract(row.contract_id) or "", row.reference, row.charged_on, row.amount_minor, row.id

    for row in sorted(session.scalars(select(OneOffCharge)), key=key):
        yield {
            "contract": names.contract(row.contract_id),
            **_spoken(row.name),
            **_same(row, "reference", "charged_on", "kind", "tax_category", "proof_reference"),
            "amount": row.amount_minor,
        }


def _outages(session: Session, names: Names) -> Iterator[Cells]:
    for (row,) in _stream(session, select(Outage).order_by(_bytewise(session, Outage.reference))):
        yield {"contract": names.contract(row.contract_id), **_same(row, "reference", "reported_on", "ended_on")}


def _usage(session: Session, names: Names) -> Iterator[Cells]:
    table = UsageRecord
    rows = select(
        table.event_id, table.contract_id, table.used_on, table.quantity, table.unit, table.zone, table.received_at
    ).order_by(_bytewise(session, table.event_id))
    for row in _stream(session, rows):
        yield {**row._mapping, "contract": names.contract(row.contract_id)}


def _invoices(session: Session, names: Names) -> Iterator[Cells]:
    rows = select(Invoice, Customer.number).join(Customer, Customer.id == Invoice.customer_id)
    for row, customer in _stream(session, rows.order_by(_bytewise(session, Invoice.number))):
        yield {
            "customer": customer,
            **_same(row, "number", "period_start", "period_end", "issued_on", "due_on", "currency"),
            **_same(row, "year", "sequence", "created_at", "parties"),
            "total": row.total_minor,
        }


def _line_items(session: Session, names: Names) -> Iterator[Cells]:
    rows = (
        select(LineItem, Invoice.number, Plan.code, PriceVersion.valid_from)
        .join(Invoice, Invoice.id == LineItem.invoice_id)
        .outerjoin(PriceVersion, PriceVersion.id == LineItem.price_version_id)
        .outerjoin(Plan, Plan.id == PriceVersion.plan_id)
        .order_by(_bytewise(session, Invoice.number), LineItem.position)
    )
    for row, invoice, plan, valid_from in _stream(session, rows):
        promotion = names.promotion(row.cause.get("discount_id"))
        # The promotion's code says it in the file; its id is the database's own.
        cause = {key: value for key, value in row.cause.items() if key != "discount_id" or promotion is None}
        yield {
            "invoice": invoice,
            "contract": names.contract(row.contract_id),
            "plan": plan,
            "price_valid_from": valid_from,
            "promotion": promotion,
            **_same(row, "position", "kind", "reason_code", "period_start", "period_end", "quantity", "unit"),
            "amount": row.amount_minor,
            "tax_rate": row.tax_rate,
            "cause": cause,
        }


def _tax(row: Any) -> dict[str, Any]:
    return {"tax_rate": row.tax_rate, **_own(row, gross="gross_minor", net="net_minor", tax="tax_minor")}


def _invoice_taxes(session: Session, names: Names) -> Iterator[Cells]:
    rows = select(InvoiceTax, Invoice.number).join(Invoice, Invoice.id == InvoiceTax.invoice_id)
    for row, invoice in _stream(session, rows.order_by(_bytewise(session, Invoice.number), InvoiceTax.tax_rate)):
        yield {"invoice": invoice, **_tax(row)}


def _credit_notes(session: Session, names: Names) -> Iterator[Cells]:
    rows = select(CreditNote, Invoice.number).join(Invoice, Invoice.id == CreditNote.invoice_id)
    for row, invoice in _stream(session, rows.order_by(_bytewise(session, CreditNote.number))):
        yield {
            "invoice": invoice,
            **_same(row, "number", "reason", "issued_on", "year", "sequence", "created_at", "parties"),
            **_own(row, total="total_minor", to_credit="to_credit_minor"),
        }


def _credit_note_lines(session: Session, names: Names) -> Iterator[Cells]:
    rows = (
        select(CreditNoteLine, CreditNote.number, LineItem.position)
        .join(CreditNote, CreditNote.id == CreditNoteLine.credit_note_id)
        .join(LineItem, LineItem.id == CreditNoteLine.line_item_id)
        .order_by(_bytewise(session, CreditNote.number), CreditNoteLine.position)
    )
    for row, credit_note, position in _stream(session, rows):
        yield {
            "credit_note": credit_note,
            "invoice_position": position,
            "amount": row.amount_minor,
            **_same(row, "position", "finding"),
        }


def _credit_note_taxes(session: Session, names: Names) -> Iterator[Cells]:
    rows = select(CreditNoteTax, CreditNote.number).join(CreditNote, CreditNote.id == CreditNoteTax.credit_note_id)
    order = (_bytewise(session, CreditNote.number), CreditNoteTax.tax_rate)
    for row, credit_note in _stream(session, rows.order_by(*order)):
        yield {"credit_note": credit_note, **_tax(row)}


def _payments(session: Session, names: Names) -> Iterator[Cells]:
    rows = (
        select(Payment, Customer.number, Invoice.number)
        .join(Customer, Customer.id == Payment.customer_id)
        .outerjoin(Invoice, Invoice.id == Payment.invoice_id)
    )
    for row, customer, invoice in _stream(session, rows.order_by(_bytewise(session, Payment.reference))):
        same = _same(row, "reference", "currency", "received_on")
        yield {"customer": customer, "invoice": invoice, "amount": row.amount_minor, **same}


def _allocations(session: Session, names: Names) -> Iterator[Cells]:
    rows = (
        select(Allocation, Payment.reference, CreditNote.number, Invoice.number)
        .outerjoin(Payment, Payment.id == Allocation.payment_id)
        .outerjoin(CreditNote, CreditNote.id == Allocation.credit_note_id)
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .order_by(Allocation.id)
    )
    for row, payment, credit_note, invoice in _stream(session, rows):
        yield {
            "payment": payment,
            "credit_note": credit_note,
            "invoice": invoice,
            "amount": row.amount_minor,
            "allocated_on": row.allocated_on,
        }


def _refunds(session: Session, names: Names) -> Iterator[Cells]:
    rows = session.execute(select(Refund, Customer.number).join(Customer, Customer.id == Refund.customer_id))
    for row, customer in sorted(rows, key=lambda row: names.refunds[row[0].id]):
        yield {
            "reference": names.refunds[row.id],
            "customer": customer,
            "amount": row.amount_minor,
            **_same(row, "reason", "status", "requested_at", "settled_at"),
        }


def _reminders(session: Session, names: Names) -> Iterator[Cells]:
    rows = select(DunningStep, Invoice.number).join(Invoice, Invoice.id == DunningStep.invoice_id)
    for row, invoice in _stream(session, rows.order_by(_bytewise(session, Invoice.number), DunningStep.position)):
        money = _own(row, claimed="claimed_minor", fee="fee_minor")
        yield {"invoice": invoice, **_same(row, "position", "kind", "sent_on", "law"), **money}


def _disputes(session: Session, names: Names) -> Iterator[Cells]:
    rows = session.execute(select(Dispute, Invoice.number).join(Invoice, Invoice.id == Dispute.invoice_id))
    for row, invoice in sorted(rows, key=lambda row: names.disputes[row[0].id]):
        same = _same(row, "status", "reason", "late", "opened_at", "answer_by", "closed_at")
        yield {"reference": names.disputes[row.id], "invoice": invoice, **same}


def _disputed_lines(session: Session, names: Names) -> Iterator[Cells]:
    rows = session.execute(
        select(DisputedLine, LineItem.position).join(LineItem, LineItem.id == DisputedLine.line_item_id)
    )
    for row, position in sorted(rows, key=lambda row: (names.disputes[row[0].dispute_id], row[1])):
        yield {"dispute": names.disputes[row.dispute_id], "invoice_position": position, "amount": row.amount_minor}


def _arrangements(session: Session, names: Names) -> Iterator[Cells]:
    rows = session.execute(select(Arrangement, Invoice.number).join(Invoice, Invoice.id == Arrangement.invoice_id))
    for row, invoice in sorted(rows, key=lambda row: names.arrangements[row[0].id]):
        same = _same(row, "kind", "status", "agreed_at")
        yield {"reference": names.arrangements[row.id], "invoice": invoice, "fee": row.fee_minor, **same}


def _instalments(session: Session, names: Names) -> Iterator[Cells]:
    rows = session.scalars(select(Instalment))
    for row in sorted(rows, key=lambda row: (names.arrangements[row.arrangement_id], row.position)):
        same = _same(row, "position", "due_on")
        yield {"arrangement": names.arrangements[row.arrangement_id], "amount": row.amount_minor, **same}


SOURCES: Mapping[str, Source] = {
    "sellers": _sellers,
    "plans": _plans,
    "price_versions": _price_versions,
    "customers": _customers,
    "contracts": _contracts,
    "contract_phases": _phases,
    "promotions": _promotions,
    "charges": _charges,
    "outages": _outages,
    "usage": _usage,
    "invoices": _invoices,
    "line_items": _line_items,
    "invoice_taxes": _invoice_taxes,
    "credit_notes": _credit_notes,
    "credit_note_lines": _credit_note_lines,
    "credit_note_taxes": _credit_note_taxes,
    "payments": _payments,
    "allocations": _allocations,
    "refunds": _refunds,
    "reminders": _reminders,
    "disputes": _disputes,
    "disputed_lines": _disputed_lines,
    "arrangements": _arrangements,
    "instalments": _instalments,
}
