"""Invoices with lines to the cent, issued and booked; taxes as a document states them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from billing.ledger.allocations import use_credit
from billing.ledger.journal import post_invoices
from billing.models import Customer, Invoice, InvoiceTax, LineItem
from billing.models.credit_note import CreditNoteLine, CreditNoteTax
from billing.money import divide
from billing.rating.kinds import LineKind, ReasonCode

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
TODAY = date(2026, 11, 10)
_sequences = itertools.count(1)

Amounts = Sequence[tuple[int, int]]  # (minor, tax rate) of each line


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice to issue; `net`: tax comes on top of the amounts as lines of its own.

    `asked_less`: total and stated taxes are that much below the lines, as other systems' may be.
    """

    customer: Customer
    amounts: Amounts
    issued_on: date = date(2026, 10, 1)
    net: bool = False
    asked_less: int = 0


def issue(
    session: Session,
    customer: Customer,
    amounts: Amounts,
    *,
    issued_on: date = date(2026, 10, 1),
    net: bool = False,
    asked_less: int = 0,
) -> UUID:
    """Issue an invoice of these lines, book it and use the customer's credit for it."""
    return issue_all(session, [Bill(customer, amounts, issued_on, net, asked_less)])[0]


def issue_all(session: Session, bills: Sequence[Bill]) -> list[UUID]:
    invoices, lines, taxes = [], [], []
    for bill in bills:
        asked = [*bill.amounts, (-bill.asked_less, bill.amounts[0][1])]
        rates = [_tax(asked, rate, net=bill.net) for rate in sorted({rate for _, rate in asked})]
        amounts = [(minor, rate, LineKind.RECURRING) for minor, rate in bill.amounts]
        amounts += [(tax, rate, LineKind.TAX) for rate, _, tax in rates if tax and bill.net]
        invoice = _invoice(bill, sum(minor for minor, _, _ in amounts) - bill.asked_less)
        invoices.append(invoice)
        lines += [_line(invoice, position, line) for position, line in enumerate(amounts, 1)]
        taxes += [
            {
                "invoice_id": invoice["id"],
                "tax_rate": rate,
                "gross_minor": base + tax,
                "net_minor": base,
                "tax_minor": tax,
                "currency": "EUR",
            }
            for rate, base, tax in rates
        ]
    session.execute(insert(Invoice), invoices)
    session.execute(insert(LineItem), lines)
    session.execute(insert(InvoiceTax), taxes)
    ids = [UUID(str(invoice["id"])) for invoice in invoices]
    post_invoices(session, ids, now=NOW)
    use_credit(session, [bill.customer.id for bill in bills], now=NOW)
    return ids


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


def _invoice(bill: Bill, total_minor: int) -> dict[str, object]:
    sequence = next(_sequences)
    return {
        "id": uuid4(),
        "seller_id": bill.customer.seller_id,
        "customer_id": bill.customer.id,
        "number": f"{bill.customer.country}-{bill.issued_on.year}-{sequence:06}",
        "year": bill.issued_on.year,
        "sequence": sequence,
        "period_start": bill.issued_on - timedelta(days=30),
        "period_end": bill.issued_on,
        "issued_on": bill.issued_on,
        "due_on": bill.issued_on + timedelta(days=14),
        "total_minor": total_minor,
        "currency": "EUR",
        "created_at": NOW,
    }


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
