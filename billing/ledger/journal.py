"""Books what happens to customers' money: double entry, append-only; balances are sums over the entries.

`post` and `post_all` are the one door: SQLite cannot check a transaction at its end, so nobody else writes these rows.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from billing.errors import SaldoError
from billing.models.customer import Customer
from billing.models.invoice import Invoice, InvoiceTax
from billing.models.journal import JournalEntry, JournalTransaction, LedgerAccount, TransactionKind
from billing.models.seller import Seller
from billing.money import Money

CHUNK = 500  # ids in one query: SQLite allows no unlimited number of parameters


class Unbalanced(SaldoError):
    """The entries of a transaction do not sum to zero; `off_by_minor` is what they sum to."""

    def __init__(self, kind: TransactionKind, document: str, currency: str, off_by_minor: int) -> None:
        super().__init__(f"{kind} {document} is off by {off_by_minor} {currency}")
        self.kind = kind
        self.document = document
        self.currency = currency
        self.off_by_minor = off_by_minor


@dataclass(frozen=True, slots=True)
class Entry:
    """One side: a debit is positive, a credit negative. One of nothing is not booked."""

    account: LedgerAccount
    amount: Money


@dataclass(frozen=True, slots=True)
class Posting:
    """One transaction before it is booked; `document` is the key of the row that it is made for."""

    customer_id: UUID
    kind: TransactionKind
    document: str
    booked_on: date
    entries: Sequence[Entry]


def post(
    session: Session,
    customer_id: UUID,
    kind: TransactionKind,
    document: str,
    booked_on: date,
    entries: Sequence[Entry],
    now: datetime,
) -> bool:
    """Book one transaction; return False, and change nothing, if the document was booked as this kind before."""
    return post_all(session, [Posting(customer_id, kind, document, booked_on, entries)], now=now) == 1


def post_all(session: Session, postings: Sequence[Posting], *, now: datetime) -> int:
    """Book those that were not booked before and return how many; raise Unbalanced before anything is booked."""
    for posting in postings:
        _must_balance(posting)
    if not postings:
        return 0
    booked = _insert_transactions(session, postings, now)
    rows = [
        {
            "transaction_id": booked[posting.kind, posting.document],
            "account": entry.account,
            "amount_minor": entry.amount.minor,
            "currency": entry.amount.currency,
        }
        for posting in postings
        if (posting.kind, posting.document) in booked
        for entry in posting.entries
        if entry.amount
    ]
    if rows:
        session.execute(insert(JournalEntry), rows)
    return len(booked)


def post_invoices(session: Session, invoice_ids: Collection[UUID], *, now: datetime) -> None:
    """Book issued invoices as they are stored: what is owed against revenue and tax, per rate."""
    ids = list(invoice_ids)
    for start in range(0, len(ids), CHUNK):
        post_all(session, _invoice_postings(session, ids[start : start + CHUNK]), now=now)


def credit_of(session: Session, customer_id: UUID) -> Money:
    """Return what the customer has paid too much and may have back or use; never negative."""
    return -account_balances(session, customer_id)[LedgerAccount.CUSTOMER_CREDIT]


def account_balances(session: Session, customer_id: UUID) -> Mapping[LedgerAccount, Money]:
    """Return the customer's balance on every account, debits positive."""
    sums = session.execute(
        select(JournalEntry.account, func.sum(JournalEntry.amount_minor))
        .join(JournalTransaction, JournalTransaction.id == JournalEntry.transaction_id)
        .where(JournalTransaction.customer_id == customer_id)
        .group_by(JournalEntry.account)
    )
    # int: PostgreSQL sums integers to a decimal.
    minor = {account: int(amount) for account, amount in sums}
    currency = currency_of(session, customer_id)
    return {account: Money(minor.get(account, 0), currency) for account in LedgerAccount}


def currency_of(session: Session, customer_id: UUID) -> str:
    """Return the currency that the customer's seller bills in."""
    from_seller = select(Seller.currency).join(Customer, Customer.seller_id == Seller.id)
    return session.scalars(from_seller.where(Customer.id == customer_id)).one()


def _must_balance(posting: Posting) -> None:
    sums: dict[str, int] = defaultdict(int)
    for entry in posting.entries:
        sums[entry.amount.currency] += entry.amount.minor
    for currency, minor in sums.items():
        if minor:
            raise Unbalanced(posting.kind, posting.document, currency, minor)


def _insert_transactions(
    session: Session, postings: Iterable[Posting], now: datetime
) -> dict[tuple[TransactionKind, str], int]:
    """Return the ids of the new ones; the unique key leaves out what is there, also what a rival has just booked."""
    on = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    table = JournalTransaction
    statement = on.insert(table).on_conflict_do_nothing().returning(table.kind, table.document, table.id)
    rows = [
        {
            "customer_id": posting.customer_id,
            "kind": posting.kind,
            "document": posting.document,
            "booked_on": posting.booked_on,
            "created_at": now,
        }
        for posting in postings
    ]
    return {(kind, document): key for kind, document, key in session.execute(statement, rows)}


def _invoice_postings(session: Session, invoice_ids: Sequence[UUID]) -> list[Posting]:
    entries: dict[UUID, list[Entry]] = defaultdict(list)
    for tax in session.execute(
        select(InvoiceTax.invoice_id, InvoiceTax.net_minor, InvoiceTax.tax_minor, InvoiceTax.currency)
        .where(InvoiceTax.invoice_id.in_(invoice_ids))
        .order_by(InvoiceTax.invoice_id, InvoiceTax.tax_rate)
    ):
        entries[tax.invoice_id] += taxed_entries(
            Money(-tax.net_minor, tax.currency), Money(-tax.tax_minor, tax.currency)
        )
    invoices = session.execute(
        select(
            Invoice.id, Invoice.customer_id, Invoice.number, Invoice.issued_on, Invoice.total_minor, Invoice.currency
        )
        .where(Invoice.id.in_(invoice_ids))
        .order_by(Invoice.seller_id, Invoice.year, Invoice.sequence)
    )
    return [
        Posting(
            invoice.customer_id,
            TransactionKind.INVOICE,
            invoice.number,
            invoice.issued_on,
            [Entry(LedgerAccount.RECEIVABLE, Money(invoice.total_minor, invoice.currency)), *entries[invoice.id]],
        )
        for invoice in invoices
    ]


def taxed_entries(net: Money, tax: Money) -> list[Entry]:
    """Return the entries of revenue with its tax, of one rate."""
    return [Entry(LedgerAccount.REVENUE, net), Entry(LedgerAccount.TAX_PAYABLE, tax)]
