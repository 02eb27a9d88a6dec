"""Invoices with their lines, their taxes and what was given back on each line."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from billing.audit_loading.grouping import Rows, grouped
from billing.fairness.facts import CreditFacts, InvoiceAudited, LineFacts, TaxFacts
from billing.models.credit_note import CreditNote, CreditNoteLine
from billing.models.invoice import Invoice, InvoiceTax, LineItem
from billing.periods import BillingPeriod


def load_invoices(session: Session, customer_ids: Collection[UUID]) -> Mapping[UUID, list[InvoiceAudited]]:
    of_customers = Invoice.customer_id.in_(customer_ids)
    rows = session.execute(
        select(*Invoice.__table__.columns).where(of_customers).order_by(Invoice.issued_on, Invoice.number)
    ).all()
    lines = _lines(session, of_customers)
    taxes = _taxes(session, of_customers)
    given_back = _given_back(session, customer_ids)
    invoices: dict[UUID, list[InvoiceAudited]] = defaultdict(list)
    for row in rows:
        of_invoice = tuple(_line(row.number, line, given_back.get(line.id, ())) for line in lines.get(row.id, ()))
        invoices[row.customer_id].append(_invoice(row, of_invoice, taxes.get(row.id, ())))
    return invoices


def _lines(session: Session, of_customers: ColumnElement[bool]) -> Rows:
    lines = (
        select(*LineItem.__table__.columns)
        .join(Invoice, Invoice.id == LineItem.invoice_id)
        .where(of_customers)
        .order_by(LineItem.position)
    )
    return grouped(session.execute(lines), "invoice_id")


def _taxes(session: Session, of_customers: ColumnElement[bool]) -> Rows:
    taxes = (
        select(*InvoiceTax.__table__.columns)
        .join(Invoice, Invoice.id == InvoiceTax.invoice_id)
        .where(of_customers)
        .order_by(InvoiceTax.tax_rate)
    )
    return grouped(session.execute(taxes), "invoice_id")


def _given_back(session: Session, customer_ids: Collection[UUID]) -> Rows:
    notes = (
        select(
            CreditNoteLine.line_item_id,
            CreditNoteLine.amount_minor,
            CreditNoteLine.finding,
            CreditNote.number,
            CreditNote.reason,
            CreditNote.issued_on,
        )
        .join(CreditNote, CreditNote.id == CreditNoteLine.credit_note_id)
        .where(CreditNote.customer_id.in_(customer_ids))
        .order_by(CreditNote.issued_on, CreditNote.number, CreditNoteLine.position)
    )
    return grouped(session.execute(notes), "line_item_id")


def _invoice(row: Any, lines: tuple[LineFacts, ...], taxes: Sequence[Any]) -> InvoiceAudited:  # Any: rows of the tables
    return InvoiceAudited(
        number=row.number,
        invoice_id=row.id,
        period=BillingPeriod(row.period_start, row.period_end),
        issued_on=row.issued_on,
        due_on=row.due_on,
        created_at=row.created_at,
        total=row.total_minor,
        currency=row.currency,
        lines=lines,
        taxes=tuple(TaxFacts(tax.tax_rate, tax.gross_minor, tax.net_minor, tax.tax_minor) for tax in taxes),
    )


def _line(invoice: str, row: Any, given_back: Sequence[Any]) -> LineFacts:  # Any: rows of the tables
    return LineFacts(
        line_id=row.id,
        invoice=invoice,
        position=row.position,
        contract_id=row.contract_id,
        kind=row.kind,
        cause=row.cause or {},
        period=BillingPeriod(row.period_start, row.period_end),
        quantity=row.quantity,
        unit=row.unit,
        amount=row.amount_minor,
        tax_rate=row.tax_rate,
        price_version_id=row.price_version_id,
        credits=tuple(
            CreditFacts(one.number, one.reason.value, one.issued_on, one.amount_minor, one.finding)
            for one in given_back
        ),
    )
