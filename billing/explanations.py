"""Why one issued invoice of an account differs from another."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.errors import NotFound
from billing.explain.bill_changes import Bill, BillChange, explain_change
from billing.models.credit_note import CreditNote
from billing.models.invoice import Invoice, LineItem
from billing.money import Money
from billing.periods import BillingPeriod
from billing.previews.expected_bill import expected_after
from billing.rating.line import Line


class InvoiceNumberUnknown(NotFound):
    """The account has no invoice of that number."""

    def __init__(self, number: str) -> None:
        super().__init__(f"no invoice {number}")
        self.number = number


def explain_latest_change(session: Session, customer_id: UUID) -> BillChange | None:
    """Compare the newest invoice with the one before it; None if there is no invoice at all."""
    return explain_between(session, customer_id, None, None)


def explain_between(session: Session, customer_id: UUID, earlier: str | None, later: str | None) -> BillChange | None:
    """Compare any two invoices of an account, named by their numbers; None if there is no invoice at all.

    Without a later one it is that of the newest period; without an earlier one, that of the period before the later's.
    Raise InvoiceNumberUnknown for a number that the account does not have.
    """
    invoices = _list_invoices(session, customer_id)
    if not invoices:
        return None
    current = _regular(invoices)[-1] if later is None else _get(invoices, later)
    previous = _find_before(invoices, current) if earlier is None else _get(invoices, earlier)
    bills = load_bills(session, [current] if previous is None else [current, previous])
    before = None if previous is None else bills[1]
    change = explain_change(before, bills[0])
    return replace(change, expected_next=expected_after(session, customer_id, before, bills[0]))


def find_bill(session: Session, customer_id: UUID, number: str) -> Bill:
    """Return one issued invoice with its lines; raise InvoiceNumberUnknown."""
    return load_bills(session, [_get(_list_invoices(session, customer_id), number)])[0]


def load_bills(session: Session, invoices: Sequence[Invoice]) -> list[Bill]:
    """Return the bills in the order of the invoices, with two queries for all of them."""
    ids = [invoice.id for invoice in invoices]
    lines: dict[UUID, list[Line]] = defaultdict(list)
    items = select(LineItem).where(LineItem.invoice_id.in_(ids)).order_by(LineItem.invoice_id, LineItem.position)
    for item in session.scalars(items):
        lines[item.invoice_id].append(_line(item))
    credited = _load_credited(session, ids)
    return [
        Bill(
            number=invoice.number,
            period=BillingPeriod(invoice.period_start, invoice.period_end),
            total=Money(invoice.total_minor, invoice.currency),
            lines=tuple(lines[invoice.id]),
            credited=Money(credited.get(invoice.id, 0), invoice.currency),
        )
        for invoice in invoices
    ]


def _list_invoices(session: Session, customer_id: UUID) -> Sequence[Invoice]:
    """Return them in order of time; of one period the regular invoice comes first, others were made after it."""
    order = (Invoice.period_start, Invoice.issued_on, Invoice.sequence)
    return session.scalars(select(Invoice).filter_by(customer_id=customer_id).order_by(*order)).all()


def _regular(invoices: Sequence[Invoice]) -> list[Invoice]:
    """Return the first invoice of each period."""
    first: dict[date, Invoice] = {}
    for invoice in invoices:
        first.setdefault(invoice.period_start, invoice)
    return list(first.values())


def _find_before(invoices: Sequence[Invoice], current: Invoice) -> Invoice | None:
    """Return the regular invoice of the period before; before a further invoice of a period stands its first."""
    regular = _regular(invoices)
    if current not in regular:
        return next(one for one in regular if one.period_start == current.period_start)
    number = regular.index(current)
    return regular[number - 1] if number else None


def _get(invoices: Sequence[Invoice], number: str) -> Invoice:
    found = next((invoice for invoice in invoices if invoice.number == number), None)
    if found is None:
        raise InvoiceNumberUnknown(number)
    return found


def _load_credited(session: Session, invoice_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return what credit notes took back of each invoice."""
    rows = session.execute(
        select(CreditNote.invoice_id, func.sum(CreditNote.total_minor))
        .where(CreditNote.invoice_id.in_(invoice_ids))
        .group_by(CreditNote.invoice_id)
    )
    # int: PostgreSQL sums integers to a decimal.
    return {invoice_id: int(minor) for invoice_id, minor in rows}


def _line(item: LineItem) -> Line:
    return Line(
        kind=item.kind,
        reason_code=item.reason_code,
        facts=item.cause,
        period=BillingPeriod(item.period_start, item.period_end),
        amount=Money(item.amount_minor, item.currency),
        tax_rate=item.tax_rate,
        quantity=item.quantity,
        unit=item.unit,
        contract_id=item.contract_id,
        price_version_id=item.price_version_id,
    )
