"""Turns drafts into issued invoices: numbers them and writes them, all of a batch in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from billing.db import Base, insert_if_absent
from billing.delivery import enqueue_invoices
from billing.ledger.allocations import use_credit
from billing.ledger.journal import post_invoices
from billing.models.customer import Customer
from billing.models.invoice import Invoice, InvoiceTax, LineItem
from billing.models.seller import InvoiceSeries, Seller
from billing.money import Money
from billing.parties import Parties
from billing.periods import BillingPeriod
from billing.rating.line import Line
from billing.rating.tax import contained_taxes


@dataclass(frozen=True, slots=True)
class Draft:
    """An invoice before it has a number."""

    customer: Customer
    lines: tuple[Line, ...]
    amount: Money


@dataclass(frozen=True, slots=True)
class Issue:
    """What all invoices of one batch share."""

    seller: Seller
    period: BillingPeriod
    issued_on: date
    now: datetime


def lock_series(session: Session, issue: Issue) -> InvoiceSeries:
    """Take the seller's numbers of the year until the transaction ends; who comes second waits."""
    key = {"seller_id": issue.seller.id, "year": issue.issued_on.year}
    insert_if_absent(session, InvoiceSeries, {**key, "last_sequence": 0})
    return session.scalars(select(InvoiceSeries).filter_by(**key).with_for_update()).one()


def issue_drafts(session: Session, issue: Issue, series: InvoiceSeries, drafts: Sequence[Draft]) -> None:
    """Number the drafts and write them; the taxes last, for they seal the invoices against further lines.

    In the same transaction each invoice is booked, paid from credit as far as there is any, and queued for delivery.
    """
    if not drafts:
        return
    invoices = [_invoice_row(issue, draft, sequence) for sequence, draft in enumerate(drafts, series.last_sequence + 1)]
    series.last_sequence += len(drafts)
    ids = [invoice_id_of(draft.customer.id, issue.period) for draft in drafts]
    lines = [row for invoice_id, draft in zip(ids, drafts, strict=True) for row in _line_rows(invoice_id, draft)]
    taxes = [row for invoice_id, draft in zip(ids, drafts, strict=True) for row in _tax_rows(invoice_id, draft)]
    _write(session, Invoice, invoices)
    _write(session, LineItem, lines)
    _write(session, InvoiceTax, taxes)
    post_invoices(session, ids, now=issue.now)
    use_credit(session, [draft.customer.id for draft in drafts], now=issue.now)
    enqueue_invoices(session, ids, now=issue.now)


def _write(session: Session, model: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
    # With its nulls, or each change between rows with and without one begins a statement of its own.
    if rows:
        session.execute(insert(model), rows, execution_options={"render_nulls": True})


def invoice_id_of(customer_id: UUID, period: BillingPeriod) -> UUID:
    """Return the id of the one invoice that the billing run makes for a customer's period."""
    return uuid5(customer_id, f"invoice:{period.start.isoformat()}")


def _invoice_row(issue: Issue, draft: Draft, sequence: int) -> dict[str, object]:
    seller = issue.seller
    return {
        "id": invoice_id_of(draft.customer.id, issue.period),
        "seller_id": seller.id,
        "customer_id": draft.customer.id,
        "number": f"{seller.country}-{issue.issued_on.year}-{sequence:06}",
        "year": issue.issued_on.year,
        "sequence": sequence,
        "period_start": issue.period.start,
        "period_end": issue.period.end,
        "issued_on": issue.issued_on,
        "due_on": issue.issued_on + timedelta(days=seller.payment_term_days),
        "total_minor": draft.amount.minor,
        "currency": draft.amount.currency,
        "created_at": issue.now,
        "parties": Parties.of(seller, draft.customer).as_json(),
    }


def _line_rows(invoice_id: UUID, draft: Draft) -> list[dict[str, object]]:
    return [
        {
            "invoice_id": invoice_id,
            "position": position,
            "contract_id": line.contract_id,
            "kind": line.kind,
            "reason_code": line.reason_code,
            "cause": line.facts,
            "price_version_id": line.price_version_id,
            "period_start": line.period.start,
            "period_end": line.period.end,
            "quantity": line.quantity,
            "unit": line.unit,
            "amount_minor": line.amount.minor,
            "currency": line.amount.currency,
            "tax_rate": line.tax_rate,
        }
        for position, line in enumerate(draft.lines, 1)
    ]


def _tax_rows(invoice_id: UUID, draft: Draft) -> list[dict[str, object]]:
    return [
        {
            "invoice_id": invoice_id,
            "tax_rate": tax.tax_rate,
            "gross_minor": tax.gross.minor,
            "net_minor": tax.net.minor,
            "tax_minor": tax.tax.minor,
            "currency": tax.gross.currency,
        }
        for tax in contained_taxes(draft.lines, draft.amount.currency)
    ]
