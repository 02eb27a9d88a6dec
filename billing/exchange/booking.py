"""What follows from imported documents: taxes that no file gives, the journal, and what money was used for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from billing.exchange.ids import Ids
from billing.exchange.reading import Record
from billing.journal import Entry, Posting, post_all, taxed_entries
from billing.models.credit_note import CreditNote
from billing.models.invoice import Invoice, InvoiceTax, LineItem
from billing.models.journal import LedgerAccount, TransactionKind
from billing.money import Money

LOOK_UP = 500
BASIS_POINTS = 10_000
Documents = type[Invoice] | type[CreditNote]


class Batches(Protocol):
    """Reads the files again, row by row."""

    def batches(self, name: str) -> Iterator[list[Record]]: ...


def complete_taxes(session: Session, ids: Ids, numbers: Iterable[Sequence[str]]) -> None:
    """Compute the taxes of invoices that have none: what the lines of a rate contain, rounded once.

    Written after all lines, for taxes seal an invoice.
    """
    for batch in numbers:
        invoice_ids = [ids.invoices[number] for number in batch]
        for start in range(0, len(invoice_ids), LOOK_UP):
            rows = _contained_taxes(session, invoice_ids[start : start + LOOK_UP])
            if rows:
                session.execute(insert(InvoiceTax), rows)


def _contained_taxes(session: Session, invoice_ids: Sequence[UUID]) -> list[dict[str, object]]:
    gross = func.sum(LineItem.amount_minor)
    without = ~select(InvoiceTax.invoice_id).where(InvoiceTax.invoice_id == LineItem.invoice_id).exists()
    sums = session.execute(
        select(LineItem.invoice_id, LineItem.tax_rate, LineItem.currency, gross)
        .where(LineItem.invoice_id.in_(invoice_ids), without)
        .group_by(LineItem.invoice_id, LineItem.tax_rate, LineItem.currency)
    )
    rows = []
    for invoice_id, rate, currency, minor in sums:
        # int: PostgreSQL sums integers to a decimal.
        money = Money(int(minor), currency)
        tax = money.times(rate, BASIS_POINTS + rate)
        rows.append(
            {
                "invoice_id": invoice_id,
                "tax_rate": rate,
                "gross_minor": money.minor,
                "net_minor": (money - tax).minor,
                "tax_minor": tax.minor,
                "currency": currency,
            }
        )
    return rows


def book(session: Session, ids: Ids, files: Batches) -> None:
    """Book the imported documents; money that no file puts to an invoice goes to the ones that are open."""
    for batch in files.batches("invoices"):
        post_all(session, _invoices(session, [ids.invoices[record["number"]] for record in batch]), now=ids.now)
    for batch in files.batches("payments"):
        post_all(session, [_payment(record, ids) for record in batch], now=ids.now)


def _invoices(session: Session, invoice_ids: Sequence[UUID]) -> list[Posting]:
    """Return the postings: what is owed against revenue and tax, per rate.

    Where the total is not what the lines come to, the rest is revenue, so that the books balance as the invoice stands.
    """
    postings = []
    for start in range(0, len(invoice_ids), LOOK_UP):
        part = invoice_ids[start : start + LOOK_UP]
        taxes: dict[UUID, list[InvoiceTax]] = defaultdict(list)
        for tax in session.scalars(select(InvoiceTax).where(InvoiceTax.invoice_id.in_(part))):
            taxes[tax.invoice_id].append(tax)
        postings += [
            _invoice(invoice, taxes[invoice.id])
            for invoice in session.scalars(select(Invoice).where(Invoice.id.in_(part)).order_by(Invoice.number))
        ]
    return postings


def _invoice(invoice: Invoice, taxes: Sequence[InvoiceTax]) -> Posting:
    currency = invoice.currency
    entries = [Entry(LedgerAccount.RECEIVABLE, Money(invoice.total_minor, currency))]
    for tax in taxes:
        entries += taxed_entries(Money(-tax.net_minor, currency), Money(-tax.tax_minor, currency))
    rest = invoice.total_minor - sum(tax.gross_minor for tax in taxes)
    entries.append(Entry(LedgerAccount.REVENUE, Money(-rest, currency)))
    return Posting(invoice.customer_id, TransactionKind.INVOICE, invoice.number, invoice.issued_on, entries)


def _payment(record: Record, ids: Ids) -> Posting:
    amount = Money(record["amount"], record["currency"])
    entries = [Entry(LedgerAccount.BANK, amount), Entry(LedgerAccount.CUSTOMER_CREDIT, -amount)]
    customer_id = ids.customers[record["customer"]]
    return Posting(customer_id, TransactionKind.PAYMENT, record["reference"], record["received_on"], entries)
