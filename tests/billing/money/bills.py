"""Invoices with lines to the cent, issued and booked; taxes as a document states them."""

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from billing.allocations import use_credit
from billing.journal import post_invoices
from billing.models import Customer, Invoice, InvoiceTax, LineItem
from billing.models.credit_note import CreditNoteLine, CreditNoteTax
from billing.money import Money, divide
from billing.rating.kinds import LineKind, ReasonCode

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
TODAY = date(2026, 11, 10)
RATE = 1900
_sequences = itertools.count(1)

Amounts = Sequence[tuple[int, int]]  # (minor, tax rate) of each line


def issue(
    session: Session,
    customer: Customer,
    amounts: Amounts,
    *,
    issued_on: date = date(2026, 10, 1),
    net: bool = False,
) -> UUID:
    """Issue an invoice of these lines, book it and use the customer's credit for it; `net`: tax comes on top."""
    invoice_id = uuid4()
    sequence = next(_sequences)
    taxes = [_tax(amounts, rate, net=net) for rate in sorted({rate for _, rate in amounts})]
    lines = [(minor, rate, LineKind.RECURRING) for minor, rate in amounts]
    if net:
        lines += [(tax, rate, LineKind.TAX) for rate, _, tax in taxes if tax]
    invoice = {
        "id": invoice_id,
        "seller_id": customer.seller_id,
        "customer_id": customer.id,
        "number": f"{customer.country}-{issued_on.year}-{sequence:06}",
        "year": issued_on.year,
        "sequence": sequence,
        "period_start": issued_on - timedelta(days=30),
        "period_end": issued_on,
        "issued_on": issued_on,
        "due_on": issued_on + timedelta(days=14),
        "total_minor": sum(minor for minor, _, _ in lines),
        "currency": "EUR",
        "created_at": NOW,
    }
    session.execute(insert(Invoice), [invoice])
    session.execute(insert(LineItem), [_line(invoice, *line) for line in enumerate(lines, 1)])
    session.execute(
        insert(InvoiceTax),
        [
            {
                "invoice_id": invoice_id,
                "tax_rate": rate,
                "gross_minor": base + tax,
                "net_minor": base,
                "tax_minor": tax,
                "currency": "EUR",
            }
            for rate, base, tax in taxes
        ],
    )
    post_invoices(session, [invoice_id], now=NOW)
    use_credit(session, [customer.id], now=NOW)
    return invoice_id


def lines_of(session: Session, invoice_id: UUID) -> list[int]:
    """Return the ids of the line items in their order."""
    return list(session.scalars(select(LineItem.id).filter_by(invoice_id=invoice_id).order_by(LineItem.position)).all())


def credited_lines(session: Session, note_id: UUID) -> list[int]:
    """Return the amounts of a note's lines in their order."""
    of_note = select(CreditNoteLine.amount_minor).filter_by(credit_note_id=note_id).order_by(CreditNoteLine.position)
    return list(session.scalars(of_note).all())


def credited_taxes(session: Session, note_id: UUID) -> dict[int, tuple[int, int]]:
    """Return net and tax of a note by rate."""
    rows = session.scalars(select(CreditNoteTax).filter_by(credit_note_id=note_id)).all()
    return {row.tax_rate: (row.net_minor, row.tax_minor) for row in rows}


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def _tax(amounts: Amounts, rate: int, *, net: bool) -> tuple[int, int, int]:
    """Return rate, net and tax of the lines of one rate, rounded once."""
    minor = sum(amount for amount, line_rate in amounts if line_rate == rate)
    if net:
        return rate, minor, divide(minor * rate, 10_000)
    tax = divide(minor * rate, 10_000 + rate)
    return rate, minor - tax, tax


def _line(invoice: dict[str, object], position: int, line: tuple[int, int, LineKind]) -> dict[str, object]:
    minor, rate, kind = line
    return {
        "invoice_id": invoice["id"],
        "position": position,
        "kind": kind,
        "reason_code": ReasonCode.TAX if kind is LineKind.TAX else ReasonCode.BASE_FEE,
        "cause": {},
        "period_start": invoice["period_start"],
        "period_end": invoice["period_end"],
        "quantity": 1,
        "unit": "",
        "amount_minor": minor,
        "currency": "EUR",
        "tax_rate": rate,
    }
